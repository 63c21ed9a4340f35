import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ApiClient, Ready } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { Check } from "typebox/value";
import { afterTest, temporaryFolder } from "./testing/node-test-server.ts";

interface Started {
  readonly child: ChildProcess;
  readonly ready: Promise<Ready>;
  readonly exit: Promise<number | null>;
}

function start(t: TestContext, home: string): Started {
  const fixture = join(import.meta.dirname, "fixtures/node-start.ts");
  const child = spawn(process.execPath, [fixture, home], { stdio: ["ignore", "pipe", "pipe"] });
  afterTest(t, async () => void child.kill("SIGKILL"));
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  let error = "";
  child.stderr.on("data", (chunk) => (error += String(chunk)));
  child.stdout.once("data", (chunk) => {
    const said: unknown = JSON.parse(String(chunk));
    if (Check(Ready, said)) resolve(said);
    else reject(new Error(String(chunk)));
  });
  const exit = once(child, "close").then(() => {
    reject(new Error(`It ended: ${error}`));
    return child.exitCode;
  });
  promise.catch(() => undefined);
  return { child, ready: promise, exit };
}

async function clientOf(t: TestContext, home: string, ready: Ready): Promise<ApiClient> {
  const caPem = await readFile(`${home}/ca.pem`, "utf8");
  const token = (await readFile(`${home}/operator.token`, "utf8")).trim();
  const client = new ApiClient({ transport: nodeTransport({ url: ready.apiUrl ?? "", caPem }), token });
  afterTest(t, async () => client.close());
  return client;
}

void test("the process says that it is ready, survives being killed, and stops cleanly", async (t) => {
  const home = `${await temporaryFolder(t)}/home`;
  const first = start(t, home);
  const ready = await first.ready;
  assert.equal(ready.role, "config-server");
  assert.equal((await stat(`${home}/operator.token`)).mode & 0o777, 0o600);
  assert.equal((await stat(home)).mode & 0o777, 0o700);
  const client = await clientOf(t, home, ready);
  const { id } = await client.call("createToken", { body: { role: "viewer" } });

  const second = start(t, home);
  second.ready.catch(() => undefined);
  assert.equal(await second.exit, 4);

  first.child.kill("SIGKILL");
  await first.exit;
  const third = start(t, home);
  const readyAgain = await third.ready;
  assert.equal(readyAgain.caFingerprint, ready.caFingerprint);
  const { items } = await (await clientOf(t, home, readyAgain)).call("listTokens", {});
  assert.ok(
    items.some((token) => token.id === id),
    "what was answered is durable",
  );
  third.child.kill("SIGTERM");
  assert.equal(await third.exit, 0);
  assert.ok(!existsSync(`${home}/ready.json`));
});
