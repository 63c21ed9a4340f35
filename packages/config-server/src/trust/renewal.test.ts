import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyStore } from "@leeward/identity";
import { clockAway, leaveFor } from "../testing/node-aged.ts";
import { eventually, install } from "../testing/node-installation.ts";
import { joinServer, type MemberOptions } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

const WEB = { role: "agent", id: "web-id", name: "web" } as const;

function agentOptions(home: string): MemberOptions<"agentPlan"> {
  return {
    planKind: "agentPlan",
    role: "agent",
    name: "web",
    home,
    status: ({ version }) => ({
      kind: "agentStatus",
      value: {
        planVersion: version,
        agentVersion: "1",
        bootId: "",
        disks: [],
        inventoryJson: "",
        clockOffsetMicros: 0,
        links: [],
      },
    }),
  };
}

async function codesOf(server: TestServer): Promise<string[]> {
  const { items } = await server.client.call("status", {});
  return items.map(({ code, subject }) => `${code} ${subject ?? "-"}`);
}

void test("a machine that was off for 91 days comes back as it was, and so does the server that was", async (t) => {
  const folder = await temporaryFolder(t);
  const home = `${folder}/web`;
  await leaveFor(91, `${folder}/server`, [{ ...WEB, home }]);
  const server = await startServer(t, `${folder}/server`);
  assert.ok((await codesOf(server)).includes("certificate-ending web"));
  const { id, keyStore, control } = await joinServer(t, server, agentOptions(home));
  await eventually(async () => control.connected && control.plan !== undefined);
  assert.equal(id, WEB.id);
  assert.equal(keyStore.outOfTime(server.world.clock.wallMicros()), false);
  const { items } = await server.client.call("listEvents", { query: { severity: "warning" } });
  assert.match(
    items.find(({ kind }) => kind === "certificate-renewed")?.message ?? "",
    /^The certificate of web, which had ended at /,
  );
  await eventually(async () => !(await codesOf(server)).includes("certificate-ending web"));
});

void test("the other daemons come back in the same way", async (t) => {
  const folder = await temporaryFolder(t);
  const members = [
    { role: "process-server", id: "ps-id", name: "ps", home: `${folder}/ps` },
    { role: "master-target", id: "mt-id", name: "mt", home: `${folder}/mt` },
    { role: "agent", id: "web-id", name: "web", home: `${folder}/agent` },
  ] as const;
  await leaveFor(200, `${folder}/server`, members);
  const server = await startServer(t, `${folder}/server`);
  const { processServer, masterTarget } = await install(t, server, folder);
  await eventually(async () => processServer.control.connected && masterTarget.control.connected);
  assert.deepEqual([processServer.id, masterTarget.id], ["ps-id", "mt-id"]);
});

void test("who was away for longer than the grace waits for a person to allow it", async (t) => {
  const folder = await temporaryFolder(t);
  const home = `${folder}/web`;
  await leaveFor(100, `${folder}/server`, [{ ...WEB, home }]);
  const server = await startServer(t, `${folder}/server`, { renewalGraceDays: "5" });
  const keyStore = await KeyStore.open(server.world, `${home}/identity`);
  const body = { id: WEB.id, csrPem: await keyStore.createRequest() };
  await assert.rejects(server.clientWith(undefined).call("renew", { body }), { code: "renewal-too-late" });
  await server.stop();
  const lenient = await startServer(t, `${folder}/server`, { renewalGraceDays: "30" });
  const { control } = await joinServer(t, lenient, agentOptions(home));
  await eventually(async () => control.connected);
});

void test("who was removed gets no certificate, nor does who has another key than the member's", async (t) => {
  const folder = await temporaryFolder(t);
  const home = `${folder}/web`;
  await leaveFor(91, `${folder}/server`, [{ ...WEB, home }]);
  const server = await startServer(t, `${folder}/server`);
  const anybody = server.clientWith(undefined);
  await server.world.files.makeFolder(`${folder}/other`);
  const other = await KeyStore.open(server.world, `${folder}/other`);
  const superseded = { id: WEB.id, csrPem: await other.createRequest() };
  await assert.rejects(anybody.call("renew", { body: superseded }), { code: "peer-superseded" });
  await server.client.call("removeMachine", { params: { machine: "web" } });
  const keyStore = await KeyStore.open(server.world, `${home}/identity`);
  const removed = { id: WEB.id, csrPem: await keyStore.createRequest() };
  await assert.rejects(anybody.call("renew", { body: removed }), { code: "member-unknown" });
  await assert.rejects(anybody.call("renew", { body: { ...removed, csrPem: "-----BEGIN X-----" } }), {
    code: "certificate-request-invalid",
  });
});

void test("a host whose place was taken learns so also when its certificate has ended", async (t) => {
  const folder = await temporaryFolder(t);
  const home = `${folder}/web`;
  await leaveFor(91, `${folder}/server`, [{ ...WEB, home: `${folder}/taker` }]);
  await leaveFor(91, `${folder}/elsewhere`, [{ ...WEB, home }]);
  const server = await startServer(t, `${folder}/server`);
  // It trusts the server, and has another key than the machine has now.
  const files = server.world.files;
  const world = { ...server.world, clock: clockAway(-91) };
  const keyStore = await KeyStore.open(world, `${home}/identity`);
  await keyStore.addAuthority(server.caPem);
  let heard = 0;
  await joinServer(t, server, { ...agentOptions(home), onSuperseded: () => void (heard += 1) });
  await eventually(async () => heard > 0);
  assert.ok((await files.status(`${home}/identity/certificate.pem`)) !== undefined);
});

for (const days of [-1, 1]) {
  void test(`a config server whose clock is ${days} day away is joined, and the difference is told`, async (t) => {
    const folder = await temporaryFolder(t);
    const server = await startServer(t, `${folder}/server`, {}, { clock: clockAway(days) });
    const { control, keyStore } = await joinServer(t, server, {
      ...agentOptions(`${folder}/web`),
      world: { ...server.world, clock: clockAway(0) },
    });
    await eventually(async () => (await codesOf(server)).includes("clock-differs web"));
    assert.equal(control.connected, true);
    assert.equal(keyStore.renewalDue(clockAway(0).wallMicros()), false);
    await keyStore.installRevocationList(keyStore.credentials().crlPem);
  });
  void test(`a machine whose clock is ${days} day away goes on`, async (t) => {
    const folder = await temporaryFolder(t);
    const server = await startServer(t, `${folder}/server`);
    const world = { ...server.world, clock: clockAway(days) };
    const { control } = await joinServer(t, server, { ...agentOptions(`${folder}/web`), world });
    await eventually(async () => control.connected && (await codesOf(server)).includes("clock-differs web"));
  });
}
