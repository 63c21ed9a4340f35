import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ApiClient, ROUTES, type Transport } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import type { RequestBody, ResponseBody } from "@leeward/proto";
import { eventually, install } from "../testing/node-installation.ts";
import { afterTest, startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { visit } from "../testing/node-visitor.ts";

const SOURCES = join(import.meta.dirname, "..");
const PLAN = "steps: [{name: rest, wait: 60}]\n";
const POINT = "c".repeat(32);
const SECOND_MICROS = 1_000_000;

void test("every route of the table is called by a test of this package", async () => {
  const found = await readdir(SOURCES, { recursive: true });
  const paths = found.filter((path) => path.endsWith(".test.ts") || path.includes("testing/"));
  const texts = await Promise.all(paths.map((path) => readFile(join(SOURCES, path), "utf8")));
  const all = texts.join("\n");
  const called = (name: string): boolean =>
    new RegExp(`(call\\(\\s*"${name}"|(?:[cC]lient|asMember)\\.${name}\\()`).test(all);
  assert.deepEqual(
    Object.keys(ROUTES).filter((name) => !called(name)),
    [],
  );
});

void test("groups, plans, locks, pushes and releases by the client's methods", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "home"));
  const { client } = server;
  const { agent, said, script, tell } = await install(t, server, folder);
  const machine = { machine: "web" };

  said.candidates = [
    { path: "/dev/sdb", kind: "block-device", sizeBytes: 1 << 20, refusal: "", trackerRefusal: "", rescanRefusal: "" },
  ];
  const { disk } = await client.protectDisk({ params: machine, body: { path: "/dev/sdb" } });
  tell();
  const changed = await client.setRecovery({ params: machine, body: { cpus: 2 } });
  assert.equal(changed.recovery.cpus, 2);

  // A member is known by its certificate.
  const { certificatePem, keyPem } = agent.keyStore.credentials();
  const asMember = new ApiClient({
    transport: nodeTransport({ url: server.url, caPem: server.caPem, certificate: { certificatePem, keyPem } }),
  });
  afterTest(t, async () => asMember.close());
  assert.deepEqual(await asMember.listSeedOrders(), { items: [], next: null });

  const set = await client.setGroup({ params: { name: "shop" }, body: { machines: ["web"] } });
  assert.deepEqual((await client.listGroups()).items, [set]);
  assert.deepEqual(await client.showGroup({ params: { name: "shop" } }), set);
  const member = { diskId: disk.id, branch: "b".repeat(32), sequence: 7 };
  let locked = false;
  script.answer = async (body: RequestBody): Promise<ResponseBody | undefined> => {
    const item = {
      id: POINT,
      machineId: agent.id,
      timeMicros: SECOND_MICROS,
      validUntilMicros: SECOND_MICROS,
      epoch: 1,
      kind: "group" as const,
      consistency: "crash" as const,
      members: [member],
      missingDiskIds: [],
      locked,
      lockedUntilMicros: 0,
    };
    if (body.kind === "createGroupPoint")
      return { kind: "groupPointMade", value: { pointId: POINT, markedIds: [agent.id] } };
    if (body.kind === "awaitPoint") return { kind: "point", value: item };
    if (body.kind === "lockPoint") locked = true;
    if (body.kind === "unlockPoint") locked = false;
    if (body.kind !== "listPoints") return undefined;
    const items = body.value.fromMicros <= SECOND_MICROS && (!body.value.lockedOnly || locked) ? [item] : [];
    return { kind: "pointList", value: { items, more: false } };
  };
  const made = await client.createGroupPoint({ params: { name: "shop" }, body: {} });
  assert.equal(made.id, POINT);
  assert.deepEqual((await client.listGroupPoints({ params: { name: "shop" } })).next, null);
  const params = { ...machine, point: POINT };
  assert.equal((await client.lockPoint({ params, body: { until: null } })).locked, true);
  assert.equal((await client.unlockPoint({ params })).locked, false);
  assert.deepEqual(await client.removeGroup({ params: { name: "shop" } }), set);

  const { plan } = await client.createRecoveryPlan({ body: { name: "rest", text: PLAN } });
  assert.deepEqual(await client.showRecoveryPlan({ params: { plan: "rest" } }), plan);
  assert.match((await client.readRecoveryPlan({ params: { plan: "rest" } })).text, /wait: 60/);
  assert.deepEqual(
    (await client.listRecoveryPlans()).items.map(({ id }) => id),
    [plan.id],
  );
  assert.deepEqual(await client.listPlanRuns({ query: { plan: "rest" } }), { items: [], next: null });

  const hosts = [{ host: "10.9.8.7" }];
  const order = { kind: "push" as const, hosts, user: "root", login: { password: "x" } };
  const begun = await client.pushAgents({ body: { ...order, server: server.url } });
  const [first] = begun.items;
  assert.ok(first !== undefined);
  assert.equal((await client.showPush({ params: { id: first.push.id } })).host, "10.9.8.7");
  assert.equal((await client.listPushes()).items.length, 1);

  assert.deepEqual(await client.listReleases(), { items: [], next: null });
  let bytes = 0;
  await client.backup(async (stream) => {
    for await (const chunk of stream) bytes += chunk.length;
  });
  assert.ok(bytes > 1_000);
  assert.ok("openapi" in (await client.openapi()));
});

