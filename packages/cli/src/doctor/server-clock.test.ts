import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { testAuthority } from "@leeward/identity/testing";
import { nodeClock, nodeFiles } from "@leeward/world";
import { clockBesideServer } from "./server-clock.ts";

const host = { files: nodeFiles({ io: "thread-pool" }), clock: nodeClock, signal: new AbortController().signal };

/** An agent's home beside a config server whose clock is `aheadMicros` ahead of this one. */
async function homeBeside(t: TestContext, aheadMicros: number): Promise<string> {
  const authority = await testAuthority();
  const { certificatePem, keyPem, caPem } = (await authority.enrol({ role: "config-server", id: "c" })).credentials();
  const server = createServer({ cert: certificatePem, key: keyPem }, (_request, response) => {
    const time = formatTime(nodeClock.wallMicros() + aheadMicros);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ state: "ok", version: "0.1.0", id: "0".repeat(32), time }));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const home = await mkdtemp(join(tmpdir(), "leeward-doctor-"));
  await mkdir(`${home}/identity`);
  await writeFile(`${home}/identity/ca.pem`, caPem);
  await writeFile(`${home}/config.yaml`, `name: web\nserver: "https://127.0.0.1:${address.port}"\n`);
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true });
  });
  return home;
}

async function found(home: string): Promise<string> {
  const findings = await clockBesideServer(host, home);
  return findings.map(({ state, message }) => `${state}: ${message}`).join();
}

test("the clock is compared with that of the server that a daemon's home names", async (t) => {
  assert.match(
    await found(await homeBeside(t, 0)),
    /^ok: The clock is \d+\.\d ms (ahead of|behind) the config server's/,
  );
  assert.match(
    await found(await homeBeside(t, 90 * MICROS_PER_SECOND)),
    /^warning: The clock is (89|90)\d{3}\.\d ms behind/,
  );
  assert.match(
    await found(await homeBeside(t, -5 * MICROS_PER_SECOND)),
    /^warning: The clock is (4|5)\d{3}\.\d ms ahead/,
  );
});

test("a server that does not answer is told, and a home without one is not", async (t) => {
  const home = await homeBeside(t, 0);
  await writeFile(`${home}/config.yaml`, "server: https://127.0.0.1:1\n");
  assert.match(await found(home), /^warning: It cannot be compared/);
  assert.equal(await found("/nowhere"), "");
});
