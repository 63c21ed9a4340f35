import assert from "node:assert/strict";
import { test } from "node:test";
import type { HourSample } from "../store/sample-rows.ts";
import { type Observed, type ObservedDisk, planProtection } from "./planner.ts";

const MB = 1e6;
const GB = 1e9;
const DAY_SECONDS = 86_400;

function hour(at: number, rate: number, peak = rate): HourSample {
  return {
    ...{ diskId: "d", hour: at, minutes: 60, rpoMs: 1, rpoMsMax: 1, churn: rate, churnP95: rate, churnMax: peak },
    ...{ writtenBytes: rate * 3_600, logBytes: 0, journalBytes: 0 },
  };
}

function disk(machineId: string, more: Partial<ObservedDisk> = {}): ObservedDisk {
  const hours = Array.from({ length: 24 }, (_, at) => hour(at, MB));
  return { machineId, sizeBytes: 100 * GB, policy: { retention: "24h:all" }, hours, ...more };
}

const SERVERS = {
  ...{ cutRawBytes: 20 * GB, cutSealedBytes: 10 * GB, receivedBytes: 20 * GB, cpuSeconds: 100 },
  limitBytesPerSecond: null,
};

function observed(...disks: readonly ObservedDisk[]): Observed {
  return { disks, ...SERVERS };
}

void test("what is needed follows from churn, compression and retention, and each figure says from what", () => {
  const {
    observed: seen,
    needs,
    basis,
    perMachine,
  } = planProtection(observed(disk("a"), disk("b")), { bandwidth: 100 * MB });
  assert.equal(seen.machines, 2);
  assert.equal(seen.churnBytesPerDay, 2 * MB * DAY_SECONDS);
  assert.equal(seen.compression, 2);
  assert.equal(seen.cpuSecondsPerGb, 5);
  assert.equal(needs.bandwidthBytesPerSecond, MB);
  assert.equal(needs.retentionBytes, MB * DAY_SECONDS);
  assert.equal(needs.masterTargetBytes, MB * DAY_SECONDS + 200 * GB);
  assert.equal(needs.cacheBytes, 2 * MB * 4 * 3_600);
  assert.equal(needs.processServers, 1);
  assert.equal(needs.initialSeconds, 1_000);
  assert.deepEqual(perMachine[0], {
    machine: "a",
    churnBytesPerDay: MB * DAY_SECONDS,
    retentionBytes: (MB * DAY_SECONDS) / 2,
    observedSeconds: DAY_SECONDS,
  });
  for (const name of Object.keys(needs)) assert.ok((basis[name] ?? "").length > 20, name);
});

void test("a peak is of the busiest hour, each disk at its busiest minute", () => {
  const busy = disk("a", { hours: [hour(1, MB, 8 * MB), hour(2, MB, 3 * MB)] });
  const other = disk("b", { hours: [hour(1, MB, 2 * MB), hour(2, MB, 9 * MB)] });
  assert.equal(planProtection(observed(busy, other), {}).observed.churnPeakBytesPerSecond, 12 * MB);
});

void test("thinned history holds of each step the disk once at most", () => {
  const small = disk("a", { sizeBytes: GB, policy: { retention: "2h:all,24h:1h" } });
  const written = MB * 2 * 3_600 + 22 * GB;
  assert.equal(planProtection(observed(small), {}).needs.retentionBytes, written / 2);
});

void test("what if: more machines, growth, more churn, other days", () => {
  const base = planProtection(observed(disk("a")), {}).needs;
  const of = (what: Parameters<typeof planProtection>[1]) => planProtection(observed(disk("a")), what).needs;
  assert.equal(of({ machines: 10 }).bandwidthBytesPerSecond, 10 * (base.bandwidthBytesPerSecond ?? 0));
  assert.equal(of({ machines: 10 }).retentionBytes, 10 * (base.retentionBytes ?? 0));
  assert.equal(of({ growth: 1 }).bandwidthBytesPerSecond, 2 * (base.bandwidthBytesPerSecond ?? 0));
  assert.equal(of({ churnFactor: 3 }).cacheBytes, 3 * (base.cacheBytes ?? 0));
  assert.equal(of({ retentionDays: 7 }).retentionBytes, 7 * (base.retentionBytes ?? 0));
});

void test("a figure for which too little was observed is null, and says what is missing", () => {
  const short = disk("a", { hours: [{ ...hour(1, MB), minutes: 20 }] });
  const {
    needs,
    observed: seen,
    basis,
  } = planProtection({ ...observed(short), cutRawBytes: 100, receivedBytes: 100 }, {});
  assert.deepEqual(new Set(Object.values(needs)), new Set([null]));
  assert.deepEqual([seen.churnBytesPerDay, seen.compression, seen.cpuSecondsPerGb], [null, null, null]);
  assert.match(basis["bandwidthBytesPerSecond"] ?? "", /20 min only; 1 h are needed.*cut less than/);
  const nothing = planProtection(observed(), {});
  assert.deepEqual(new Set(Object.values(nothing.needs)), new Set([null]));
  assert.equal(nothing.observed.machines, 0);
});
