/** What is forecast, of histories that are made up and of one that is really written, retained and merged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "@leeward/base";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import { Journal } from "../journal.ts";
import { HistoryMaker } from "../testing/index.ts";
import type { RetentionPolicy } from "./drop-plan.ts";
import { forecastCut, growthOf } from "./forecast.ts";
import type { HistoryPiece, HistoryProfile } from "./history-profile.ts";

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
const { signal } = new AbortController();

/** So many pieces of the same size, one each `everyMicros`, up to now. */
function steady(count: number, { everyMicros, bytes }: { everyMicros: number; bytes: number }): HistoryProfile {
  const pieces = Array.from({ length: count }, (_, index): HistoryPiece => {
    const beginMicros = index * everyMicros;
    return { beginMicros, endMicros: beginMicros + everyMicros, bytes, isHeld: false };
  });
  return {
    nowMicros: count * everyMicros,
    oldestMicros: 0,
    oldestHeldMicros: undefined,
    bytesBefore: 0,
    runBytes: 0,
    pieces,
    steadySinceMicros: 0,
    isCopying: false,
  };
}

function anyProfile(random: Random): HistoryProfile {
  const everyMicros = (1 + random.below(120)) * SECOND;
  const profile = steady(random.below(200), { everyMicros, bytes: 1 + random.below(1_000_000) });
  const pieces = profile.pieces.map((piece) => ({
    ...piece,
    bytes: random.below(3) * piece.bytes,
    isHeld: random.below(50) === 0,
  }));
  const oldestHeldMicros = pieces.find(({ isHeld }) => isHeld)?.beginMicros;
  return { ...profile, pieces, oldestHeldMicros, bytesBefore: random.below(1 << 24), runBytes: random.below(1 << 20) };
}

function anyPolicy(random: Random): RetentionPolicy {
  const windowMicros = (1 + random.below(48)) * HOUR;
  const tiers = [
    { afterMicros: windowMicros / 8, stepMicros: 60 * SECOND },
    { afterMicros: windowMicros / 2, stepMicros: 600 * SECOND },
  ];
  return { windowMicros, bytesMax: 1 + random.below(1 << 28), tiers: tiers.slice(0, random.below(3)) };
}

test("what grows by a GiB an hour reaches 24 GiB a day after it began, and is then cut to 15/16 of that", () => {
  const profile = steady(1_800 * 17, { everyMicros: 2 * SECOND, bytes: 2 ** 30 / 1_800 });
  const policy = { windowMicros: 72 * HOUR, bytesMax: 24 * 2 ** 30 };
  const forecast = forecastCut(profile, policy);
  assert.ok(forecast !== undefined);
  assert.ok(Math.abs(forecast.aheadMicros - 7 * HOUR) < 60 * SECOND);
  assert.ok(Math.abs(forecast.reachMicros - 24 * HOUR) < 60 * SECOND);
  assert.ok(Math.abs(forecast.reachLeftMicros - 22.5 * HOUR) < 300 * SECOND);
  assert.ok(Math.abs(forecast.growthBytesPerSecond - 2 ** 30 / 3_600) < 1_000);
});

test("what retention takes away before the limit is reached is never forecast", () => {
  const profile = steady(1_800 * 17, { everyMicros: 2 * SECOND, bytes: 2 ** 30 / 1_800 });
  assert.equal(forecastCut(profile, { windowMicros: 20 * HOUR, bytesMax: 24 * 2 ** 30 }), undefined);
  assert.equal(forecastCut(profile, { windowMicros: 72 * HOUR, bytesMax: 0 }), undefined, "there is no limit");
});

test("a faster stretch in the last hour brings the cut nearer, and leaves less of the past", () => {
  const slow = steady(1_800 * 17, { everyMicros: 2 * SECOND, bytes: 2 ** 30 / 1_800 });
  const since = slow.nowMicros - HOUR;
  const fast = slow.pieces.map((piece) => (piece.endMicros > since ? { ...piece, bytes: piece.bytes * 8 } : piece));
  const policy = { windowMicros: 72 * HOUR, bytesMax: 25 * 2 ** 30 };
  const forecast = forecastCut({ ...slow, pieces: fast }, policy);
  assert.ok(forecast !== undefined);
  assert.ok(Math.abs(forecast.aheadMicros - HOUR / 8) < 60 * SECOND, "8 GiB an hour, and 1 GiB is left");
  assert.ok(forecast.reachLeftMicros < forecast.reachMicros - HOUR, "the old hours hold less than the new ones");
});

