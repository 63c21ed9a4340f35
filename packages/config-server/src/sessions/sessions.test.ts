import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyStore } from "@leeward/identity";
import type { NoticeBody } from "@leeward/proto";
import { Session, tlsNetwork, workOn } from "@leeward/wire";
import type { World } from "@leeward/world";
import { eventually, install, targetDisk } from "../testing/node-installation.ts";
import { enrolledKeyStore, joinServer, type MemberOptions } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

const DAY_MICROS = 86_400_000_000;

const agentOptions = (home: string): MemberOptions<"agentPlan"> => ({
  planKind: "agentPlan",
  role: "agent",
  name: "web",
  home,
  status: ({ version }) => statusOf(version),
});

function statusOf(planVersion: number): Extract<NoticeBody, { kind: "agentStatus" }> {
  const value = {
    planVersion,
    agentVersion: "9",
    bootId: "",
    disks: [],
    inventoryJson: "{}",
    clockOffsetMicros: 0,
    links: [],
  };
  return { kind: "agentStatus", value };
}

/** One session without the daemon's own manners: whatever a bad peer might do with it. */
async function bareSession(
  server: TestServer,
  keyStore: KeyStore,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const network = tlsNetwork({ keyStore });
  const channel = await network.connect({ host: "127.0.0.1", port: server.port }, "config-server", signal);
  const session = await Session.connect(channel, { clock: server.world.clock, softwareVersion: "0.1.0" }, signal);
  await workOn(session, signal, work);
}

void test("a certificate is renewed at a third of its life, over the session, on the same key alone", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const keyStore = await enrolledKeyStore(server, agentOptions(`${folder}/web`));
  const before = keyStore.identity?.fingerprint;
  const { clock } = server.world;
  const ahead: World = { ...server.world, clock: { ...clock, wallMicros: () => clock.wallMicros() + 31 * DAY_MICROS } };
  const { keyStore: renewed, stop } = await joinServer(t, server, { ...agentOptions(`${folder}/web`), world: ahead });
  await eventually(async () => renewed.identity?.fingerprint !== before);
  await stop();
  const kinds = (await server.client.call("listEvents", {})).items.map(({ kind }) => kind);
  assert.ok(kinds.includes("certificate-renewed"));

  await server.world.files.makeFolder(`${folder}/stranger`);
  const stranger = await KeyStore.open(server.world, `${folder}/stranger`);
  const csrPem = await stranger.createRequest();
  await bareSession(server, keyStore, async (session) => {
    const asking = session.request({ kind: "renewCertificate", value: { csrPem } }, session.signal);
    await assert.rejects(asking, { code: "renewal-key-changed" });
  });
});

void test("a member that says what is not its business is dropped, and it is an event", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const keyStore = await enrolledKeyStore(server, agentOptions(`${folder}/web`));
  const plan: NoticeBody = { kind: "agentPlan", value: { version: 1, machineName: "x", epoch: 1, disks: [] } };
  await assert.rejects(
    bareSession(server, keyStore, async (session) => {
      await session.notify(plan);
      for await (const _ of session.messages());
    }),
    { code: "message-unexpected" },
  );
  const { items } = await server.client.call("listEvents", { query: { severity: "warning" } });
  assert.ok(items.some(({ detail }) => detail["code"] === "message-unexpected"));
});

void test("a member that floods events is heard, but not without end", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const keyStore = await enrolledKeyStore(server, agentOptions(`${folder}/web`));
  await bareSession(server, keyStore, async (session) => {
    for (let number = 0; number < 200; number += 1) {
      const value = { kind: "spam", subject: "", message: String(number), detail: {}, severity: "info" as const };
      await session.notify({ kind: "event", value });
    }
    await session.notify(statusOf(0));
    await eventually(async () => {
      const { items } = await server.client.call("listEvents", { query: { severity: "warning" } });
      return items.some(({ kind }) => kind === "events-dropped");
    });
  });
  const { items } = await server.client.call("listEvents", { query: { limit: 1_000 } });
  assert.equal(items.filter(({ kind }) => kind === "spam").length, 120);
});

void test("a copy of a member is refused while the member answers, and may have its place by a token for it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { client } = server;
  const web = { body: { role: "agent", machine: "web" } } as const;
  const first = await joinServer(t, server, { ...agentOptions(`${folder}/web`), hostName: "rack-1" });
  await eventually(async () => (await client.call("showMachine", { params: { machine: "web" } })).state === "online");
  await assert.rejects(client.call("createToken", web), { code: "machine-not-takeable" });

  for (const attempt of ["first", "again"]) {
    const heard: NoticeBody[] = [];
    const copying = bareSession(server, first.keyStore, async (session) => {
      await session.notify({ ...statusOf(77) });
      const value = { kind: "spam", subject: "", message: attempt, detail: {}, severity: "info" as const };
      await session.notify({ kind: "event", value });
      for await (const { body } of session.messages()) if (body.kind === "controlNotice") heard.push(body.value.body);
    });
    await assert.rejects(copying, { code: "identity-copied", kind: "operator" });
    assert.deepEqual(heard, [], "a copy is told nothing");
  }
  const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
  assert.deepEqual(
    items.filter(({ kind }) => kind === "spam"),
    [],
    "nothing that it says is taken",
  );
  const told = items.filter(({ kind }) => kind === "identity-copied");
  assert.equal(told.length, 1, "the same copy is told of once");
  assert.match(told[0]?.message ?? "", /rack-1 at 127\.0\.0\.1:\d+, and 127\.0\.0\.1:\d+ has a copy/);
  const status = (await client.call("status", {})).items.find(({ code }) => code === "identity-copied");
  assert.partialDeepStrictEqual(status, { severity: "critical", subject: "web" });
  assert.equal(first.control.connected, true);

  const home = `${folder}/copy`;
  const copy = await joinServer(t, server, { ...agentOptions(home), name: "elsewhere", machine: "web" });
  assert.equal(copy.id, first.id, "it is the machine");
  await eventually(async () => copy.control.plan !== undefined && !first.control.connected);
  assert.equal(
    (await client.call("status", {})).items.some(({ code }) => code === "identity-copied"),
    false,
  );
  await assert.rejects(client.call("createToken", web), { code: "machine-not-takeable" });
});

void test("a member whose plan is newer than the server knows gets a newer one still, and epochs only rise", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, said, tell } = await install(t, server, folder);
  await eventually(async () => masterTarget.control.appliedVersion > 0);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  await eventually(async () => agent.control.plan?.disks.length === 1);
  said.targetDisks = [targetDisk(disk.id, { epoch: 7 })];
  tell();
  await eventually(async () => agent.control.plan?.epoch === 7);
  said.targetDisks = [targetDisk(disk.id, { epoch: 3 })];
  tell();
  assert.equal((await server.client.call("showMachine", { params: { machine: "web" } })).epoch, 7);
  await agent.stop();
  await bareSession(server, agent.keyStore, async (session) => {
    await session.notify(statusOf(5_000));
    for await (const { body } of session.messages()) {
      const notice = body.kind === "controlNotice" ? body.value.body : undefined;
      if (notice?.kind === "agentPlan" && notice.value.version > 5_000) return;
    }
  });
});
