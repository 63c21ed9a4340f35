import assert from "node:assert/strict";
import { test } from "node:test";
import { POLICY_DEFAULT } from "@leeward/api";
import { NO_LIMIT, parseBandwidth, parseWorkingHours } from "@leeward/daemon";
import { settingsOf } from "../failover/failover-settings.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRole, MemberRow } from "../store/member-rows.ts";
import { RECOVERY_UNSETTLED } from "../store/member-rows.ts";
import { composePlan } from "./compose-plan.ts";
import type { Installation, InstalledDisk } from "./installation.ts";

const member = (role: MemberRole, id: string, more: Partial<MemberRow> = {}): MemberRow => ({
  id,
  role,
  name: `name-of-${id}`,
  publicKeyPem: "",
  enrolledMicros: 1,
  tokenId: "t",
  certificateEndMicros: 2,
  trusts: null,
  issuer: null,
  removedMicros: null,
  epoch: 3,
  softwareVersion: null,
  lastSeenMicros: null,
  clockOffsetMicros: null,
  addressHost: role === "agent" ? null : `${id}.example`,
  addressPort: role === "agent" ? null : 9443,
  bandwidth: NO_LIMIT,
  autoProtectPolicy: null,
  autoProtectExclude: [],
  cacheAccount: null,
  recovery: RECOVERY_UNSETTLED,
  ...more,
});

const disk = (id: string, more: Partial<InstalledDisk> = {}): InstalledDisk => ({
  id,
  machineId: "web",
  name: id,
  path: `/${id}`,
  capture: "splitter",
  policy: "default",
  processServerId: "ps",
  masterTargetId: "mt",
  keyId: `key-${id}`,
  term: 4,
  state: "protected",
  createdMicros: 1,
  wrappedKeys: [
    { recipient: "recovery", jwe: "r" },
    { recipient: "ps", jwe: "p" },
    { recipient: "mt", jwe: "m" },
  ],
  ...more,
});

function installation(disks: readonly InstalledDisk[], members: readonly MemberRow[] = []): Installation {
  const all = [member("agent", "web"), member("process-server", "ps"), member("master-target", "mt"), ...members];
  return {
    groups: [],
    failovers: [],
    members: new Map(all.map((each) => [each.id, each])),
    disks,
    policies: new Map([["default", POLICY_DEFAULT]]),
    workingHours: parseWorkingHours("mon-fri 08:00-18:00"),
  };
}

const idsIn = (plan: ReturnType<typeof composePlan>): string[] =>
  plan?.value.disks.map(({ diskId }) => diskId) ?? ["none"];

void test("each member of a group is told of the same group, and of no machine that was removed", () => {
  const group = {
    id: "g",
    name: "shop",
    intervalSeconds: 10,
    revision: { id: "5e".repeat(16), memberIds: ["cache", "db", "web"] },
  };
  const members = [
    member("agent", "db", { addressHost: "db.example", addressPort: 20_004 }),
    member("agent", "cache", { removedMicros: 1 }),
    member("agent", "other"),
  ];
  const all = { ...installation([], members), groups: [group] };
  const groupOf = (id: string): unknown => {
    const plan = composePlan(all, id);
    return plan?.kind === "agentPlan" ? plan.value.group : undefined;
  };
  assert.deepEqual(groupOf("web"), {
    name: "shop",
    revisionId: "5e".repeat(16),
    intervalSeconds: 10,
    members: [
      { machineId: "db", machineName: "name-of-db", addresses: [{ host: "db.example", port: 20_004 }] },
      { machineId: "web", machineName: "name-of-web", addresses: [] },
    ],
  });
  assert.deepEqual(groupOf("db"), groupOf("web"));
  assert.equal(groupOf("other"), undefined);
});

void test("each plan holds exactly the disks that are its member's business", () => {
  const other = disk("d2", {
    machineId: "db",
    processServerId: "ps2",
    masterTargetId: "mt2",
    wrappedKeys: [{ recipient: "ps2", jwe: "p2" }],
  });
  const all = installation(
    [disk("d1"), other],
    [member("agent", "db"), member("process-server", "ps2"), member("master-target", "mt2")],
  );
  for (const [id, disks] of [
    ["web", ["d1"]],
    ["ps", ["d1"]],
    ["mt", ["d1"]],
    ["db", ["d2"]],
    ["ps2", ["d2"]],
    ["mt2", ["d2"]],
  ] as const) {
    assert.deepEqual(idsIn(composePlan(all, id)), disks, id);
  }
  assert.equal(composePlan(all, "nobody"), undefined);
});

void test("an unprotected disk is captured and forwarded by nobody, and its points are kept without end", () => {
  const all = installation([disk("d1", { state: "kept" }), disk("d2", { state: "deleting" })]);
  assert.deepEqual(idsIn(composePlan(all, "web")), []);
  assert.deepEqual(idsIn(composePlan(all, "ps")), []);
  const plan = composePlan(all, "mt");
  assert.ok(plan?.kind === "masterTargetPlan");
  for (const each of plan.value.disks) {
    assert.equal(each.intake, false);
    assert.ok(each.retentionSeconds > 50 * 365 * 86_400 && each.retentionBytesMax === 0);
  }
});

void test("a removed machine is not captured, its points stay, and it gets no plan itself", () => {
  const all = installation([disk("d1")], [member("agent", "web", { removedMicros: 5 })]);
  assert.equal(composePlan(all, "web"), undefined);
  assert.deepEqual(idsIn(composePlan(all, "ps")), []);
  const plan = composePlan(all, "mt");
  assert.ok(plan?.kind === "masterTargetPlan" && plan.value.disks[0]?.intake === false);
});

