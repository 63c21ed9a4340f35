import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MICROS_PER_SECOND } from "@leeward/base";
import { type SimulatedClock, simulatedClock } from "@leeward/world/testing";
import { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";
import { agentDisk, targetDisk } from "../testing/node-installation.ts";
import { afterTest, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Sampler } from "./sampler.ts";
import { machineSamples, sampleRange } from "./samples-answer.ts";

const MINUTE_MS = 60_000;
const KIB = 1_024;

const DISK: DiskRow = {
  id: "d".repeat(32),
  machineId: "m",
  name: "sda",
  path: "/dev/sda",
  capture: "splitter",
  policy: "default",
  processServerId: "p",
  masterTargetId: "t",
  keyId: "k",
  term: 1,
  state: "protected",
  createdMicros: 1,
};

interface Scene {
  readonly clock: SimulatedClock;
  readonly store: Store;
  readonly sampler: Sampler;
  /** Lets both daemons say what they have now. */
  say(writtenBytes: number, rpoSeconds: number): void;
  /** Goes on by a minute, in whose last second is said what is given, and stores it. */
  minute(said?: { readonly writtenBytes: number; readonly rpoSeconds?: number }): Promise<void>;
}

async function scene(t: TestContext): Promise<Scene> {
  const store = await openTestStore(await temporaryFolder(t));
  afterTest(t, async () => store[Symbol.dispose]());
  for (const [id, role] of [
    ["m", "agent"],
    ["t", "master-target"],
  ] as const) {
    const token = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
    store.tokens.insert({ id, role, ...token, secretDigest: id });
    const member = { publicKeyPem: "k", enrolledMicros: 1, tokenId: id, certificateEndMicros: 2 };
    store.members.insert({ id, role, name: id, ...member });
  }
  const clock = simulatedClock();
  const reports = new Reports(store.reports);
  const sampler = new Sampler({ store, disks: () => [DISK], clock, reports, clockOffsets: () => new Map() });
  const say = (writtenBytes: number, rpoSeconds: number): void => {
    const agent = {
      planVersion: 1,
      agentVersion: "1",
      bootId: "",
      inventoryJson: "{}",
      clockOffsetMicros: 0,
      links: [],
    };
    const now = clock.wallMicros();
    const disks = [agentDisk(DISK.id, { writtenBytes, logBytes: 5 * KIB })];
    reports.take("m", { kind: "agentStatus", value: { ...agent, disks } }, now);
    const target = {
      ...{ planVersion: 1, softwareVersion: "1", targetAddress: { host: "t", port: 1 }, freeBytes: 1, totalBytes: 1 },
      ...{ health: { cpuFraction: 0, memoryFraction: 0, residentBytes: 1, cpuMicros: 0 }, saves: [], replicas: [] },
      disks: [targetDisk(DISK.id, { newestPointMicros: now - rpoSeconds * MICROS_PER_SECOND, journalBytes: 9 * KIB })],
    };
    reports.take("t", { kind: "masterTargetStatus", value: target }, now);
  };
  const minute: Scene["minute"] = async (said) => {
    await clock.advance(MINUTE_MS);
    if (said !== undefined) say(said.writtenBytes, said.rpoSeconds ?? 3);
    sampler.sample();
  };
  return { clock, store, sampler, say, minute };
}

function shown({ store, clock }: Scene, step: number, from?: string) {
  const range = sampleRange({ step, ...(from !== undefined && { from }) }, { nowMicros: clock.wallMicros(), disks: 1 });
  return machineSamples({ rows: store.samples, turn: async () => undefined }, [DISK], range);
}

void test("what was heard in a minute is stored, and a minute in which nobody spoke is a hole", async (t) => {
  const scenery = await scene(t);
  await scenery.minute({ writtenBytes: 0 });
  await scenery.minute({ writtenBytes: 600 * KIB });
  await scenery.minute();
  // What was written meanwhile is not known to be of this minute.
  await scenery.minute({ writtenBytes: 1_200 * KIB, rpoSeconds: 7 });
  await scenery.minute({ writtenBytes: 1_260 * KIB });
  // The disk was opened anew.
  await scenery.minute({ writtenBytes: 10 * KIB });
  const { times, disks } = await shown(scenery, 60, "2026-01-01T00:00:00Z");
  assert.equal(times[0], "2026-01-01T00:00:00.000000Z");
  assert.deepEqual(disks[0]?.churnBytesPerSecond, [null, 10 * KIB, null, null, KIB, null]);
  assert.deepEqual(disks[0]?.rpoSeconds, [3, 3, null, 7, 3, 3]);
  assert.deepEqual(disks[0]?.journalBytes, [9 * KIB, 9 * KIB, null, 9 * KIB, 9 * KIB, 9 * KIB]);
});

void test("what was said before the clock was set back is not heard again in each minute after", async (t) => {
  const scenery = await scene(t);
  await scenery.minute({ writtenBytes: 0 });
  await scenery.minute({ writtenBytes: 60 * KIB });
  scenery.clock.stepWall(-60 * MINUTE_MS * 1_000);
  await scenery.minute();
  await scenery.minute();
  await scenery.minute({ writtenBytes: 120 * KIB });
  const { disks } = await shown(scenery, 60, "2025-12-31T22:00:00Z");
  const heard = disks[0]?.journalBytes.filter((bytes) => bytes !== null);
  assert.equal(heard?.length, 1, "only the last of the three minutes after it was heard");
});

void test("a server that was down shows a hole, and not a line across it", async (t) => {
  const scenery = await scene(t);
  await scenery.minute({ writtenBytes: 0 });
  await scenery.minute({ writtenBytes: 60 * KIB });
  await scenery.clock.advance(30 * MINUTE_MS);
  await scenery.minute({ writtenBytes: 90_000 * KIB });
  const { disks, times } = await shown(scenery, 60, "2026-01-01T00:00:00Z");
  assert.equal(times.length, 33);
  assert.deepEqual(
    disks[0]?.churnBytesPerSecond.flatMap((value, index) => (value === null ? [] : [[index, value]])),
    [[1, KIB]],
  );
  assert.equal(disks[0]?.rpoSeconds.filter((value) => value === null).length, 30);
});

void test("minutes become hours once, with their median and their most, and go after two days; hours stay", async (t) => {
  const scenery = await scene(t);
  let writtenBytes = 0;
  for (let minute = 0; minute < 60; minute += 1) {
    writtenBytes += (minute < 45 ? 1 : 100) * 60 * KIB;
    await scenery.minute({ writtenBytes, rpoSeconds: minute === 20 ? 90 : 2 });
  }
  const before = (await shown(scenery, 3_600, "2026-01-01T00:00:00Z")).disks[0];
  assert.deepEqual(before?.rpoSeconds, [2]);
  assert.deepEqual(before?.rpoSecondsMax, [90]);
  assert.deepEqual(before?.churnBytesPerSecond, [KIB]);
  assert.deepEqual(before?.churnBytesPerSecondMax, [100 * KIB]);
  for (let minute = 0; minute < 60; minute += 1) await scenery.minute({ writtenBytes });
  const from = "2026-01-01T00:00:00Z";
  assert.deepEqual((await shown(scenery, 3_600, from)).disks[0]?.rpoSecondsMax, [90, 3]);
  await scenery.clock.advance(50 * 60 * MINUTE_MS);
  for (let minute = 0; minute < 60; minute += 1) await scenery.minute({ writtenBytes });
  assert.equal(scenery.store.samples.minutes([DISK.id], { from: 0, to: 1e9 }).length, 60);
  const after = (await shown(scenery, 3_600, from)).disks[0]?.rpoSecondsMax ?? [];
  assert.deepEqual([after[0], after[1], after[2], after.at(-1)], [90, 3, null, 3]);
  assert.equal(after.filter((value) => value !== null).length, 3);
});

void test("a clock that was set back stores no minute twice", async (t) => {
  const scenery = await scene(t);
  await scenery.minute({ writtenBytes: 0, rpoSeconds: 4 });
  scenery.clock.stepWall(-30 * MICROS_PER_SECOND);
  await scenery.clock.advance(30_000);
  scenery.say(5, 9);
  scenery.sampler.sample();
  assert.deepEqual((await shown(scenery, 60, "2026-01-01T00:00:00Z")).disks[0]?.rpoSeconds, [4]);
});

void test("a range that one answer cannot hold is refused, and steps are chosen so that it can", () => {
  const nowMicros = Date.UTC(2026, 0, 10) * 1_000;
  const day = { from: "2026-01-09T00:00:00Z" };
  assert.equal(sampleRange(day, { nowMicros, disks: 2 }).stepSeconds, 60);
  assert.equal(sampleRange(day, { nowMicros, disks: 4_000 }).stepSeconds, 3_600);
  assert.equal(sampleRange({ from: "2026-01-01T00:00:00Z" }, { nowMicros, disks: 2 }).stepSeconds, 3_600);
  for (const step of [60, 300, 900]) {
    const refused = { code: "request-invalid", message: /100000 samples of 4000 disks.*steps of an hour/ };
    assert.throws(() => sampleRange({ ...day, step }, { nowMicros, disks: 4_000 }), refused, "as much is read");
  }
  const { from, to } = sampleRange(undefined, { nowMicros, disks: 10_000 });
  assert.equal(to - from, 10, "less than a day, of what nobody has named");
  assert.throws(() => sampleRange({ step: 77 }, { nowMicros, disks: 1 }), { code: "request-invalid" });
  assert.throws(
    () => sampleRange({ from: "2026-01-09T00:00:00Z", to: "2026-01-08T00:00:00Z" }, { nowMicros, disks: 1 }),
    {
      code: "request-invalid",
    },
  );
});

void test("what is older than anything that is kept is no part of an answer, also where there are no disks", () => {
  const nowMicros = Date.UTC(2026, 5, 1) * 1_000;
  for (const [step, days] of [
    [60, 2],
    [300, 2],
    [3_600, 90],
    [undefined, 90],
  ] as const) {
    const query = { from: "1970-01-01T00:00:00Z", ...(step !== undefined && { step }) };
    const { from, to, stepSeconds } = sampleRange(query, { nowMicros, disks: 0 });
    assert.equal((to - from) * stepSeconds, days * 86_400, String(step));
  }
  const long = sampleRange({ from: "1970-01-01T00:00:00Z", to: "1971-01-01T00:00:00Z" }, { nowMicros, disks: 1 });
  assert.equal(long.to - long.from, 0);
});

void test("others have their turn while much is read, and it is all there", async (t) => {
  const { store } = await scene(t);
  const disks = Array.from({ length: 5 }, (_, index) => ({ ...DISK, id: `${index}`.repeat(32) }));
  const said = { rpoMs: 1_000, churn: null, logBytes: null, journalBytes: null };
  for (let minute = 0; minute < 1_440; minute += 1)
    store.samples.putMinutes(disks.map(({ id }) => ({ diskId: id, minute, ...said })));
  let turns = 0;
  const source = {
    rows: store.samples,
    turn: async () => {
      turns += 1;
    },
  };
  for (const range of [
    { stepSeconds: 900, from: 0, to: 96 },
    { stepSeconds: 3_600, from: 0, to: 2_000 },
  ]) {
    turns = 0;
    const { disks: shownDisks } = await machineSamples(source, disks, range);
    assert.equal(turns, 4, "one disk at a time");
    const heard = range.stepSeconds === 900 ? 96 : 24;
    const counts = shownDisks.map(({ rpoSeconds }) => rpoSeconds.filter((value) => value === 1).length);
    assert.deepEqual(counts, Array<number>(5).fill(heard));
  }
});
