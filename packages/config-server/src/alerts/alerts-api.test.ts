import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { Metrics } from "@leeward/daemon";
import { eventually } from "../testing/node-installation.ts";
import { receiverIdentity, webReceiver } from "../testing/node-receivers.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore, restoreTest } from "../testing/node-test-state.ts";

const LOOPBACK = { channelsMayReach: "127.0.0.1" };

const codesOf = async (server: TestServer): Promise<string[]> =>
  (await server.client.call("status", {})).items.map(({ code }) => code);

void test("what status names is an alert by the same code, which people acknowledge and silence, and it stays so over a restart", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startServer(t, `${folder}/server`);
  const alert = await eventually(async () => (await first.client.call("listAlerts", {})).items[0]);
  assert.deepEqual([alert.rule, alert.severity, alert.state], ["recovery-key-not-exported", "warning", "open"]);
  assert.deepEqual(await codesOf(first), ["recovery-key-not-exported"]);
  const params = { id: alert.id };
  const seen = await first.client.call("acknowledgeAlert", { params, body: { note: "On its way." } });
  assert.deepEqual([seen.state, seen.note], ["acknowledged", "On its way."]);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const silent = await first.client.call("silenceAlert", { params, body: { until } });
  assert.equal(Date.parse(silent.silencedUntil ?? ""), Date.parse(until));
  await assert.rejects(first.client.call("silenceAlert", { params, body: { until: "soon" } }), {
    code: "time-invalid",
  });
  await first.stop();
  const again = await startServer(t, `${folder}/server`);
  const { items } = await again.client.call("listAlerts", {});
  assert.deepEqual(items, [silent]);
  const { privateKeyPem, sha256 } = await again.client.call("exportRecoveryKey", {});
  assert.ok(privateKeyPem.includes("PRIVATE KEY"));
  await again.client.call("eraseRecoveryKey", { body: { sha256 } });
  await eventually(async () => (await again.client.call("showAlert", { params })).state === "resolved");
  assert.deepEqual((await again.client.call("listAlerts", {})).items, []);
  assert.equal((await again.client.call("listAlerts", { query: { state: "resolved" } })).items.length, 1);
});

void test("a channel never answers its secret, shows whether it gets through, and comes back whole from a backup", async (t) => {
  const folder = await temporaryFolder(t);
  const identity = await receiverIdentity(t, ["127.0.0.1"]);
  let status = 200;
  const { port, got } = await webReceiver(t, identity, () => status);
  const server = await startServer(t, `${folder}/server`, LOOPBACK);
  const params = { name: "hook" };
  const settings = { url: `https://127.0.0.1:${port}/hook`, caPem: identity.caPem };
  const secret = "very-secret-word";
  const made = await server.client.call("setAlertChannel", { params, body: { kind: "webhook", settings, secret } });
  assert.deepEqual([made.hasSecret, made.severity, made.lastDeliveredAt], [true, "warning", null]);
  status = 500;
  await assert.rejects(server.client.call("testAlertChannel", { params }), { code: "alert-delivery-failed" });
  status = 200;
  const tried = await server.client.call("testAlertChannel", { params });
  assert.notEqual(tried.lastDeliveredAt, null);
  assert.match(String(got.at(-1)?.headers["leeward-signature"]), /^sha256=[0-9a-f]{64}$/);
  const listed = JSON.stringify([
    await server.client.call("listAlertChannels", {}),
    await server.client.call("listEvents", {}),
  ]);
  assert.ok(!listed.includes(secret));
  await assert.rejects(
    server.client.call("setAlertChannel", {
      params: { name: "mail" },
      body: {
        kind: "smtp",
        settings: { host: "h", port: 25, security: "none", user: "a", from: "a@b.c", to: ["a@b.c"] },
        secret,
      },
    }),
    { code: "alert-channel-invalid" },
  );
  const { token } = await server.client.call("createToken", { body: { role: "operator" } });
  await assert.rejects(server.clientWith(token).call("removeAlertChannel", { params }), { code: "role-insufficient" });
  const changed = await server.client.call("setAlertRule", { params: { rule: "upload-delay" }, body: { warning: 5 } });
  assert.deepEqual(await server.client.call("showAlertRule", { params: { rule: "upload-delay" } }), changed);

  const chunks: Uint8Array[] = [];
  await server.client.backup(async (stream) => {
    for await (const chunk of stream) chunks.push(chunk);
  });
  await writeFile(`${folder}/backup`, Buffer.concat(chunks));
  await server.stop();
  assert.ok(
    !(await readFile(`${folder}/backup`)).includes(secret),
    "the key lies in the backup, the secret only under it",
  );
  await restoreTest(`${folder}/backup`, `${folder}/restored`);
  const restored = await startServer(t, `${folder}/restored`, LOOPBACK);
  await restored.client.call("testAlertChannel", { params });
  assert.equal(got.at(-1)?.headers["leeward-signature"] === undefined, false);
  const { items } = await restored.client.call("listAlertRules", {});
  assert.equal(items.find(({ name }) => name === "upload-delay")?.warning, 5);
  await restored.client.call("removeAlertChannel", { params });
  await assert.rejects(restored.client.call("showAlertChannel", { params }), { code: "alert-channel-unknown" });
});

