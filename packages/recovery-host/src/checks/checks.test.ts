import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import { type CheckOptions, checkUntil } from "./check.ts";
import { LOGIN_PROMPT } from "./machine-checks.ts";
import { httpCheck, tcpCheck } from "./node-network-checks.ts";
import { scriptCheck } from "./node-script-check.ts";

const { signal } = new AbortController();
const options = (limitSeconds: number): CheckOptions => ({ clock: nodeClock, limitSeconds, signal });

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return portOf(server);
}

test("a check looks until it passes, and tells what it saw last when it never does", async () => {
  let looks = 0;
  const passed = await checkUntil("a", options(60), async () => ({ ok: ++looks === 3, said: `look ${looks}` }));
  assert.deepEqual([passed.name, passed.ok, passed.said, looks], ["a", true, "look 3", 3]);
  const fault = new Fault({ code: "replica-silent", kind: "transient", message: "nobody" });
  const failed = await checkUntil("b", options(0.3), () => Promise.reject(fault));
  assert.deepEqual([failed.ok, failed.said], [false, "nobody"]);
  assert.ok(failed.seconds >= 0.3);
});

test("a look that hangs is cut off at the limit, and an abort ends the check", async () => {
  const hangs = (_: number, inner: AbortSignal): Promise<never> => {
    const { promise, reject } = Promise.withResolvers<never>();
    inner.addEventListener("abort", () => reject(new Error("cut off")));
    return promise;
  };
  assert.equal((await checkUntil("a", options(0.2), hangs)).ok, false);
  const stop = new AbortController();
  const running = checkUntil("a", { ...options(60), signal: stop.signal }, hangs);
  stop.abort(new Error("enough"));
  await assert.rejects(running, { message: "enough" });
});

test("a port that accepts passes; one that closes at once, or that nobody listens on, does not", async (t) => {
  const server = createServer((socket) => socket.on("error", () => undefined));
  const closing = createServer((socket) => socket.destroy());
  t.after(() => [server, closing].map((each) => each.close()));
  const [port, closes] = [await listening(server), await listening(closing)];
  const at = (port: number) => tcpCheck(options(port === closes ? 0.5 : 10), { endpoint: { host: "127.0.0.1", port } });
  assert.equal((await at(port)).ok, true);
  assert.equal((await at(closes)).ok, false);
  server.close();
  closing.close();
  const refused = await tcpCheck(options(0.3), { endpoint: { host: "127.0.0.1", port } });
  assert.deepEqual([refused.ok, refused.said], [false, `127.0.0.1:${port}: ECONNREFUSED`]);
});

test("HTTP passes with the status that was asked for, and no other", async (t) => {
  const server = createHttpServer((call, answer) => {
    answer.statusCode = call.url === "/health" ? 204 : 503;
    answer.end();
  });
  t.after(() => void server.close());
  const port = await listening(server);
  const check = (path: string, status?: number) =>
    httpCheck(options(0.5), { url: `http://127.0.0.1:${port}${path}`, ...(status === undefined ? {} : { status }) });
  assert.deepEqual([(await check("/health")).ok, (await check("/health", 204)).ok], [true, true]);
  const other = await check("/");
  assert.deepEqual([other.ok, other.said], [false, "status 503"]);
  assert.deepEqual([(await check("/health", 200)).ok, (await check("/", 503)).ok], [false, true]);
});

test("a script passes by its exit code, is given what it may know, and its output is bounded", async () => {
  const run = (script: string, limit = 60) =>
    scriptCheck(options(limit), { path: "/bin/sh", args: ["-c", script], environment: { PORT: "5" } });
  const good = await run('echo "port $PORT$HOME"');
  assert.deepEqual([good.ok, good.said], [true, "exit code 0\nport 5"]);
  const bad = await run("echo no >&2; exit 3");
  assert.deepEqual([bad.ok, bad.said], [false, "exit code 3\nno"]);
  assert.ok((await run("yes | head -c 1000000")).said.length < 20_000);
  const missing = await scriptCheck(options(5), { path: "/nowhere/script" });
  assert.match(missing.said, /could not be started: .*ENOENT/);
});

test("a script that does not end is ended at its limit, with what it started", async () => {
  const began = performance.now();
  const result = await scriptCheck(options(0.5), { path: "/bin/sh", args: ["-c", "sleep 1000 & sleep 1000"] });
  assert.deepEqual([result.ok, result.said], [false, "it did not end within its limit"]);
  assert.ok(performance.now() - began < 60_000);
});

test("a login prompt is one at the end of the console, and not a line about one", () => {
  for (const text of ["Debian GNU/Linux 12 web tty1\n\nweb login: ", "web login:"]) assert.match(text, LOGIN_PROMPT);
  for (const text of ["web login: root\nPassword: ", "last login: never\n"]) assert.doesNotMatch(text, LOGIN_PROMPT);
});
