import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { LIVE_PATH, LiveMessage } from "@leeward/api";
import { orAborted, Waiters } from "@leeward/base";
import { Check } from "typebox/value";
import { WebSocket } from "ws";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

interface Listener {
  readonly messages: readonly LiveMessage[];
  readonly arrivedMs: readonly number[];
  /** How it ended: a close code with its reason, or the status that refused it. */
  readonly ended: Promise<string>;
  until(condition: () => boolean): Promise<void>;
}

function listen(t: TestContext, server: TestServer, token: string | undefined, path: string = LIVE_PATH): Listener {
  const webSocket = new WebSocket(new URL(path, server.url.replace("https:", "wss:")), {
    ca: server.caPem,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  t.after(() => webSocket.terminate());
  const messages: LiveMessage[] = [];
  const arrivedMs: number[] = [];
  const arrived = new Waiters();
  const ended = Promise.withResolvers<string>();
  webSocket.on("message", (data: Buffer) => {
    const message: unknown = JSON.parse(data.toString());
    assert.ok(Check(LiveMessage, message), data.toString());
    messages.push(message);
    arrivedMs.push(performance.now());
    arrived.notify();
  });
  webSocket.on("close", (code, reason) => ended.resolve(`${code} ${reason.toString()}`));
  webSocket.on("error", (error) => ended.resolve(error.message));
  return {
    messages,
    arrivedMs,
    ended: ended.promise,
    until: (condition) => orAborted(arrived.until(condition, t.signal), AbortSignal.timeout(30_000)),
  };
}

const topicsOf = (messages: readonly LiveMessage[]): Set<string> =>
  new Set(messages.flatMap((message) => ("changed" in message ? message.changed : [])));

void test("who listens is greeted, and told once a second at most what has changed", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { token } = await server.client.call("createToken", { body: { role: "viewer" } });
  const listener = listen(t, server, token);
  await listener.until(() => listener.messages.length > 0);
  assert.deepEqual(listener.messages[0], { hello: { version: "0.1.0" } });
  for (let days = 1; days <= 20; days += 1)
    await server.client.call("setPolicy", { params: { name: "gold" }, body: { verifyDays: days } });
  await listener.until(() => topicsOf(listener.messages).has("policies"));
  assert.ok(topicsOf(listener.messages).has("events"), "a change is an event, too");
  for (let round = 0; round < 2; round += 1) {
    const told = listener.messages.length;
    await server.client.call("setInstallation", { body: { workingHours: `mon-fri 08:00-1${round}:00` } });
    await listener.until(() => topicsOf(listener.messages.slice(told)).has("installation"));
  }
  const changes = listener.arrivedMs.slice(1);
  for (const [index, ms] of changes.entries()) {
    const before = changes[index - 1];
    if (before !== undefined) assert.ok(ms - before > 900, `${ms - before} ms between two notices`);
  }
});

void test("strangers, tokens to enrol with, and other addresses are turned away", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const enrolling = await server.client.call("createToken", { body: { role: "agent" } });
  assert.match(await listen(t, server, undefined).ended, /401/);
  assert.match(await listen(t, server, "lw1.wrong.x").ended, /401/);
  assert.match(await listen(t, server, enrolling.token).ended, /401/);
  assert.doesNotMatch(await listen(t, server, server.operatorToken, "/v1/lively").ended, /^1005/);
});

void test("listening ends with the token, and with the server", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { token, id } = await server.client.call("createToken", { body: { role: "viewer" } });
  const revoked = listen(t, server, token);
  const other = listen(t, server, server.operatorToken);
  for (const each of [revoked, other]) await each.until(() => each.messages.length > 0);
  await server.client.call("revokeToken", { params: { id } });
  assert.equal(await revoked.ended, "1008 token-refused");
  assert.ok(!topicsOf(revoked.messages).has("events"), "nothing is told to whom the token was taken from");
  await server.stop();
  assert.match(await other.ended, /^1001/);
});
