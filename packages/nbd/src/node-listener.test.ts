import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { nodeClock } from "@leeward/world";
import { singleExport } from "./exports.ts";
import { connectNbd } from "./node-connect.ts";
import { NbdListener } from "./node-listener.ts";
import { type NbdConnectionReport, NbdServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-listener-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const options = { exportName: "", clock: nodeClock };
const server = new NbdServer({ exports: singleExport(memoryDevice(MiB)), clock: nodeClock });
const refused = (error: unknown): boolean => isFault(error, "nbd-listen-failed");

test("a socket is for its owner alone, and is gone when the listener is", async () => {
  const path = join(folder, "own");
  const stop = new AbortController();
  const reports: NbdConnectionReport[] = [];
  const listener = await NbdListener.open(server, { path }, { onEnd: (report) => reports.push(report) });
  const running = listener.run(stop.signal);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await using client = await connectNbd({ path }, options, never);
  await client.flush();
  stop.abort();
  await running;
  assert.equal(existsSync(path), false);
  assert.equal(reports.length, 1);
  await assert.rejects(client.flush(), (error) => isFault(error, "nbd-connection-lost"));
});

test("what a dead process left behind is replaced; what is in use, is no socket, or is too long is refused", async () => {
  const path = join(folder, "left");
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  assert.throws(() => execFileSync(process.execPath, ["-e", script]));
  assert.ok(existsSync(path));
  await using _listener = await NbdListener.open(server, { path });
  await assert.rejects(NbdListener.open(server, { path }), refused);
  await using client = await connectNbd({ path }, options, never);
  await client.flush();
  const file = join(folder, "file");
  writeFileSync(file, "precious");
  await assert.rejects(NbdListener.open(server, { path: file }), refused);
  assert.equal(statSync(file).size, 8);
  await assert.rejects(NbdListener.open(server, { path: join(folder, "x".repeat(120)) }), refused);
  await assert.rejects(NbdListener.open(server, { path: join(folder, "none", "x") }), refused);
});

test("port 0 takes a free port and tells it", async () => {
  await using listener = await NbdListener.open(server, { host: "127.0.0.1", port: 0 });
  assert.ok("port" in listener.address && listener.address.port > 0);
  await using client = await connectNbd(listener.address, options, never);
  await client.flush();
  await assert.rejects(NbdListener.open(server, listener.address), refused);
});