void test("a disk is not forwarded before it is known where its target is, or without a key for the process server", () => {
  const homeless = installation(
    [disk("d1")],
    [member("master-target", "mt", { addressHost: null, addressPort: null })],
  );
  assert.deepEqual(idsIn(composePlan(homeless, "ps")), []);
  const keyless = installation([disk("d1", { wrappedKeys: [{ recipient: "recovery", jwe: "r" }] })]);
  assert.deepEqual(idsIn(composePlan(keyless, "ps")), []);
});

void test("the process server gets its own wrapping alone, the target gets all of them", () => {
  const all = installation([disk("d1")]);
  const forwarding = composePlan(all, "ps");
  assert.ok(forwarding?.kind === "processServerPlan");
  assert.equal(forwarding.value.disks[0]?.wrappedKey, "p");
  const keeping = composePlan(all, "mt");
  assert.ok(keeping?.kind === "masterTargetPlan");
  assert.deepEqual(
    keeping.value.disks[0]?.wrappedKeys.map(({ recipient }) => recipient),
    ["recovery", "ps", "mt"],
  );
});

void test("who sends is told its limit, and each disk when a rescan may read it", () => {
  const limited = { bandwidth: parseBandwidth("5MB/s; sat,sun unlimited") };
  const all = installation(
    [disk("d1"), disk("d2", { policy: "at-night" }), disk("d3", { policy: "always" })],
    [member("agent", "web", limited), member("process-server", "ps", limited)],
  );
  const policies = new Map([
    ["at-night", { ...POLICY_DEFAULT, resyncWindow: "22:00-06:00" }],
    ["always", { ...POLICY_DEFAULT, resyncWindow: "always" }],
  ]);
  const capturing = composePlan({ ...all, policies }, "web");
  assert.ok(capturing?.kind === "agentPlan");
  assert.deepEqual(capturing.value.bandwidth, limited.bandwidth);
  const windows = capturing.value.disks.map(({ policy }) => policy.resyncWindow);
  assert.deepEqual(windows, [
    { outside: true, hours: [{ days: 31, fromMinute: 480, toMinute: 1_080 }] },
    { outside: false, hours: [{ days: 127, fromMinute: 1_320, toMinute: 360 }] },
    { outside: true, hours: [] },
  ]);
  const forwarding = composePlan(all, "ps");
  assert.ok(forwarding?.kind === "processServerPlan");
  assert.deepEqual(forwarding.value.bandwidth, limited.bandwidth);
  const without = composePlan(installation([disk("d1")]), "web");
  assert.ok(without?.kind === "agentPlan" && !("bandwidth" in without.value));
});

test("a fenced source keeps the epoch that it had, while everybody else goes by the machine's", () => {
  const failover: FailoverRow = {
    id: "f1",
    machineId: "web",
    kind: "unplanned",
    state: "commit-pending",
    masterTargetId: "mt",
    settings: settingsOf(
      { at: "latest" },
      { status: undefined, bootDiskId: "", recovery: RECOVERY_UNSETTLED, isTest: false },
    ),
    chosen: null,
    facts: { epoch: { from: 1, to: 2 } },
    notes: null,
    actor: "",
    error: null,
    createdMicros: 0,
    startedMicros: null,
    endedMicros: null,
  };
  const machine = member("agent", "web", { epoch: 2 });
  const all = installation([disk("d1", { machineId: "web" })], [machine]);
  const agentOf = (failovers: readonly FailoverRow[]) => {
    const plan = composePlan({ ...all, failovers }, "web");
    assert.ok(plan?.kind === "agentPlan");
    return [plan.value.epoch, plan.value.fence];
  };
  assert.deepEqual(agentOf([failover]), [1, { failoverId: "f1", epoch: 2, orderly: false }]);
  assert.deepEqual(agentOf([]), [2, undefined]);
  const target = composePlan({ ...all, failovers: [failover] }, "mt");
  assert.ok(target?.kind === "masterTargetPlan");
  assert.deepEqual(
    target.value.disks.map(({ epoch }) => epoch),
    [2],
  );
});

void test("a disk goes to its further targets while it is protected, each has its plan, and one that was left keeps its points", () => {
  const further = [
    { diskId: "d1", targetId: "far", state: "following" },
    { diskId: "d1", targetId: "old", state: "kept" },
    { diskId: "d1", targetId: "new", state: "following" },
  ] as const;
  const members = [
    member("master-target", "far"),
    member("master-target", "old"),
    member("master-target", "new", { addressHost: null, addressPort: null }),
  ];
  const all = installation([disk("d1", { further })], members);
  const forwarded = (of: Installation) => {
    const plan = composePlan(of, "ps");
    assert.ok(plan?.kind === "processServerPlan");
    return plan.value.disks.map(({ further: to }) => to);
  };
  assert.deepEqual(forwarded(all), [[{ targetId: "far", address: { host: "far.example", port: 9443 } }]]);
  const intakeAt = (of: Installation, id: string) => {
    const plan = composePlan(of, id);
    assert.ok(plan?.kind === "masterTargetPlan");
    return plan.value.disks.map(({ intake }) => intake);
  };
  assert.deepEqual(
    ["mt", "far", "old", "new"].map((id) => intakeAt(all, id)),
    [[true], [true], [false], [true]],
  );
  const kept = installation([disk("d1", { further, state: "kept" })], members);
  assert.deepEqual(forwarded(kept), []);
  assert.deepEqual(
    ["mt", "far"].map((id) => intakeAt(kept, id)),
    [[false], [false]],
  );
});
