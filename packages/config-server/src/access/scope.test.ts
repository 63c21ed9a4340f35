import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { ApiClient } from "@leeward/api";
import { install } from "../testing/node-installation.ts";
import { joinStill } from "../testing/node-test-member.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";
import { visit } from "../testing/node-visitor.ts";

const PASSWORD = "correct horse battery staple";

void test("who is limited to a machine sees it and what is of it; of others there is no trace, and the whole is refused", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  const { agent } = await install(t, server, folder);
  const other = await joinStill(t, server, { name: "db", home: join(folder, "db") });
  await server.client.call("setGroup", { params: { name: "both" }, body: { machines: ["web", "db"] } });
  await server.client.call("setDrillSchedule", {
    params: { machine: "db" },
    body: { everySeconds: 86_400, checks: ["console:login:"] },
  });
  const scope = { machines: ["db", other.id] };
  const made = await server.client.call("createToken", { body: { role: "administrator", scope } });
  assert.deepEqual(made.scope, { machines: [other.id] }, "by id, once");
  const client = server.clientWith(made.token);
  const names = async (of: ApiClient): Promise<string[]> =>
    (await of.call("listMachines", {})).items.map(({ name }) => name);
  assert.deepEqual([await names(server.client), await names(client)], [["db", "web"], ["db"]]);
  // A page that is full says nothing of what others would find behind it.
  const first = { query: { limit: 1 } };
  assert.notEqual((await server.client.call("listMachines", first)).next, null);
  assert.equal((await client.call("listMachines", first)).next, null);
  assert.deepEqual(await client.call("listDisks", first), { items: [], next: null });
  assert.deepEqual(await client.call("listPushes", first), { items: [], next: null });
  assert.equal((await client.call("showMachine", { params: { machine: "db" } })).id, other.id);
  const unknown = { code: "machine-unknown" };
  for (const machine of ["web", agent.id]) {
    await assert.rejects(client.call("showMachine", { params: { machine } }), unknown);
    await assert.rejects(client.call("setMachine", { params: { machine }, body: { bandwidth: "1MB/s" } }), unknown);
    await assert.rejects(client.call("listDisks", { query: { machine } }), unknown);
    await assert.rejects(client.call("listFailovers", { query: { machine } }), unknown);
  }
  assert.deepEqual((await client.call("listGroups", {})).items, [], "a group of a machine beside the own");
  await assert.rejects(client.call("showGroup", { params: { name: "both" } }), { code: "group-unknown" });
  await server.client.call("setGroup", { params: { name: "both" }, body: { machines: ["db"] } });
  assert.equal((await client.call("listGroups", {})).items.length, 1);
  assert.equal((await client.call("listDrillSchedules", {})).items.length, 1);
  const subjects = (await client.call("listEvents", { query: { limit: 1_000 } })).items.map(({ subject }) => subject);
  assert.ok(subjects.length > 0 && subjects.every((subject) => subject === "db"), subjects.join());
  const { items } = await client.call("status", {});
  assert.ok(items.every(({ subject }) => subject?.split("/")[0] === "db"));
  const of = { machine: "db", disk: "root" };
  for (const call of [
    client.call("savePoint", { params: of, body: { at: "latest", path: "/var/lib/x", force: true } }),
    client.call("openPoint", { params: of, body: { at: "latest", socketPath: "/var/lib/x.sock" } }),
    client.call("loadSeed", { params: of, body: { path: "/var/lib" } }),
    client.call("createToken", { body: { role: "viewer" } }),
    client.call("setPolicy", { params: { name: "p" }, body: {} }),
    client.call("createUser", { body: { name: "eve", role: "administrator", password: PASSWORD } }),
    client.call("exportRecoveryKey", {}),
    client.call("setGroup", { params: { name: "g" }, body: { machines: ["db"] } }),
  ])
    await assert.rejects(call, { code: "scope-insufficient" });
  const { id } = (await server.client.call("listTokens", {})).items.find(({ id: each }) => each === made.id) ?? {
    id: "",
  };
  assert.equal(id, made.id);
});

void test("a user is limited as a token is, from the next call on, and following events goes past what is not seen", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  await install(t, server, folder);
  await server.client.call("createUser", {
    body: { name: "ada", role: "operator", password: PASSWORD, scope: { machines: ["web"] } },
  });
  const ada = await visit(server, { user: "ada", password: PASSWORD });
  assert.equal(ada.signIn.scope?.machines.length, 1);
  assert.equal((await ada.call("GET", "/v1/machines/web")).status, 200);
  assert.equal((await ada.call("POST", "/v1/recovery-plans", { name: "p", text: "x" })).status, 403);
  const token = await server.client.call("createToken", { body: { role: "viewer", scope: { machines: ["web"] } } });
  const client = server.clientWith(token.token);
  const after = (await server.client.call("listEvents", { query: { limit: 1 } })).items.at(-1)?.id ?? 0;
  const following = client.call("listEvents", { query: { after: String(after), waitSeconds: 20 } });
  for (let count = 0; count < 5; count += 1) await server.client.call("createToken", { body: { role: "viewer" } });
  await server.client.call("setMachine", { params: { machine: "web" }, body: { bandwidth: "1MB/s" } });
  assert.deepEqual(
    (await following).items.map(({ kind }) => kind),
    ["bandwidth-set"],
  );
  await server.client.call("setUser", { params: { user: "ada" }, body: { scope: null } });
  assert.equal((await visit(server, { user: "ada", password: PASSWORD })).signIn.scope, null);
});

void test("who is limited to a machine that was removed sees nothing of another that has its name now", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  const { id } = await joinStill(t, server, { name: "db", home: join(folder, "first") });
  const { token } = await server.client.call("createToken", { body: { role: "viewer", scope: { machines: [id] } } });
  const client = server.clientWith(token);
  const seen = async (): Promise<number> => (await client.call("listEvents", {})).items.length;
  assert.ok((await seen()) > 0);
  await server.client.call("removeMachine", { params: { machine: id } });
  await joinStill(t, server, { name: "db", home: join(folder, "second") });
  await server.client.call("setMachine", { params: { machine: "db" }, body: { bandwidth: "1MB/s" } });
  assert.equal(await seen(), 0);
});
