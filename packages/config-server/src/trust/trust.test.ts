import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { isFault } from "@leeward/base";
import { KeyStore, parseToken, readRecoveryKeyFile } from "@leeward/identity";
import { tlsNetwork } from "@leeward/wire";
import { eventually, install } from "../testing/node-installation.ts";
import { enrolledKeyStore } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

async function newKeyStore(server: TestServer, folder: string): Promise<KeyStore> {
  await server.world.files.makeFolder(folder);
  return KeyStore.open(server.world, folder);
}

void test("a token enrols once: whoever comes second is refused, and it is an event", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const created = await server.client.call("createToken", { body: { role: "agent" } });
  const { secret, caFingerprint } = parseToken(created.token);
  assert.equal(caFingerprint, server.caFingerprint);
  const stores = await Promise.all([1, 2, 3].map((number) => newKeyStore(server, `${folder}/k${number}`)));
  const anybody = server.clientWith(undefined);
  // All at once: the token is taken in one step.
  const answers = await Promise.allSettled(
    stores.map(async (store) => anybody.call("enrol", { body: { secret, csrPem: await store.createRequest() } })),
  );
  const winners = answers.flatMap((answer, index) =>
    answer.status === "fulfilled" ? [{ answer: answer.value, store: stores[index] }] : [],
  );
  assert.equal(winners.length, 1);
  for (const answer of answers) {
    if (answer.status === "rejected") assert.ok(isFault(answer.reason, "token-refused"));
  }
  const [winner] = winners;
  const { items } = await server.client.call("listMachines", {});
  assert.deepEqual(
    items.map(({ id }) => id),
    [winner?.answer.id],
  );
  assert.partialDeepStrictEqual(
    (await server.client.call("listTokens", {})).items.find(({ id }) => id === created.id),
    { state: "used", usedBy: winner?.answer.id },
  );
  const refusals = await server.client.call("listEvents", { query: { severity: "warning" } });
  assert.equal(refusals.items.filter(({ detail }) => detail["code"] === "token-refused").length, 2);

  // The answer may have got lost: the same key may ask again, and gets the same identity.
  const again = await anybody.call("enrol", { body: { secret, csrPem: (await winner?.store?.createRequest()) ?? "" } });
  assert.equal(again.id, winner?.answer.id);
});

void test("what cannot enrol is refused, and the token stays good for who can", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const store = await newKeyStore(server, `${folder}/k`);
  const anybody = server.clientWith(undefined);
  const { token } = await server.client.call("createToken", { body: { role: "agent" } });
  const { secret } = parseToken(token);
  const csrPem = await store.createRequest();
  await enrolledKeyStore(server, { home: `${folder}/other`, role: "agent", name: "taken" });
  await assert.rejects(anybody.call("enrol", { body: { secret, csrPem, name: "taken" } }), { code: "name-taken" });
  await assert.rejects(anybody.call("enrol", { body: { secret, csrPem: "-----BEGIN X-----" } }), {
    code: "certificate-request-invalid",
  });
  await assert.rejects(anybody.call("enrol", { body: { secret: "guess", csrPem } }), { code: "token-refused" });
  const operator = parseToken((await readFile(`${server.home}/operator.token`, "utf8")).trim());
  await assert.rejects(anybody.call("enrol", { body: { secret: operator.secret, csrPem } }), { code: "token-refused" });
  const brief = await server.client.call("createToken", { body: { role: "agent", ttlSeconds: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await assert.rejects(anybody.call("enrol", { body: { secret: parseToken(brief.token).secret, csrPem } }), {
    code: "token-refused",
  });
  const { name, role } = await anybody.call("enrol", { body: { secret, csrPem } });
  assert.match(name, /^agent-[0-9a-f]{8}$/);
  assert.equal(role, "agent");
});

void test("a removed machine loses its session at once, does not get back, and its points stay", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, said, asked } = await install(t, server, folder);
  await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  said.points = [];
  await eventually(async () => masterTarget.control.plan?.disks.length === 1);
  const removed = await server.client.call("removeMachine", { params: { machine: "web" } });
  assert.equal(removed.state, "removed");
  await eventually(async () => !agent.control.connected);
  const network = tlsNetwork({ keyStore: agent.keyStore });
  const connecting = network.connect(
    { host: "127.0.0.1", port: server.port },
    "config-server",
    AbortSignal.timeout(10_000),
  );
  await assert.rejects(connecting, { code: "peer-refused" });
  await eventually(async () => masterTarget.control.plan?.disks[0]?.intake === false);
  assert.ok(!asked.some(({ kind }) => kind === "deleteHistory"));
  assert.deepEqual((await server.client.call("listPoints", { params: { machine: "web" } })).items, []);
  assert.deepEqual((await server.client.call("listMachines", {})).items, []);
  assert.equal((await server.client.call("listMachines", { query: { removed: true } })).items.length, 1);
  // The others learned of it too.
  await eventually(async () => masterTarget.keyStore.credentials().crlPem !== agent.keyStore.credentials().crlPem);
  // The name is free again.
  await enrolledKeyStore(server, { home: `${folder}/again`, role: "agent", name: "web" });
});