test("what thinning leaves is taken from the tiers that history has come to, and where it has not nothing is told", () => {
  const minute = 60 * SECOND;
  const policy = { windowMicros: 30 * 24 * HOUR, tiers: [{ afterMicros: 2 * HOUR, stepMicros: 5 * minute }] };
  const all = steady(30 * 10, { everyMicros: 2 * minute, bytes: 2 ** 20 });
  const thinned = all.pieces.map((piece) =>
    all.nowMicros - piece.endMicros > 2 * HOUR + 5 * minute ? { ...piece, bytes: piece.bytes / 8 } : piece,
  );
  const held = thinned.reduce((sum, { bytes }) => sum + bytes, 0);
  const perHour = (30 * 2 ** 20) / 8;
  const known = forecastCut({ ...all, pieces: thinned }, { ...policy, bytesMax: held + 10 * perHour });
  assert.ok(known !== undefined);
  assert.ok(Math.abs(known.aheadMicros - 10 * HOUR) < HOUR / 2, `10 hours, told ${known.aheadMicros / HOUR}`);
  const young = steady(55, { everyMicros: 2 * minute, bytes: 2 ** 20 });
  const soon = forecastCut(young, { ...policy, bytesMax: 59 * 2 ** 20 });
  assert.ok(soon !== undefined && soon.aheadMicros < 10 * minute, "it comes before anything is thinned");
  assert.equal(forecastCut(young, { ...policy, bytesMax: 150 * 2 ** 20 }), undefined);
});

test("where the cut would move far with what thinning leaves, and that was not seen, nothing is told", () => {
  const minute = 60 * SECOND;
  const young = steady(55, { everyMicros: 2 * minute, bytes: 2 ** 20 });
  const pieces = young.pieces.map((piece, index) => (index < 25 ? { ...piece, bytes: piece.bytes * 0.6 } : piece));
  const tiers = [{ afterMicros: 2 * HOUR, stepMicros: 5 * minute }];
  const policy = { windowMicros: 30 * 24 * HOUR, bytesMax: 60.5 * 2 ** 20 };
  const plain = forecastCut({ ...young, pieces }, policy);
  assert.ok(Math.abs((plain?.aheadMicros ?? 0) - 31 * minute) < 2 * minute, "all of it is kept");
  // If thinning left nothing of what comes behind the window, it would be 55 minutes.
  assert.equal(forecastCut({ ...young, pieces }, { ...policy, tiers }), undefined);
});

test("of a short, a still, or a just copied history nothing is told", () => {
  const policy = { windowMicros: 24 * HOUR, bytesMax: 2 ** 20 };
  const grown = steady(100, { everyMicros: 10 * SECOND, bytes: 10_000 });
  assert.ok(forecastCut(grown, policy) !== undefined);
  assert.equal(forecastCut(steady(5, { everyMicros: 10 * SECOND, bytes: 10_000 }), policy), undefined);
  assert.equal(forecastCut({ ...grown, nowMicros: grown.nowMicros + 2 * HOUR }, policy), undefined);
  assert.equal(forecastCut({ ...grown, isCopying: true }, policy), undefined);
  assert.equal(forecastCut({ ...grown, steadySinceMicros: grown.nowMicros - 30 * SECOND }, policy), undefined);
});

test("whatever the history, a forecast keeps to what retention asks for and to what was measured", () => {
  let told = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const [profile, policy] = [anyProfile(random), anyPolicy(random)];
      const forecast = forecastCut(profile, policy);
      if (forecast === undefined) return;
      told += 1;
      const { aheadMicros, reachMicros, reachLeftMicros, growthBytesPerSecond } = forecast;
      assert.ok(growthBytesPerSecond > 0, "where nothing grows there is none");
      assert.ok(reachMicros <= policy.windowMicros);
      assert.ok(reachLeftMicros >= 0 && reachLeftMicros <= reachMicros);
      assert.ok(aheadMicros >= 0 && aheadMicros <= 24 * (growthOf(profile, policy)?.measuredMicros ?? 0) + 1);
      const later = forecastCut(profile, { ...policy, bytesMax: policy.bytesMax * 1.1 });
      assert.ok(later === undefined || later.aheadMicros >= aheadMicros, "a higher limit is not reached sooner");
    }),
    { numRuns: 1_000 },
  );
  assert.ok(told > 50, `only ${told} forecasts were made`);
});

/** A disk that is written evenly, at the pace of its points: one each 2 s. */
class Written {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly journal: Journal;

  constructor(world: SimulatedWorld, maker: HistoryMaker, journal: Journal) {
    this.world = world;
    this.maker = maker;
    this.journal = journal;
  }

