import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, GiB, orAborted } from "@leeward/base";
import type { RequestBody, ResponseBody } from "@leeward/proto";
import { conditionsOf } from "../health/conditions.ts";
import { Reports } from "../sessions/reports.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { RECOVERY_UNSETTLED } from "../store/member-rows.ts";
import { answering, ended, POINT, pointOf, shown, staged, startsOf } from "../testing/node-failover-stage.ts";
import { eventually } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { settingsOf } from "./failover-settings.ts";
import { TRANSITIONS } from "./transitions.ts";

const WEB = { machine: "web" };
const UNSETTLED = { status: undefined, bootDiskId: "", recovery: RECOVERY_UNSETTLED, isTest: true };

void test("a state follows only on what the table names, and each that stands has who carries it on", () => {
  for (const rules of Object.values(TRANSITIONS)) {
    for (const [state, { next, carriedBy }] of Object.entries(rules)) {
      for (const each of next) assert.ok(Object.hasOwn(rules, each), `${state} → ${each}`);
      assert.equal(carriedBy === "nobody", next.length === 0, state);
    }
  }
});

void test("a machine is started from a point, shown, and cleaned up with notes", async (t) => {
  const stage = await staged(t, ["root", "data"]);
  const { server, agent, diskIds } = stage;
  const body = { at: "latest", memoryMib: 64, bootDisk: "data", network: "bridge:br0", diskBus: "sata" } as const;
  const { failover, job } = await server.client.call("testFailover", { params: WEB, body });
  assert.partialDeepStrictEqual(job, { kind: "failover-test", subject: "web", disk: null, machine: agent.id });
  assert.equal((await ended(server, job.id)).state, "succeeded");
  const [root, data] = diskIds;
  assert.deepEqual(startsOf(stage), [
    {
      replicaId: failover.id,
      machineId: agent.id,
      machineName: "web",
      pointId: POINT,
      disks: [
        { diskId: data, name: "data", bus: "sata" },
        { diskId: root, name: "root", bus: "sata" },
      ],
      hardware: { cpus: 2, memoryMib: 64, firmware: "bios" },
      nics: [
        {
          ...{ model: "virtio", network: "bridge", bridge: "br0", forwards: [] },
          ...{ mac: "", dhcp: false, addresses: [], gateways: [], dns: [] },
        },
      ],
      host: "qemu",
      cpuShare: 0,
    },
  ]);
  const running = await eventually(async () => {
    const found = await shown(server, "web");
    return found.replica === null ? undefined : found;
  });
  assert.partialDeepStrictEqual(running, {
    id: failover.id,
    state: "running",
    point: POINT,
    startedAt: "2023-11-14T22:13:21.000000Z",
    endedAt: null,
    replica: { state: "running", why: null },
    missingDisks: [],
  });
  assert.equal(running.disks[0]?.nbdUri, `nbd+unix:///?socket=/run/${data}`);
  const { text } = await server.client.call("readReplicaConsole", { params: { failover: "web" } });
  assert.equal(text, `login: ${failover.id}`);

  await assert.rejects(server.client.call("testFailover", { params: WEB, body }), { code: "failover-standing" });
  const unprotecting = { params: { ...WEB, disk: "data" }, query: { deletePoints: true } };
  await assert.rejects(server.client.call("unprotectDisk", unprotecting), { code: "failover-standing" });
  await assert.rejects(server.client.call("removeMachine", { params: WEB, query: { deletePoints: true } }), {
    code: "failover-standing",
  });

  const notes = "All services came up.";
  const begun = await server.client.call("cleanupFailover", { params: { failover: "web" }, body: { notes } });
  assert.equal((await ended(server, begun.job.id)).state, "succeeded");
  assert.partialDeepStrictEqual(await shown(server, failover.id), { state: "cleaned-up", notes });
  await assert.rejects(shown(server, "web"), { code: "failover-unknown" });
  await assert.rejects(server.client.call("cleanupFailover", { params: { failover: failover.id }, body: {} }), {
    code: "failover-ended",
  });
  const { items } = await server.client.call("listEvents", { query: {} });
  const kinds = items.map(({ kind }) => kind).filter((kind) => kind.startsWith("failover-"));
  assert.deepEqual(kinds, ["failover-test-asked", "failover-started", "failover-cleanup-asked", "failover-cleaned-up"]);
  assert.match(items.find(({ kind }) => kind === "failover-test-asked")?.actor ?? "", /^token /);
  await server.client.call("testFailover", { params: WEB, body });
});

