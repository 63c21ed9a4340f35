import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { formatTime } from "@leeward/base";
import { ruleOf, severityOf } from "../alerts/rules.ts";
import { readInstallation } from "../plans/installation.ts";
import { Reports } from "../sessions/reports.ts";
import { agentDisk, targetDisk } from "../testing/node-installation.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { type Condition, INSTALLATION, keyOf } from "./condition.ts";
import { type ConditionFacts, conditionsOf } from "./conditions.ts";
import { statusItems } from "./status-items.ts";

const BUSY: Condition = {
  ...INSTALLATION,
  ...{ code: "process-server-cpu", severity: "warning", subject: "ps", message: "It is busy.", remedy: "Wait." },
  ...{ since: null, measured: 97, shows: false },
};

void test("the status shows what holds at once, and what swings once it is an alert, since then and as bad as that", () => {
  const key: Condition = { ...BUSY, code: "recovery-key-lost", severity: "critical", shows: true };
  const items = statusItems([BUSY, key], () => undefined);
  assert.deepEqual(
    items.map(({ code, severity, since }) => [code, severity, since]),
    [["recovery-key-lost", "critical", null]],
  );
  const standing = { severity: "critical", openedMicros: 5 } as const;
  const [item] = statusItems([BUSY], (of) => (keyOf(of) === keyOf(BUSY) ? standing : undefined));
  assert.deepEqual([item?.code, item?.severity, item?.since], ["process-server-cpu", "critical", formatTime(5)]);
});

void test("a measured value is bad on its own side of a threshold, which is bad itself where more is worse", () => {
  const cpu = ruleOf("process-server-cpu");
  assert.deepEqual(
    [79.9, 80, 94.9, 95].map((value) => severityOf(cpu, value)),
    [undefined, "warning", "warning", "critical"],
  );
  const free = ruleOf("cache-free-low", { warning: 40 });
  assert.deepEqual(
    [40, 39.9, 25, 24.9].map((value) => severityOf(free, value)),
    [undefined, "warning", "warning", "critical"],
  );
  assert.equal(severityOf(ruleOf("upload-delay", { warning: null, critical: null }), 1_000), undefined);
});

const NOW = 10 ** 15;
const MINUTE_MICROS = 60_000_000;
const DISK = "d".repeat(32);

/** A machine with one disk, at a process server and a master target, as far as they were heard. */
async function scene(t: TestContext) {
  const store = await openTestStore(await temporaryFolder(t));
  t.after(() => store[Symbol.dispose]());
  for (const [id, role] of [
    ["m", "agent"],
    ["p", "process-server"],
    ["t", "master-target"],
  ] as const) {
    const by = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
    store.tokens.insert({ id: `token ${id}`, role, ...by, secretDigest: id });
    const ends = { enrolledMicros: 1, certificateEndMicros: NOW + 10 * 86_400_000_000 };
    store.members.insert({ id, role, name: id, publicKeyPem: "", tokenId: `token ${id}`, ...ends });
  }
  const of = { machineId: "m", processServerId: "p", masterTargetId: "t", policy: "default", keyId: "k", term: 1 };
  const disk = { ...of, id: DISK, name: "d", path: "/d", state: "protected", createdMicros: NOW } as const;
  store.disks.insert({ ...disk, capture: "splitter" }, []);
  const reports = new Reports(store.reports);
  const online = new Set(["m", "p", "t"]);
  const measured = (more: Partial<ConditionFacts> = {}): Map<string, Condition> => {
    const facts: ConditionFacts = {
      ...{
        nowMicros: NOW,
        startedMicros: NOW - 20 * MINUTE_MICROS,
        serverVersion: "0.1.0",
        installation: readInstallation(store),
      },
      ...{ reports, isOnline: (id) => online.has(id), copyOf: () => undefined, clockOffsetOf: () => null },
      ...{ verifyOf: (id) => store.verify.of(id), failovers: [], offlineAfterSeconds: 15, recoveryKey: "exported" },
      rotation: {
        phase: "none",
        fingerprint: "",
        successor: null,
        since: null,
        retiresAt: null,
        members: 0,
        behind: [],
      },
      ...{ authorityEndMicros: Number.MAX_SAFE_INTEGER, backupMicros: undefined, uploadDelayOf: () => 0 },
      ...{ channels: [], ownFaults: [], ...more },
    };
    return new Map(conditionsOf(facts).map((each) => [`${each.code} ${each.subject ?? "-"}`, each]));
  };
  const sayTarget = (more: Parameters<typeof targetDisk>[1]): void => {
    const own = {
      planVersion: 1,
      softwareVersion: "0.1.0",
      targetAddress: { host: "t", port: 1 },
      freeBytes: 1,
      totalBytes: 1,
    };
    const value = { ...own, health: HEALTH, disks: [targetDisk(DISK, more)], saves: [], replicas: [] };
    reports.take("t", { kind: "masterTargetStatus", value }, NOW);
  };
  return { store, reports, online, measured, sayTarget };
}