void test("a message that was on its way when the server died is sent by the next start, in its own words", async (t) => {
  const folder = await temporaryFolder(t);
  const identity = await receiverIdentity(t, ["127.0.0.1"]);
  const { port, got } = await webReceiver(t, identity, () => 200);
  const first = await startServer(t, `${folder}/server`, LOOPBACK);
  const params = { name: "hook" };
  const settings = { url: `https://127.0.0.1:${port}/hook`, caPem: identity.caPem };
  await first.client.call("setAlertChannel", { params, body: { kind: "webhook", settings, severity: "critical" } });
  await first.stop();
  const document = JSON.stringify({ id: "of before", kind: "alerts" });
  {
    using store = await openTestStore(`${folder}/server`);
    store.alertChannels.putDelivery({ channel: "hook", id: "of before", document, attempts: 3 });
  }
  const again = await startServer(t, `${folder}/server`, LOOPBACK);
  await eventually(async () => (await again.client.call("showAlertChannel", { params })).lastDeliveredAt !== null);
  assert.deepEqual(
    got.map(({ body }) => body),
    [document],
  );
  await again.stop();
  using store = await openTestStore(`${folder}/server`);
  assert.equal(store.alertChannels.deliveryOf("hook"), undefined);
});

void test("who had webhookUrl set has a channel of it, once", async (t) => {
  const folder = await temporaryFolder(t);
  const overrides = { webhookUrl: "http://127.0.0.1:1/hook" };
  const first = await startServer(t, `${folder}/server`, overrides);
  const params = { name: "webhook" };
  const { settings } = await first.client.call("showAlertChannel", { params });
  assert.equal(settings["url"], "http://127.0.0.1:1/…");
  // The server's own configuration names the host: it may be reached, and nobody is there.
  await assert.rejects(first.client.call("testAlertChannel", { params }), { code: "alert-delivery-failed" });
  await first.client.call("removeAlertChannel", { params });
  await first.stop();
  const again = await startServer(t, `${folder}/server`, overrides);
  assert.deepEqual((await again.client.call("listAlertChannels", {})).items, []);
});

void test("a webhook's URL lies sealed, one that an older release left in clear too, and is nowhere in the files of state and backup", async (t) => {
  const folder = await temporaryFolder(t);
  const home = `${folder}/server`;
  const identity = await receiverIdentity(t, ["127.0.0.1"]);
  const { port, got } = await webReceiver(t, identity, () => 200);
  const origin = `https://127.0.0.1:${port}`;
  const params = { name: "hook" };
  const body = {
    kind: "webhook",
    settings: { url: `${origin}/services/T0/first-word`, caPem: identity.caPem },
  } as const;
  const first = await startServer(t, home, LOOPBACK);
  // With others beside it in the state's pages.
  for (const name of ["gate", "hook", "house"]) await first.client.call("setAlertChannel", { params: { name }, body });
  await first.client.call("testAlertChannel", { params });
  await first.stop();
  assert.equal(got.at(-1)?.url, "/services/T0/first-word");
  assert.deepEqual(await filesWith(home, "first-word"), []);
  {
    // As the release before wrote it.
    using store = await openTestStore(home);
    const row = store.alertChannels.byName("hook");
    assert.ok(row?.target.kind === "webhook");
    const settings = { url: `${origin}/services/T0/older-word?key=1`, caPem: identity.caPem };
    store.alertChannels.put({ ...row, target: { ...row.target, settings }, sealedUrl: null });
    store.facts.set("webhookUrlTaken", "https://gone.example/older-word");
  }
  const again = await startServer(t, home, LOOPBACK);
  await again.client.call("testAlertChannel", { params });
  assert.equal(got.at(-1)?.url, "/services/T0/older-word?key=1");
  assert.equal((await again.client.call("showAlertChannel", { params })).settings["url"], `${origin}/…`);
  const chunks: Uint8Array[] = [];
  await again.client.backup(async (stream) => {
    for await (const chunk of stream) chunks.push(chunk);
  });
  await again.stop();
  assert.ok(!Buffer.concat(chunks).includes("older-word"));
  assert.deepEqual(await filesWith(home, "older-word"), []);
  await writeFile(`${folder}/backup`, Buffer.concat(chunks));
  await restoreTest(`${folder}/backup`, `${folder}/restored`);
  const restored = await startServer(t, `${folder}/restored`, LOOPBACK);
  await restored.client.call("testAlertChannel", { params });
  assert.equal(got.at(-1)?.url, "/services/T0/older-word?key=1");
  await restored.stop();
  using store = await openTestStore(home);
  assert.doesNotMatch(JSON.stringify([store.alertChannels.list(), store.facts.get("webhookUrlTaken")]), /older-word/);
});

/** Files of the home that have the text in them. */
async function filesWith(home: string, text: string): Promise<string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`);
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])));
  return found.flat();
}

void test("metrics count alerts by severity and rule, and forget what does not stand", async () => {
  const metrics = new Metrics();
  let counts = [{ labels: { severity: "critical", rule: "machine-offline" }, value: 3 }];
  metrics.gauges({ name: "leeward_alerts_open", help: "x", labels: ["severity", "rule"] }, () => counts);
  assert.match(await metrics.text(), /leeward_alerts_open\{severity="critical",rule="machine-offline"\} 3/);
  counts = [];
  assert.doesNotMatch(await metrics.text(), /machine-offline/);
});
