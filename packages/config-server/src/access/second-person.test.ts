import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type ApiClient, type Approval, faultOfBody } from "@leeward/api";
import { Fault, isFault } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import { install } from "../testing/node-installation.ts";
import { joinStill } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { visit } from "../testing/node-visitor.ts";

const PASSWORD = "correct horse battery staple";
const GONE = { params: { name: "gold" }, body: { retentionSeconds: 3_600 } };

async function withTwo(
  t: Parameters<typeof startServer>[0],
  clock = nodeClock,
): Promise<{ server: TestServer; one: ApiClient; other: ApiClient }> {
  const server = await startServer(t, await temporaryFolder(t), {}, { clock });
  const client = async (): Promise<ApiClient> =>
    server.clientWith((await server.client.call("createToken", { body: { role: "administrator" } })).token);
  const [one, other] = [await client(), await client()];
  await one.call("setPolicy", { params: { name: "gold" }, body: { retentionSeconds: 86_400 } });
  await server.client.call("setInstallation", { body: { secondPerson: true } });
  return { server, one, other };
}

/** The id of the approval that a refused call needs. */
async function neededBy(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Fault && error.code === "second-person-needed", String(error));
  return String(error.detail["approval"]);
}

const stateOf = async (client: ApiClient, id: string): Promise<Approval["state"] | undefined> =>
  (await client.call("listApprovals", {})).items.find((each) => each.id === id)?.state;

/** That of an administrator whom `maker` makes and `approver` approves. */
async function approvedToken(maker: ApiClient, approver: ApiClient): Promise<string> {
  const order = { body: { role: "administrator" } } as const;
  await approver.call("approve", { params: { id: await neededBy(maker.call("createToken", order)) } });
  return (await maker.call("createToken", order)).token;
}

void test("what destroys is refused until somebody else approves it, works once then, and for this very call alone", async (t) => {
  const { one, other } = await withTwo(t);
  const id = await neededBy(one.call("setPolicy", GONE));
  assert.equal(await neededBy(one.call("setPolicy", GONE)), id, "asked again it is the same");
  await assert.rejects(one.call("approve", { params: { id } }), { code: "approval-own" });
  assert.equal((await other.call("approve", { params: { id } })).state, "approved");
  await assert.rejects(other.call("approve", { params: { id } }), { code: "approval-decided" });
  await neededBy(one.call("setPolicy", { ...GONE, body: { retentionSeconds: 60 } }));
  await neededBy(other.call("setPolicy", GONE));
  assert.equal((await one.call("setPolicy", GONE)).retentionSeconds, 3_600);
  assert.equal(await stateOf(one, id), "used");
  await one.call("setPolicy", { ...GONE, body: { retentionSeconds: 86_400 } });
  assert.notEqual(await neededBy(one.call("setPolicy", GONE)), id, "once");
  const { items } = await one.call("listEvents", { query: { limit: 100 } });
  const kinds = items.map(({ kind }) => kind);
  assert.ok(kinds.includes("approval-asked") && kinds.includes("approval-approved"));
});

void test("an approval is refused, expires undecided, and expires unused; one whose call was refused stays", async (t) => {
  let ahead = 0;
  const clock = { ...nodeClock, wallMicros: () => nodeClock.wallMicros() + ahead };
  const { one, other } = await withTwo(t, clock);
  const refused = await neededBy(one.call("setPolicy", GONE));
  await other.call("refuseApproval", { params: { id: refused } });
  await assert.rejects(other.call("approve", { params: { id: refused } }), { code: "approval-decided" });
  const undecided = await neededBy(one.call("setPolicy", GONE));
  assert.notEqual(undecided, refused);
  ahead += 25 * 3_600_000_000;
  await assert.rejects(other.call("approve", { params: { id: undecided } }), { code: "approval-decided" });
  assert.equal(await stateOf(one, undecided), "expired");
  const unused = await neededBy(one.call("setPolicy", GONE));
  await other.call("approve", { params: { id: unused } });
  ahead += 61 * 60_000_000;
  assert.notEqual(await neededBy(one.call("setPolicy", GONE)), unused);
  const erase = { body: { sha256: "0".repeat(64) } };
  const wrong = await neededBy(one.call("eraseRecoveryKey", erase));
  await other.call("approve", { params: { id: wrong } });
  await assert.rejects(one.call("eraseRecoveryKey", erase), { code: "recovery-key-mismatch" });
  assert.equal(await stateOf(one, wrong), "approved", "nothing was done with it");
});