const HEALTH = { cpuFraction: 0.9, memoryFraction: 0.5, residentBytes: 1, cpuMicros: 0 };

void test("the age of a disk's newest point is measured for as long as its target is heard, whoever else is away", async (t) => {
  const { reports, online, measured, sayTarget } = await scene(t);
  const agent = {
    planVersion: 1,
    agentVersion: "0.1.0",
    bootId: "",
    inventoryJson: "{}",
    clockOffsetMicros: 0,
    links: [],
  };
  reports.take("m", { kind: "agentStatus", value: { ...agent, disks: [agentDisk(DISK)] } }, NOW);
  sayTarget({ newestPointMicros: NOW - 61 * MINUTE_MICROS });
  assert.equal(measured().get("no-recent-point m/d")?.measured, 61);
  assert.equal(measured().get("rpo-exceeded m/d")?.measured, 61 * 30);
  assert.equal(measured().get("rpo-exceeded m/d")?.shows, true);
  online.delete("m");
  assert.equal(measured().get("no-recent-point m/d")?.measured, 61);
  assert.equal(measured().get("rpo-exceeded m/d"), undefined);
  online.delete("t");
  assert.equal(measured().get("no-recent-point m/d"), undefined, "what a target that is away said is no news");
  online.add("t");
  assert.equal(measured().get("resync-needed m/d"), undefined);
  sayTarget({ newestPointMicros: NOW, copyNeeded: true });
  assert.equal(measured().get("resync-needed m/d")?.shows, false);
});

void test("loads, cache, heartbeats, certificates, uploads, backups and channels are measured by the units of their rules", async (t) => {
  const { reports, online, measured } = await scene(t);
  const own = { planVersion: 1, softwareVersion: "0.1.0", dataAddress: { host: "p", port: 1 }, disks: [], links: [] };
  const cache = { cacheFreeBytes: 26, cacheTotalBytes: 100, health: HEALTH };
  reports.take("p", { kind: "processServerStatus", value: { ...own, ...cache } }, NOW);
  const found = measured({ uploadDelayOf: () => 1_860, backupMicros: NOW - 8 * 86_400_000_000 });
  const codes = [
    "process-server-cpu p",
    "process-server-memory p",
    "cache-free-low p",
    "certificate-ending p",
    "upload-delay m/d",
    "backup-old -",
  ];
  assert.deepEqual(
    codes.map((code) => found.get(code)?.measured),
    [90, 50, 26, 10, 31, 8],
  );
  assert.equal(measured().get("backup-old -"), undefined, "who never made one is not told that it is old");
  online.delete("p");
  const away = measured();
  assert.equal(away.get("process-server-cpu p"), undefined);
  assert.deepEqual(
    [away.get("process-server-offline p")?.measured, away.get("process-server-offline p")?.shows],
    [20, true],
  );
  const channel = {
    name: "hook",
    target: { kind: "webhook", settings: { url: "https://h/" } },
    severity: "warning",
    sealed: null,
    sealedUrl: null,
  } as const;
  const fault = { code: "alert-delivery-failed", message: "No route.", sinceMicros: 1 };
  const failed = measured({ channels: [{ ...channel, fault, deliveredMicros: null }] }).get(
    "alert-channel-failed hook",
  );
  assert.equal(failed?.message, "Alerts do not get through over the channel hook: No route.");
});