void test("what a point does not have is named, and refused unless it is allowed", async (t) => {
  const stage = await staged(t, ["root", "data"]);
  const { server, diskIds, script } = stage;
  const [root = "", data = ""] = diskIds;
  script.answer = answering(stage, pointOf(stage, [root], [data]));
  const refused = await server.client.call("testFailover", { params: WEB, body: { at: POINT } });
  const failed = await ended(server, refused.job.id);
  assert.equal(failed.error?.code, "failover-incomplete");
  assert.match(failed.error.message, /missing: data/);
  assert.deepEqual(startsOf(stage), []);
  assert.partialDeepStrictEqual(await shown(server, refused.failover.id), { state: "failed", point: null });

  const allowed = await server.client.call("testFailover", { params: WEB, body: { at: POINT, allowMissing: true } });
  assert.equal((await ended(server, allowed.job.id)).state, "succeeded");
  assert.partialDeepStrictEqual(await shown(server, allowed.failover.id), {
    state: "running",
    missingDisks: [{ disk: data, name: "data" }],
  });
  assert.deepEqual(
    startsOf(stage)[0]?.disks.map(({ diskId }) => diskId),
    [root],
  );
});

void test("a start that is refused is swept up by itself, and the job says why in the hypervisor's words", async (t) => {
  const stage = await staged(t);
  const { server, script, asked } = stage;
  const usual = answering(stage, pointOf(stage, stage.diskIds));
  script.answer = async (body) => {
    if (body.kind !== "startReplica") return usual(body);
    const message = "The replica machine could not be started: qemu: cannot set up guest memory";
    throw new Fault({ code: "replica-not-started", kind: "operator", message, remedy: "Give it less." });
  };
  const { failover, job } = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
  const { error } = await ended(server, job.id);
  assert.equal(error?.code, "replica-not-started");
  assert.match(error.message, /cannot set up guest memory/);
  assert.ok(asked.some((body) => body.kind === "removeReplica" && body.value.replicaId === failover.id));
  assert.partialDeepStrictEqual(await shown(server, failover.id), { state: "failed", error: { code: error.code } });
});

/** In each state that something carries on: which request is under way then, and where it comes to. */
const CARRIED = {
  preparing: { held: "findPoint", end: "running" },
  starting: { held: "startReplica", end: "running" },
  undoing: { held: "removeReplica", end: "failed" },
  "cleaning-up": { held: "removeReplica", end: "cleaned-up" },
} as const;

void test("each state that is carried on by somebody is among those that a restart is tried in", () => {
  const carried = Object.entries(TRANSITIONS.test).filter(
    ([, { carriedBy, next }]) => next.length > 0 && carriedBy !== "person",
  );
  assert.deepEqual(carried.map(([state]) => state).toSorted(), Object.keys(CARRIED).toSorted());
});

for (const [state, { held, end }] of Object.entries(CARRIED)) {
  void test(`a restart of the server while a failover is ${state} carries it on from there`, async (t) => {
    const stage = await staged(t);
    const { server, folder, script } = stage;
    const reached = Promise.withResolvers<void>();
    const usual = answering(stage, pointOf(stage, stage.diskIds));
    const failing = async (body: RequestBody): Promise<ResponseBody | undefined> => {
      if (state !== "undoing" || body.kind !== "startReplica") return usual(body);
      throw new Fault({
        code: "replica-not-started",
        kind: "operator",
        message: "No memory.",
        remedy: "Give it less.",
      });
    };
    script.answer = async (body, signal) => {
      if (body.kind !== held) return failing(body);
      reached.resolve();
      return orAborted(new Promise(() => undefined), signal);
    };
    const { failover, job } = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
    if (state === "cleaning-up") {
      await ended(server, job.id);
      await server.client.call("cleanupFailover", { params: { failover: failover.id }, body: {} });
    }
    await reached.promise;
    assert.equal((await shown(server, failover.id)).state, state);
    script.answer = failing;
    await server.stop();
    const again = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
    await eventually(async () => (await shown(again, failover.id)).state === end);
    // Asked again, it was asked for the same.
    const [first, ...others] = startsOf(stage);
    for (const other of others) assert.deepEqual(other, first);
  });
}

void test("a start that is cancelled leaves nothing, though its job has ended", async (t) => {
  const stage = await staged(t);
  const { server, script, asked } = stage;
  const usual = answering(stage, pointOf(stage, stage.diskIds));
  const reached = Promise.withResolvers<void>();
  script.answer = async (body, signal) => {
    if (body.kind !== "startReplica") return usual(body);
    reached.resolve();
    return orAborted(new Promise(() => undefined), signal);
  };
  const { failover, job } = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
  await reached.promise;
  await assert.rejects(server.client.call("cleanupFailover", { params: { failover: failover.id }, body: {} }), {
    code: "failover-busy",
  });
  await server.client.call("cancelJob", { params: { id: job.id } });
  await eventually(async () => (await shown(server, failover.id)).state === "failed");
  assert.equal((await shown(server, failover.id)).error?.code, "job-cancelled");
  assert.ok(asked.some((body) => body.kind === "removeReplica" && body.value.replicaId === failover.id));
});

