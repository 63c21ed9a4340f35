import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

const DAEMON = join(import.meta.dirname, "fixtures/node-small-daemon.ts");

interface Started {
  readonly child: ChildProcess;
  readonly output: { out: string; error: string };
  readonly exit: Promise<number | null>;
}

async function temporaryHome(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "leeward-daemon-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "home");
}

function start(t: TestContext, home: string, how = ""): Started {
  const child = spawn(process.execPath, [DAEMON, home, how], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const output = { out: "", error: "" };
  child.stdout.on("data", (chunk) => (output.out += String(chunk)));
  child.stderr.on("data", (chunk) => (output.error += String(chunk)));
  return { child, output, exit: once(child, "close").then(() => child.exitCode) };
}

async function ready(started: Started): Promise<void> {
  while (!started.output.out.includes("\n")) {
    assert.equal(started.child.exitCode, null, started.output.error);
    await delay(10);
  }
}

async function scraped(socketPath: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ socketPath, path: "/" }).on("error", reject).on("response", resolve).end();
  let text = "";
  for await (const chunk of await promise) text += String(chunk);
  return text;
}

void test("a daemon says that it is ready, refuses a second start, and leaves cleanly at SIGTERM", async (t) => {
  const home = await temporaryHome(t);
  const first = start(t, home);
  await ready(first);
  const said: unknown = JSON.parse(first.output.out);
  assert.deepEqual(said, {
    event: "ready",
    role: "small",
    pid: first.child.pid,
    apiUrl: "https://127.0.0.1:1",
    dataUrl: null,
    targetUrl: null,
    caFingerprint: "ab",
    processes: {},
  });
  assert.deepEqual(JSON.parse(await readFile(`${home}/ready.json`, "utf8")), said);

  assert.match(await scraped(`${home}/metrics.sock`), /^small_answer 42$/m);

  const second = start(t, home);
  assert.equal(await second.exit, 4);
  assert.match(second.output.error, /"code":"home-in-use"/);
  assert.ok(existsSync(`${home}/ready.json`));

  first.child.kill("SIGTERM");
  assert.equal(await first.exit, 0);
  assert.ok(!existsSync(`${home}/ready.json`));
  assert.ok(!first.output.error.includes("swordfish"), "a secret is never traced");
});

void test("a killed daemon leaves nothing that stops the next start", async (t) => {
  const home = await temporaryHome(t);
  const first = start(t, home);
  await ready(first);
  first.child.kill("SIGKILL");
  await first.exit;
  assert.ok(existsSync(`${home}/ready.json`), "what a kill leaves behind");
  const second = start(t, home);
  await ready(second);
  second.child.kill("SIGINT");
  assert.equal(await second.exit, 0);
});

void test("a mistake of ours ends the process with 1, a refused setting with its own code", async (t) => {
  const home = await temporaryHome(t);
  const failing = start(t, home, "throw-later");
  assert.equal(await failing.exit, 1);
  assert.match(failing.output.error, /a mistake/);
  const refused = start(t, home, "unknown-setting");
  assert.equal(await refused.exit, 2);
  assert.match(refused.output.error, /"code":"setting-unknown"/);
});

void test("a home of newer software is refused untouched", async (t) => {
  const home = await temporaryHome(t);
  const first = start(t, home);
  await ready(first);
  first.child.kill("SIGTERM");
  await first.exit;
  await writeFile(`${home}/format.json`, '{"role":"small","version":9}');
  const second = start(t, home);
  assert.equal(await second.exit, 4);
  assert.match(second.output.error, /"code":"home-newer"/);
});
