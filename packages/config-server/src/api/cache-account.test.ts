import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const URL = "azure://acme/cache-web";

void test("a machine's cache account reaches both ends' plans with the other's key, is an event, and is shown", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, processServer } = await install(t, server, folder);
  const { client } = server;
  const params = { machine: "web" };
  assert.equal((await client.call("showMachine", { params })).cacheAccount, null);
  await client.call("protectDisk", { params, body: { path: "/dev/data" } });

  const body = { cacheAccount: URL, cacheBytesMax: 2 ** 30 };
  const { cacheAccount } = await client.call("setMachine", { params, body });
  assert.deepEqual(cacheAccount, { storeUrl: URL, bytesMax: 2 ** 30, waitingBytes: null, requestsPerGb: null });
  const sent = await eventually(async () => agent.control.plan?.cacheAccount);
  const collected = await eventually(async () => processServer.control.plan?.collected?.items[0]);
  assert.deepEqual([sent.storeUrl, collected.storeUrl], [URL, URL]);
  const [peer] = sent.peers;
  assert.equal(peer?.publicKey, processServer.keyStore.publicKeyPem);
  assert.equal(collected.machine.publicKey, agent.keyStore.publicKeyPem);
  const purpose = "one purpose";
  assert.deepEqual(
    agent.keyStore.agreedSecret(peer.publicKey, purpose),
    processServer.keyStore.agreedSecret(collected.machine.publicKey, purpose),
  );
  assert.notDeepEqual(
    agent.keyStore.agreedSecret(peer.publicKey, purpose),
    agent.keyStore.agreedSecret(peer.publicKey, "another"),
  );

  await client.call("setMachine", { params, body: { cacheAccount: "none" } });
  await eventually(
    async () => agent.control.plan?.cacheAccount === undefined && processServer.control.plan?.collected === undefined,
  );
  const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
  const told = items.filter(({ kind }) => kind === "cache-account-set").map(({ detail }) => detail["storeUrl"]);
  assert.deepEqual(told, [URL, "none"]);
});

void test("what is no store, or holds a secret, changes nothing", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  await install(t, server, folder);
  const params = { machine: "web" };
  for (const cacheAccount of ["ftp://acme/x", "azure://acme/x?sig=secret", "azure://acme"]) {
    await assert.rejects(server.client.call("setMachine", { params, body: { cacheAccount } }), {
      code: "store-url-invalid",
    });
  }
  assert.equal((await server.client.call("showMachine", { params })).cacheAccount, null);
});