  static async copied(seed: number): Promise<Written> {
    const world = simulatedWorld({ seed });
    await world.files.makeFolder("/m");
    const maker = new HistoryMaker(seededRandom(seed), 512 * 1024);
    const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };
    const options = { folder: "/m/d", ...maker.identity, dataKey: maker.dataKey, limits };
    const written = new Written(world, maker, await Journal.create(world, options));
    const span = maker.beginSpan("initial");
    maker.write(0, { kind: "write", length: 256 * 1024 });
    maker.endSpan(span);
    await written.write(1);
    return written;
  }

  async write(points: number): Promise<void> {
    for (let made = 0; made < points; made += 1) {
      for (let each = 0; each < 2; each += 1)
        this.maker.write(4_096 * ((made * 2 + each) % 16), { kind: "write", length: 4_096 });
      const { record } = this.maker.mark();
      const cut = this.maker.cut();
      await this.journal.accept(await this.maker.stage(this.world, this.journal.stagingPath(`s-${cut.from}`), cut));
      await this.journal.addPoint(record);
    }
  }

  /** One round of upkeep. Whether points were dropped for the limit in bytes. */
  async round(policy: RetentionPolicy): Promise<boolean> {
    await this.journal.buildRuns(signal);
    const { pointsDropped, reason } = await this.journal.retain({ ...policy, advance: "when-worth-it" }, signal);
    await this.journal.merge(policy, signal);
    return pointsDropped > 0 && reason === "bytes";
  }

  get reachMicros(): number {
    const points = this.journal.points().filter(({ locked }) => !locked);
    return (points.at(-1)?.timeMicros ?? 0) - (points[0]?.timeMicros ?? 0);
  }

  /** Writes until history is cut. How far it reached right before. */
  async untilCut(policy: RetentionPolicy): Promise<{ readonly micros: number; readonly reachMicros: number }> {
    const begin = this.maker.nowMicros;
    for (let rounds = 0; rounds < 100; rounds += 1) {
      await this.write(3);
      const { reachMicros } = this;
      if (await this.round(policy)) return { micros: this.maker.nowMicros - begin, reachMicros };
    }
    return assert.fail("nothing was cut");
  }
}

for (const tiers of [[], [{ afterMicros: 120 * SECOND, stepMicros: 20 * SECOND }]]) {
  test(`a real journal ${tiers.length === 0 ? "that keeps all points" : "that is thinned"} is cut when and to where it was forecast`, async () => {
    const disk = await Written.copied(1);
    const policy = { windowMicros: HOUR, tiers, bytesMax: 2_000_000 };
    for (let rounds = 0; rounds < (tiers.length === 0 ? 20 : 60); rounds += 1) {
      await disk.write(3);
      assert.equal(await disk.round(policy), false);
    }
    const forecast = disk.journal.outlook(policy)?.forecast;
    assert.ok(forecast !== undefined);
    const cut = await disk.untilCut(policy);
    const near = (is: number, told: number, name: string): void =>
      assert.ok(Math.abs(is - told) <= 12 * SECOND + told * 0.1, `${name}: ${is / SECOND} s, told ${told / SECOND} s`);
    near(cut.micros, forecast.aheadMicros, "until the cut");
    near(cut.reachMicros, forecast.reachMicros, "before it");
    near(disk.reachMicros, forecast.reachLeftMicros, "behind it");
  });
}

test("what a resync brings in is no growth, and nothing is told until enough came behind it", async () => {
  const disk = await Written.copied(2);
  const policy = { windowMicros: HOUR, bytesMax: 4_000_000 };
  await disk.write(40);
  const before = disk.journal.outlook(policy)?.forecast?.growthBytesPerSecond ?? assert.fail("nothing is told");
  const span = disk.maker.beginSpan("resync");
  disk.maker.write(0, { kind: "write", length: 512 * 1024 });
  disk.maker.endSpan(span);
  await disk.write(2);
  assert.equal(disk.journal.outlook(policy)?.forecast, undefined);
  await disk.write(40);
  const after = disk.journal.outlook(policy)?.forecast?.growthBytesPerSecond ?? assert.fail("nothing is told");
  assert.ok(Math.abs(after - before) < before * 0.1, `${after} where it was ${before}`);
});

test("a locked point whose history alone is above the limit is named with who holds it, once all is merged, and stays", async () => {
  const disk = await Written.copied(3);
  const policy = { windowMicros: HOUR, bytesMax: 60_000 };
  const pointId = disk.journal.points()[0]?.id ?? "";
  await disk.journal.lockPoint(pointId, { owner: "Ada", reason: "audit" });
  await disk.write(40);
  for (let rounds = 0; rounds < 3; rounds += 1) await disk.round(policy);
  const excess = disk.journal.outlook(policy)?.heldExcess;
  assert.deepEqual(
    excess?.pins.map(({ owner, reason, kind, ...pin }) => [owner, reason, kind, pin.pointId]),
    [["Ada", "audit", "lock", pointId]],
  );
  assert.ok((excess?.bytes ?? 0) > policy.bytesMax);
  assert.ok(disk.journal.point(pointId) !== undefined);
  assert.equal(disk.journal.outlook({ ...policy, bytesMax: 2_000_000 })?.heldExcess, undefined);
  await disk.journal.unlockPoint(pointId);
  await disk.round(policy);
  assert.equal(disk.journal.outlook(policy)?.heldExcess, undefined);
});