void test("nobody becomes two: not by another sign-in, nor by a token or user of one's own making, nor by taking it away", async (t) => {
  const { server, one, other } = await withTwo(t);
  const id = await neededBy(one.call("setPolicy", GONE));
  await assert.rejects(
    server.client.call("approve", { params: { id } }),
    { code: "approval-own" },
    "who made the asker's token",
  );
  await neededBy(one.call("createToken", { body: { role: "administrator" } }));
  await neededBy(one.call("createUser", { body: { name: "eve", role: "administrator", password: PASSWORD } }));
  await neededBy(one.call("setInstallation", { body: { secondPerson: false } }));
  const viewer = await one.call("createUser", { body: { name: "ann", role: "viewer", password: PASSWORD } });
  await neededBy(one.call("setUser", { params: { user: viewer.id }, body: { role: "administrator" } }));
  const make = { body: { name: "ada", role: "administrator", password: PASSWORD } } as const;
  await other.call("approve", { params: { id: await neededBy(one.call("createUser", make)) } });
  await one.call("createUser", make);
  const [here, there] = [
    await visit(server, { user: "ada", password: PASSWORD }),
    await visit(server, { user: "ada", password: PASSWORD }),
  ];
  const asked = await here.call("PUT", "/v1/policies/gold", GONE.body);
  const adas = String(faultOfBody(asked.body, asked.status).detail["approval"]);
  const again = await there.call("POST", `/v1/approvals/${adas}/approve`);
  assert.equal(faultOfBody(again.body, again.status).code, "approval-own", "by another sign-in");
  await neededBy(other.call("setUser", { params: { user: "ada" }, body: { password: "another long password" } }));
  await assert.rejects(one.call("approve", { params: { id: adas } }), { code: "approval-own" }, "who made ada");
  assert.equal((await other.call("approve", { params: { id: adas } })).state, "approved");
  assert.equal((await here.call("PUT", "/v1/policies/gold", GONE.body)).status, 200);
});

void test("an approval without a password is none with one, and who set a user's password is that user", async (t) => {
  const { server, one, other } = await withTwo(t);
  const bob = { name: "bob", role: "administrator", password: PASSWORD } as const;
  await other.call("approve", { params: { id: await neededBy(one.call("createUser", { body: bob })) } });
  await one.call("createUser", { body: bob });
  await one.call("setUser", { params: { user: "bob" }, body: { disabled: true } });
  const enable = { params: { user: "bob" }, body: { disabled: false } };
  const asked = await neededBy(one.call("setUser", enable));
  await other.call("approve", { params: { id: asked } });
  const withPassword = { ...enable, body: { disabled: false, password: "known to the asker" } };
  const id = await neededBy(one.call("setUser", withPassword));
  assert.notEqual(id, asked);
  const summary = (await other.call("listApprovals", {})).items.find((each) => each.id === id)?.summary ?? "";
  assert.match(summary, /another password, enabled/);
  await one.call("setUser", enable);

  // An operator of somebody else's making, whose password the asker sets, and who becomes an administrator then.
  await other.call("createUser", { body: { ...bob, name: "carol", role: "operator" } });
  const carols = "known to the asker, too";
  await one.call("setUser", { params: { user: "carol" }, body: { password: carols } });
  const promote = { params: { user: "carol" }, body: { role: "administrator" } } as const;
  const third = server.clientWith(await approvedToken(other, one));
  await third.call("approve", { params: { id: await neededBy(one.call("setUser", promote)) } });
  await one.call("setUser", promote);
  const gone = await neededBy(one.call("setPolicy", GONE));
  const code = async (password: string): Promise<unknown> => {
    const signedIn = await visit(server, { user: "carol", password });
    const { body, status } = await signedIn.call("POST", `/v1/approvals/${gone}/approve`);
    return faultOfBody(body, status).code;
  };
  assert.equal(await code(carols), "approval-own");
  const carol = await visit(server, { user: "carol", password: carols });
  const changed = { password: carols, newPassword: "changed by who knew it before" };
  assert.equal((await carol.call("PUT", "/v1/me/password", changed)).status, 200);
  assert.equal(
    await code(changed.newPassword),
    "approval-own",
    "a password that was changed with a known one is known",
  );
});

void test("the recovery key is read with one approval and then erased; a second person needs two administrators who are not one", async (t) => {
  const { one, other } = await withTwo(t);
  await other.call("approve", { params: { id: await neededBy(one.call("exportRecoveryKey", {})) } });
  const { sha256 } = await one.call("exportRecoveryKey", {});
  await neededBy(other.call("eraseRecoveryKey", { body: { sha256 } }));
  await one.call("eraseRecoveryKey", { body: { sha256 } });
  const alone = await startServer(t, await temporaryFolder(t));
  const want = (): Promise<unknown> => alone.client.call("setInstallation", { body: { secondPerson: true } });
  const refused = { code: "second-person-alone" };
  await assert.rejects(want(), refused);
  const order = { body: { role: "administrator" } } as const;
  const made = alone.clientWith((await alone.client.call("createToken", order)).token);
  await assert.rejects(want(), refused, "one of its own making");
  await made.call("createToken", order);
  await assert.rejects(want(), refused, "one after the other");
  await alone.client.call("createToken", order);
  await want();
});

