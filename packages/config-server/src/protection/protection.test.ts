import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime } from "@leeward/base";
import type { PointItem } from "@leeward/proto";
import { agentDisk, eventually, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const PATH = "/var/lib/images/web.img";
const nowMicros = (): number => Date.now() * 1_000;

function pointOf(machineId: string, diskId: string, number: number): PointItem {
  const timeMicros = 1_700_000_000_000_000 + number;
  return {
    id: `p${number}`,
    machineId,
    timeMicros,
    validUntilMicros: timeMicros,
    epoch: 1,
    kind: "auto",
    consistency: "crash",
    members: [{ diskId, branch: "b".repeat(32), sequence: number }],
    missingDiskIds: [],
    locked: false,
    lockedUntilMicros: 0,
  };
}

void test("a disk is protected: plans reach everybody, and the job ends when the agent serves it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, processServer, masterTarget, said, tell } = await install(t, server, folder);
  const machine = { machine: "web" };
  await eventually(async () =>
    (await server.client.call("listServers", {})).items.every(({ address }) => address !== null),
  );
  const { disk, job } = await server.client.call("protectDisk", { params: machine, body: { path: PATH } });
  assert.partialDeepStrictEqual(disk, {
    name: "web.img",
    machine: agent.id,
    path: PATH,
    state: "initial",
    nbdUri: null,
    rpoSeconds: null,
  });
  assert.partialDeepStrictEqual(job, { kind: "protect", subject: "web/web.img", error: null, disk: disk.id });

  const planned = await eventually(async () => agent.control.plan?.disks[0]);
  assert.deepEqual(planned, {
    diskId: disk.id,
    name: "web.img",
    path: PATH,
    capture: "splitter",
    policy: {
      pointIntervalSeconds: 2,
      applicationPointIntervalSeconds: 0,
      trackerPointIntervalSeconds: 300,
      logBytesMax: 4 * 1024 ** 3,
      copyBytesPerSecondMax: 0,
      // Outside of working hours, Monday to Friday from 8 to 18.
      resyncWindow: { outside: true, hours: [{ days: 31, fromMinute: 480, toMinute: 1_080 }] },
    },
    processServerId: processServer.id,
    // It says that it listens everywhere, so it is found where its session came from.
    processServerAddresses: [{ host: "127.0.0.1", port: 9443 }],
  });
  const forwarded = await eventually(async () => processServer.control.plan?.disks[0]);
  assert.partialDeepStrictEqual(forwarded, {
    diskId: disk.id,
    machineId: agent.id,
    term: 1,
    epoch: 1,
    codec: "lz4",
    targetId: masterTarget.id,
    targetAddress: { host: "target.example", port: 9444 },
  });
  const kept = await eventually(async () => masterTarget.control.plan?.disks[0]);
  assert.partialDeepStrictEqual(kept, {
    diskId: disk.id,
    machineName: "web",
    diskName: "web.img",
    intake: true,
    retentionSeconds: 30 * 86_400,
    processServerId: processServer.id,
  });
  assert.deepEqual(
    kept.wrappedKeys.map(({ recipient }) => recipient).toSorted(),
    ["recovery", processServer.id, masterTarget.id].toSorted(),
  );

  // The three wrappings hold one key, and each opens only for its own.
  const byPs = await processServer.keyStore.unwrap(forwarded.wrappedKey, forwarded.keyId);
  const ofMt = kept.wrappedKeys.find(({ recipient }) => recipient === masterTarget.id)?.jwe ?? "";
  assert.deepEqual(await masterTarget.keyStore.unwrap(ofMt, kept.keyId), byPs);
  await assert.rejects(agent.keyStore.unwrap(ofMt, kept.keyId), { code: "key-unwrap-failed" });

  const waiting = server.client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 20 } });
  said.agentDisks = [
    agentDisk(disk.id, { state: "initial", progress: { doneBytes: 1, totalBytes: 4, etaSeconds: -1 } }),
  ];
  tell();
  assert.partialDeepStrictEqual(await waiting, { state: "succeeded", error: null });
  const { items } = await server.client.call("listDisks", { query: machine });
  assert.partialDeepStrictEqual(items, [
    {
      state: "initial",
      progress: { doneBytes: 1, totalBytes: 4, etaSeconds: null },
      nbdUri: `nbd+unix:///?socket=/run/${disk.id}`,
    },
  ]);

  said.agentDisks = [agentDisk(disk.id)];
  said.targetDisks = [
    targetDisk(disk.id, {
      newestPointMicros: nowMicros() - 3_000_000,
      oldestPointMicros: 1,
      pointCount: 7,
      history: "reduced",
    }),
  ];
  tell();
  const reduced = await eventually(async () => {
    const shown = (await server.client.call("showMachine", { params: machine })).disks[0];
    return shown?.state === "reduced" && shown;
  });
  assert.ok(
    reduced.rpoSeconds !== null && reduced.rpoSeconds >= 3 && reduced.rpoSeconds < 60,
    String(reduced.rpoSeconds),
  );
  assert.partialDeepStrictEqual(reduced, { sequence: { written: 30, cached: 20, journaled: 12 }, pointCount: 7 });
});