void test("people, history and alerts by the client's methods", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "home"));
  const { client } = server;
  const { tell } = await install(t, server, folder);
  tell();

  assert.equal((await client.signIn({ body: { token: server.operatorToken } })).role, "administrator");
  const [password, newPassword] = ["correct horse battery", "staple and a stable"];
  await client.createUser({ body: { name: "ada", role: "viewer", password } });
  assert.equal((await client.waysToSignIn()).local, true);
  const adaClient = await asVisitor(t, server, { user: "ada", password });
  assert.equal((await adaClient.me()).user.name, "ada");
  await adaClient.changePassword({ body: { password, newPassword } });
  const nextClient = await asVisitor(t, server, { user: "ada", password: newPassword });
  await nextClient.signOut();
  await assert.rejects(nextClient.me(), { code: "sign-in-ended" });

  const params = { machine: "web" };
  assert.deepEqual((await client.listSamples({ params })).disks, []);
  assert.deepEqual((await client.installationSamples()).machines, []);
  assert.deepEqual((await client.timeline({ params })).disks, []);
  assert.deepEqual(await client.listStages(), { items: [], next: null });
  assert.ok((await client.listLinks()).items.length > 0);
  assert.equal((await client.planProtection()).observed.machines, 0, "none has a protected disk");
  const way = await client.pointWay({ params: { ...params, point: POINT } });
  assert.deepEqual(way.items, []);

  const alert = await eventually(async () => (await client.listAlerts()).items[0]);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  assert.notEqual((await client.silenceAlert({ params: { id: alert.id }, body: { until } })).silencedUntil, null);
  assert.equal((await client.unsilenceAlert({ params: { id: alert.id } })).silencedUntil, null);
});

/** A client that calls with the cookie of a sign-in, and with what goes with it. */
async function asVisitor(
  t: TestContext,
  server: TestServer,
  body: { readonly user: string; readonly password: string },
): Promise<ApiClient> {
  const { cookie, signIn } = await visit(server, body);
  const plain = nodeTransport({ url: server.url, caPem: server.caPem });
  const own = { cookie, "leeward-csrf": signIn.csrfToken ?? "" };
  const transport: Transport = {
    ...plain,
    exchange: (request, signal) => plain.exchange({ ...request, headers: { ...request.headers, ...own } }, signal),
  };
  const client = new ApiClient({ transport });
  afterTest(t, async () => client.close());
  return client;
}