void test("an approval is for the thing that had the name, and for what was kept then", async (t) => {
  const { server, one, other } = await withTwo(t);
  const params = { machine: "zdb" };
  const join = async (): Promise<string> =>
    (await joinStill(t, server, { name: "zdb", home: await temporaryFolder(t) })).id;
  const first = await join();
  const id = await neededBy(one.call("removeMachine", { params }));
  await other.call("approve", { params: { id } });
  await one.call("approve", { params: { id: await neededBy(other.call("removeMachine", { params })) } });
  await other.call("removeMachine", { params });
  const second = await join();
  assert.notEqual(second, first);
  assert.notEqual(await neededBy(one.call("removeMachine", { params })), id);
  assert.equal((await one.call("showMachine", { params })).id, second);

  const fewer = await neededBy(one.call("setPolicy", GONE));
  await other.call("approve", { params: { id: fewer } });
  await other.call("setPolicy", { ...GONE, body: { retentionSeconds: 30 * 86_400 } });
  assert.notEqual(await neededBy(one.call("setPolicy", GONE)), fewer);
});

void test("an unplanned run of a recovery plan needs a second person, for the plan and the machines as they were", async (t) => {
  const { server, one, other } = await withTwo(t);
  const join = async (): Promise<unknown> => joinStill(t, server, { name: "web", home: await temporaryFolder(t) });
  await join();
  const write = async (text: string): Promise<unknown> =>
    one.call("createRecoveryPlan", { body: { name: "shop", text, replace: true } });
  const run = () => one.call("runRecoveryPlan", { params: { plan: "shop" }, body: { kind: "unplanned" } });
  const approved = async (): Promise<string> => {
    const id = await neededBy(run());
    await other.call("approve", { params: { id } });
    return id;
  };
  await write("steps:\n  - machine: web\n");
  const first = await approved();
  await write("steps:\n  - machine: web\n  - {name: look, manual: Look., after: [web]}\n");
  const second = await approved();
  assert.notEqual(second, first, "another text");
  const params = { machine: "web" };
  await one.call("approve", { params: { id: await neededBy(other.call("removeMachine", { params })) } });
  await other.call("removeMachine", { params });
  await join();
  assert.notEqual(await approved(), second, "another machine of the name");
  assert.equal((await run()).run.kind, "unplanned");
  const probe = { params: { plan: "probe" }, body: { kind: "test" } } as const;
  await one.call("createRecoveryPlan", { body: { name: "probe", text: "steps:\n  - machine: web\n" } });
  assert.equal((await one.call("runRecoveryPlan", probe)).run.kind, "test", "a test destroys nothing");
});

void test("of machines: removing one, unprotecting with points, unlocking, an unplanned failover; nothing else is held up", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  await install(t, server, folder);
  for (let count = 0; count < 2; count += 1)
    await server.client.call("createToken", { body: { role: "administrator" } });
  await server.client.call("setInstallation", { body: { secondPerson: true } });
  const params = { machine: "web" };
  const point = { machine: "web", point: "0".repeat(32) };
  const ids = [
    await neededBy(server.client.call("removeMachine", { params })),
    await neededBy(server.client.call("removeMachine", { params, query: { deletePoints: true } })),
    await neededBy(server.client.call("unlockPoint", { params: point })),
    await neededBy(server.client.call("unplannedFailover", { params, body: { at: "latest" } })),
    await neededBy(
      server.client.call("unprotectDisk", { params: { ...params, disk: "d" }, query: { deletePoints: true } }),
    ),
    await neededBy(server.client.call("removeServer", { params: { server: "mt" } })),
  ];
  assert.equal(new Set(ids).size, ids.length);
  const { id } = await server.client.call("showMachine", { params });
  const { items } = await server.client.call("listApprovals", {});
  assert.equal(items.filter(({ machine, subject }) => machine === id && subject === "web").length, 5);
  await assert.rejects(server.client.call("unprotectDisk", { params: { ...params, disk: "d" } }), {
    code: "disk-unknown",
  });
  await assert.rejects(server.client.call("removeMachine", { params: { machine: "nobody" } }), (error) =>
    isFault(error, "machine-unknown"),
  );
  assert.equal(
    (await server.client.call("setPolicy", { ...GONE, body: { retentionSeconds: 60 } })).name,
    "gold",
    "a new policy",
  );
});