void test("what cannot be protected is refused, by the server or by the agent, and leaves nothing", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { said, tell } = await install(t, server, folder);
  const params = { machine: "web" };
  const root = { path: "/dev/sda", kind: "block-device", sizeBytes: 5 } as const;
  said.candidates = [{ ...root, refusal: "it holds the running root", trackerRefusal: "", rescanRefusal: "" }];
  const listed = await server.client.call("listCandidates", { params });
  assert.deepEqual(listed.items, [
    { ...root, refusal: "it holds the running root", trackerRefusal: null, rescanRefusal: null },
  ]);
  const protect = (body: { path: string; policy?: string; name?: string }): Promise<unknown> =>
    server.client.call("protectDisk", { params, body });
  await assert.rejects(protect({ path: "/dev/sda" }), { code: "disk-not-protectable" });
  await assert.rejects(protect({ path: PATH, policy: "none" }), { code: "policy-unknown" });
  const { disk, job } = await server.client.call("protectDisk", { params, body: { path: PATH, name: "data" } });
  await assert.rejects(protect({ path: PATH }), { code: "disk-protected-already" });
  await assert.rejects(protect({ path: "/other", name: "data" }), { code: "name-taken" });

  const fault = {
    code: "disk-foreign-opener",
    kind: "operator" as const,
    message: "Somebody has it open.",
    sinceMicros: 5,
  };
  said.agentDisks = [agentDisk(disk.id, { state: "stopped", nbdUri: "", faults: [fault] })];
  tell();
  const ended = await server.client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 20 } });
  assert.partialDeepStrictEqual(ended, { state: "failed", error: { code: "disk-foreign-opener", kind: "operator" } });
  await eventually(async () => (await server.client.call("listDisks", {})).items.length === 0);
  const again = await server.client.call("protectDisk", { params, body: { path: PATH, name: "data" } });
  const cancelled = await server.client.call("cancelJob", { params: { id: again.job.id } });
  assert.equal(cancelled.state, "cancelled");
  await assert.rejects(server.client.call("cancelJob", { params: { id: again.job.id } }), { code: "job-ended" });
});

void test("an unprotected disk keeps its points until an administrator has them deleted", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, said, asked, tell } = await install(t, server, folder);
  const params = { machine: "web", disk: "web.img" };
  const { disk } = await server.client.call("protectDisk", { params, body: { path: PATH } });
  said.points = [1, 2, 3, 4, 5].map((number) => pointOf(agent.id, disk.id, number));
  await server.client.call("unprotectDisk", { params });
  await eventually(async () => masterTarget.control.plan?.disks[0]?.intake === false);
  assert.deepEqual(agent.control.plan?.disks ?? [], []);
  await assert.rejects(server.client.call("unprotectDisk", { params }), { code: "disk-not-protected" });
  const { items } = await server.client.call("listPoints", { params });
  assert.deepEqual(
    items.map(({ id }) => id),
    ["p1", "p2", "p3", "p4", "p5"],
  );
  assert.deepEqual(items[0]?.disks, { [disk.id]: { branch: "b".repeat(32), sequence: 1 } });
  const opened = await server.client.call("openPoint", { params, body: { at: "latest" } });
  assert.partialDeepStrictEqual(opened, { disk: disk.id, readOnly: true });

  const { token } = await server.client.call("createToken", { body: { role: "operator" } });
  const operator = server.clientWith(token);
  const deleting = { params, query: { deletePoints: true } };
  await assert.rejects(operator.call("unprotectDisk", deleting), { code: "role-insufficient" });
  await server.client.call("unprotectDisk", deleting);
  tell();
  await eventually(async () => masterTarget.control.plan?.disks.length === 0);
  assert.deepEqual(
    asked.filter(({ kind }) => kind === "deleteHistory"),
    [{ kind: "deleteHistory", value: { machineId: agent.id, diskIds: [disk.id] } }],
  );
  await assert.rejects(server.client.call("openPoint", { params, body: { at: "latest" } }), { code: "disk-unknown" });
});