void test("revoking a token removes who enrolled with it, and a server in use is not removed otherwise", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { processServer, masterTarget } = await install(t, server, folder);
  await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  await assert.rejects(server.client.call("removeServer", { params: { server: "mt" } }), { code: "server-in-use" });
  await assert.rejects(server.client.call("removeServer", { params: { server: "ps" } }), { code: "server-in-use" });
  const tokens = await server.client.call("listTokens", {});
  const used = tokens.items.find(({ usedBy }) => usedBy === processServer.id);
  const revoked = await server.client.call("revokeToken", { params: { id: used?.id ?? "" } });
  assert.equal(revoked.state, "revoked");
  await eventually(async () => !processServer.control.connected);
  assert.ok(masterTarget.control.connected);
});

void test("a member leaves by its own certificate, and nobody else by it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const keyStore = await enrolledKeyStore(server, { home: `${folder}/m`, role: "agent", name: "web" });
  const { keyPem, certificatePem } = keyStore.credentials();
  const client = new ApiClient({
    transport: nodeTransport({ url: server.url, caPem: server.caPem, certificate: { keyPem, certificatePem } }),
  });
  t.after(() => client.close());
  await assert.rejects(client.call("listMachines", {}), { code: "token-required" });
  assert.deepEqual(await client.call("unregister", {}), {});
  // Also over a connection that begins after the certificate was revoked: who leaves a second time takes that for an answer.
  const again = new ApiClient({
    transport: nodeTransport({ url: server.url, caPem: server.caPem, certificate: { keyPem, certificatePem } }),
  });
  t.after(() => again.close());
  for (const each of [client, again])
    await assert.rejects(each.call("unregister", {}), { code: "certificate-required" });
  assert.equal((await server.client.call("listMachines", {})).items.length, 0);
});

void test("the recovery key is read, kept by its digest, erased once, and asked for until then", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const codes = async (): Promise<string[]> => (await server.client.call("status", {})).items.map(({ code }) => code);
  assert.deepEqual(await codes(), ["recovery-key-not-exported"]);
  const key = await server.client.call("exportRecoveryKey", {});
  assert.equal(createHash("sha256").update(key.privateKeyPem).digest("hex"), key.sha256);
  await assert.rejects(server.client.call("eraseRecoveryKey", { body: { sha256: "0".repeat(64) } }), {
    code: "recovery-key-mismatch",
  });
  assert.deepEqual(await codes(), ["recovery-key-not-exported"]);
  await writeFile(`${folder}/recovery.key`, key.privateKeyPem);
  await readRecoveryKeyFile(server.world, `${folder}/recovery.key`);
  assert.equal((await server.client.call("eraseRecoveryKey", { body: { sha256: key.sha256 } })).keyId, key.keyId);
  assert.deepEqual(await codes(), []);
  await assert.rejects(server.client.call("exportRecoveryKey", {}), { code: "recovery-key-not-held" });
  await assert.rejects(server.client.call("eraseRecoveryKey", { body: { sha256: key.sha256 } }), {
    code: "recovery-key-not-held",
  });
});

void test("the operator's token is handed over once, and made anew only when its file is gone", async (t) => {
  const folder = await temporaryFolder(t);
  const overrides = { handoverFolder: `${folder}/top` };
  const tokenFile = `${folder}/top/operator.token`;
  const first = await startServer(t, `${folder}/server`, overrides);
  assert.equal((await stat(tokenFile)).mode & 0o777, 0o600);
  assert.equal(await readFile(`${folder}/top/ca.pem`, "utf8"), first.caPem);
  const token = await readFile(tokenFile, "utf8");
  await first.stop();
  const second = await startServer(t, `${folder}/server`, overrides);
  assert.equal(await readFile(tokenFile, "utf8"), token);
  await second.stop();
  await rm(tokenFile);
  const third = await startServer(t, `${folder}/server`, overrides);
  assert.notEqual(await readFile(tokenFile, "utf8"), token);
  assert.equal((await third.client.call("listTokens", {})).items.length, 2);
});