void test("a test failover that stands longer than a day needs a person", async (t) => {
  const folder = await temporaryFolder(t);
  using store = await openTestStore(folder);
  const row: FailoverRow = {
    id: "f1",
    machineId: "m1",
    kind: "test",
    state: "running",
    masterTargetId: "t1",
    settings: settingsOf({ at: "latest" }, UNSETTLED),
    chosen: null,
    facts: {},
    notes: null,
    actor: "token t1 (operator)",
    error: null,
    createdMicros: 0,
    startedMicros: 1,
    endedMicros: null,
  };
  const codesAt = (nowMicros: number): string[] =>
    conditionsOf({
      nowMicros,
      startedMicros: 0,
      serverVersion: "0.1.0",
      installation: { members: new Map(), disks: [], groups: [], failovers: [], policies: new Map(), workingHours: [] },
      reports: new Reports(store.reports),
      isOnline: () => true,
      copyOf: () => undefined,
      clockOffsetOf: () => null,
      verifyOf: (diskId) => store.verify.of(diskId),
      failovers: [row],
      offlineAfterSeconds: 0,
      recoveryKey: "exported",
      rotation: {
        ...{ phase: "none", fingerprint: "", successor: null, since: null, retiresAt: null, members: 0, behind: [] },
      },
      authorityEndMicros: Number.MAX_SAFE_INTEGER,
      backupMicros: undefined,
      uploadDelayOf: () => 0,
      channels: [],
      ownFaults: [],
    }).map(({ code }) => code);
  assert.deepEqual(codesAt(86_400_000_000), []);
  assert.deepEqual(codesAt(86_400_000_001), ["failover-test-standing"]);
});

void test("what the order leaves out comes from the source's inventory, as far as that can be read", () => {
  const statusOf = (inventoryJson: string): Parameters<typeof settingsOf>[1] => ({
    ...UNSETTLED,
    status: {
      kind: "agentStatus",
      value: {
        planVersion: 1,
        agentVersion: "1",
        bootId: "",
        disks: [],
        inventoryJson,
        clockOffsetMicros: 0,
        links: [],
      },
    },
  });
  const source = statusOf(JSON.stringify({ uefi: true, cpu: { cores: 12 }, memoryBytes: 8 * GiB, more: 1 }));
  const made = settingsOf({ at: "latest" }, source);
  assert.partialDeepStrictEqual(made, {
    cpus: 12,
    memoryMib: 8_192,
    firmware: "uefi",
    host: "qemu",
    network: "isolated",
  });
  const told = settingsOf({ at: "latest", cpus: 1, memoryMib: 64, firmware: "bios" }, source);
  assert.partialDeepStrictEqual(told, { cpus: 1, memoryMib: 64, firmware: "bios" });
  const recovery = { ...RECOVERY_UNSETTLED, cpus: 3, network: "bridge:br0", testNetwork: "user" };
  assert.partialDeepStrictEqual(settingsOf({ at: "latest" }, { ...source, recovery }), {
    cpus: 3,
    memoryMib: 8_192,
    network: "user",
  });
  const real = settingsOf({ at: "latest", cpus: 1 }, { ...source, recovery, isTest: false });
  assert.partialDeepStrictEqual(real, { cpus: 1, network: "bridge:br0" });
  for (const unreadable of ["", "[]", "{", '{"cpu":{"cores":"many"}}']) {
    assert.partialDeepStrictEqual(settingsOf({ at: "latest" }, statusOf(unreadable)), { cpus: 2, firmware: "bios" });
  }
});

void test("a replica machine that is paused needs a person", async (t) => {
  const stage = await staged(t);
  const { server, said, tell } = stage;
  const { failover, job } = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
  await ended(server, job.id);
  said.replicas = said.replicas.map((each) => ({ ...each, state: "paused", why: "a disk refused a write" }));
  tell();
  const items = await eventually(async () => {
    const found = (await server.client.call("status", {})).items.filter(({ code }) => code.startsWith("replica-"));
    return found.length > 0 && found;
  });
  assert.match(items[0]?.message ?? "", new RegExp(`${failover.id}.*a disk refused a write`));
});