void test("points are made, opened, closed and saved by whoever has them, and a member that is away says so", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, said } = await install(t, server, folder);
  const params = { machine: "web", disk: "data" };
  const { disk } = await server.client.call("protectDisk", { params, body: { path: PATH, name: "data" } });
  said.points = [pointOf(agent.id, disk.id, 1)];
  const made = await server.client.call("createPoint", { params, body: {} });
  assert.equal(made.time, formatTime(1_700_000_000_000_001));
  const between = { from: formatTime(0), to: "2001-01-01T00:00:00Z" };
  assert.deepEqual((await server.client.call("listPoints", { params, query: between })).items, []);
  assert.equal((await server.client.call("listOpened", {})).items[0]?.id, "o1");
  await server.client.call("closePoint", { params: { id: "o1" } });
  await assert.rejects(server.client.call("closePoint", { params: { id: "o2" } }), { code: "opened-unknown" });
  const job = await server.client.call("savePoint", { params, body: { at: "p1", path: "/tmp/out.img" } });
  const saved = await server.client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 20 } });
  assert.deepEqual(saved.result, {
    point: "p1",
    disk: disk.id,
    file: "/tmp/out.img",
    bytes: 1024,
    sha256: "ab".repeat(32),
    format: "raw",
  });
  for (const [path, error] of [
    ["/tmp/out.vhdx", null],
    ["/tmp/by-an-older-target.vhdx", "save-format-passed-over"],
  ] as const) {
    const asImage = await server.client.call("savePoint", { params, body: { at: "p1", path, format: "vhdx" } });
    const ended = await server.client.call("showJob", { params: { id: asImage.id }, query: { waitSeconds: 20 } });
    assert.equal(ended.error?.code ?? null, error);
  }

  await masterTarget.stop();
  await agent.stop();
  await eventually(async () => (await server.client.call("showMachine", { params })).state === "offline");
  await assert.rejects(server.client.call("createPoint", { params, body: {} }), { code: "machine-offline" });
  await assert.rejects(server.client.call("listPoints", { params }), { code: "master-target-offline" });
  await assert.rejects(server.client.call("protectDisk", { params, body: { path: "/x" } }), {
    code: "machine-offline",
  });
});

void test("a save shows how far it is, and one that is cancelled stops at the target", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, said, asked, held, tell } = await install(t, server, folder);
  const params = { machine: "web", disk: "data" };
  const { disk } = await server.client.call("protectDisk", { params, body: { path: PATH, name: "data" } });
  said.points = [pointOf(agent.id, disk.id, 1)];
  held.save = new Promise(() => undefined);
  const job = await server.client.call("savePoint", { params, body: { at: "p1", path: "/tmp/out.img" } });
  assert.equal(job.progress, null);
  said.saves = [{ jobId: job.id, progress: { doneBytes: 256, totalBytes: 1024, etaSeconds: 3 } }];
  tell();
  await eventually(async () => {
    const { progress } = await server.client.call("showJob", { params: { id: job.id } });
    return progress?.doneBytes === 256 && progress.totalBytes === 1024 && progress.etaSeconds === 3;
  });
  await server.client.call("cancelJob", { params: { id: job.id } });
  await eventually(async () => asked.some(({ kind }) => kind === "cancelSave"));
  assert.deepEqual(
    asked.filter(({ kind }) => kind === "cancelSave"),
    [{ kind: "cancelSave", value: { jobId: job.id } }],
  );
  assert.equal((await server.client.call("showJob", { params: { id: job.id } })).state, "cancelled");
});

void test("a restart keeps everything: jobs go on or have failed with the reason, plans and keys stay", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startServer(t, `${folder}/server`);
  const before = await install(t, first, folder);
  const params = { machine: "web", disk: "data" };
  const { disk, job } = await first.client.call("protectDisk", { params, body: { path: PATH, name: "data" } });
  before.held.save = new Promise(() => undefined);
  const save = await first.client.call("savePoint", { params, body: { at: "p1", path: "/tmp/out.img" } });
  await eventually(async () => before.asked.some(({ kind }) => kind === "savePoint"));
  const plan = await eventually(
    async () => before.masterTarget.control.plan?.disks.length === 1 && before.masterTarget.control.plan,
  );
  await first.stop();
  for (const member of [before.agent, before.processServer, before.masterTarget])
    await member.stop().catch(() => undefined);

  const second = await startServer(t, `${folder}/server`);
  assert.equal(second.caFingerprint, first.caFingerprint);
  const shown = await second.client.call("showMachine", { params });
  assert.partialDeepStrictEqual(shown, { name: "web", state: "offline", disks: [{ id: disk.id, name: "data" }] });
  assert.partialDeepStrictEqual(await second.client.call("showJob", { params: { id: save.id } }), {
    state: "failed",
    error: { code: "job-interrupted" },
  });
  assert.equal((await second.client.call("showJob", { params: { id: job.id } })).state, "running");
  const after = await install(t, second, folder);
  assert.equal(after.agent.id, before.agent.id);
  after.said.agentDisks = [agentDisk(disk.id)];
  after.tell();
  const ended = await second.client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 20 } });
  assert.equal(ended.state, "succeeded");
  assert.deepEqual(after.masterTarget.control.plan, plan, "nothing changed, so the plan has its version still");
});
