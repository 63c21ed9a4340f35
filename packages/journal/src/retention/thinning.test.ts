/** Thinning and merging: which points stay, that what stays reads as the disk was, and that room really comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { type SimulatedWorld, sampled, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import type { PointRecord } from "../recovery-point.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import type { RetentionPolicy } from "./drop-plan.ts";

const ABOVE = "/home/journal/m";
const FOLDER = `${ABOVE}/d`;
const DISK_BYTES = 256 * 1024;
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };
const SECOND = 1_000_000;
const { signal } = new AbortController();

/** The maker's points lie 2 s apart. */
const POLICY: RetentionPolicy = {
  windowMicros: 86_400 * SECOND,
  bytesMax: 0,
  tiers: [
    { afterMicros: 60 * SECOND, stepMicros: 20 * SECOND },
    { afterMicros: 200 * SECOND, stepMicros: 100 * SECOND },
  ],
};

class Disk {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly points: MadePoint[];
  journal: Journal;

  constructor(world: SimulatedWorld, maker: HistoryMaker, journal: Journal, points: MadePoint[] = []) {
    this.world = world;
    this.maker = maker;
    this.journal = journal;
    this.points = points;
  }

  static async copied(seed: number): Promise<Disk> {
    const world = simulatedWorld({ seed });
    await world.files.makeFolder(ABOVE);
    for (const folder of ["/", "/home", "/home/journal"]) await world.files.syncFolder(folder);
    const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
    const journal = await Journal.create(world, { folder: FOLDER, ...maker.identity, dataKey: maker.dataKey, limits });
    const disk = new Disk(world, maker, journal);
    const span = maker.beginSpan("initial");
    maker.write(0, { kind: "write", length: DISK_BYTES });
    maker.endSpan(span);
    await disk.point();
    return disk;
  }

  /** A point behind what was written, as the agent tells it. */
  async point(told: Partial<PointRecord> = {}): Promise<MadePoint> {
    const { record, image } = this.maker.mark();
    const point = { record: { ...record, ...told }, image };
    await this.deliver();
    await this.journal.addPoint(point.record);
    this.points.push(point);
    return point;
  }

  async deliver(): Promise<void> {
    const made = this.maker.cut();
    await this.journal.accept(await this.maker.stage(this.world, this.journal.stagingPath(`s-${made.from}`), made));
  }

  /** The same few blocks are written over and over. */
  async overwritten(count: number): Promise<void> {
    for (let each = 0; each < count; each += 1) {
      this.maker.write(4_096 * (each % 3), { kind: "write", length: 4_096 });
      this.maker.write(65_536 + 512 * each, { kind: each % 5 === 0 ? "discard" : "write", length: 512 });
      await this.point();
    }
  }

  async thin(policy: RetentionPolicy = POLICY): Promise<{ readonly thinned: number; readonly merges: number }> {
    const { pointsThinned } = await this.journal.retain({ ...policy, advance: "now" }, signal);
    const { merges } = await this.journal.merge(policy, signal);
    return { thinned: pointsThinned, merges };
  }

  async restart(): Promise<void> {
    await this.journal.close();
    this.journal = await Journal.open(this.world, { folder: FOLDER, dataKey: this.maker.dataKey, limits });
  }

  get ids(): string[] {
    return this.journal.points().map(({ id }) => id);
  }

  /** Every point that is listed reads as the disk was, whole. */
  async verify(): Promise<void> {
    for (const { record, image } of this.points) {
      if (this.journal.point(record.id) === undefined) continue;
      await using device = await this.journal.openPoint(record.id, { owner: "test", reason: "verify" });
      const read = new Uint8Array(device.sizeBytes);
      await device.read(0, read);
      assert.ok(Buffer.compare(read, image) === 0, `point ${record.number} reads wrong`);
    }
  }
}

/** Of each step the newest, as thinning is described: worked out in another way. */
function expected(points: readonly MadePoint[], now: number): string[] {
  const stepOf = (micros: number): string => {
    for (const [after, step] of [
      [200, 100],
      [60, 20],
    ] as const) {
      const end = (Math.floor(micros / (step * SECOND)) + 1) * step * SECOND;
      if (end <= now - after * SECOND) return `${step}-${end}`;
    }
    return `${micros}`;
  };
  const newest = new Map(points.map(({ record }) => [stepOf(record.timeMicros), record.id]));
  return [...newest.values()];
}

test("behind the any-point window one point per step stays, reads as the disk was, and the room of the others comes back", async () => {
  const disk = await Disk.copied(1);
  await disk.overwritten(250);
  await disk.journal.buildRuns(signal);
  const before = disk.journal.status();
  const { thinned, merges } = await disk.thin();
  const after = disk.journal.status();
  const now = disk.points.at(-1)?.record.timeMicros ?? 0;
  assert.deepEqual(disk.ids, expected(disk.points, now));
  assert.equal(thinned, disk.points.length - disk.ids.length);
  assert.equal(after.segments, disk.ids.length - 1, "one file leads to each point behind the base");
  assert.ok(
    merges > 0 && after.segmentBytes * 2 < before.segmentBytes,
    `${before.segmentBytes} → ${after.segmentBytes}`,
  );
  await disk.verify();
  await disk.journal.buildRuns(signal);
  await disk.verify();
  await disk.restart();
  assert.deepEqual(disk.journal.found, { adopted: 0, removed: 0, missing: [] });
  assert.deepEqual(disk.ids, expected(disk.points, now));
  await disk.verify();
  assert.deepEqual(await disk.thin(), { thinned: 0, merges: 0 });
  await disk.overwritten(60);
  await disk.thin();
  await disk.journal.buildRuns(signal);
  const later = disk.points.at(-1)?.record.timeMicros ?? 0;
  assert.deepEqual(disk.ids, expected(disk.points, later), "small steps first give what the large ones give at once");
  await disk.verify();
});

test("of a step the most consistent point stays, and what is locked stays beside it until its time has come", async () => {
  const disk = await Disk.copied(2);
  const special = new Map<string, MadePoint>();
  for (let each = 0; each < 60; each += 1) {
    disk.maker.writeSomewhere();
    if (each === 12) special.set("quiet files", await disk.point({ consistency: "file-system" }));
    else if (each === 13) special.set("quiet applications", await disk.point({ consistency: "application" }));
    else if (each === 15) special.set("locked", await disk.point());
    else await disk.point();
  }
  const idOf = (name: string): string => special.get(name)?.record.id ?? "";
  const untilMicros = disk.world.clock.wallMicros() + 3_600 * SECOND;
  await disk.journal.lockPoint(idOf("locked"), { owner: "Ada", reason: "audit", untilMicros });
  const listed = (name: string): boolean => disk.journal.point(idOf(name)) !== undefined;
  await disk.thin();
  await disk.restart();
  assert.ok(listed("quiet applications") && listed("locked") && !listed("quiet files"));
  assert.equal(disk.journal.point(idOf("locked"))?.lockedUntilMicros, untilMicros);
  assert.deepEqual(
    disk.journal.locks().map(({ owner, reason, pointId }) => [owner, reason, pointId]),
    [["Ada", "audit", idOf("locked")]],
  );
  await disk.verify();
  await disk.world.clock.advance(3_600_000);
  assert.deepEqual(disk.journal.locks(), []);
  assert.equal(disk.journal.point(idOf("locked"))?.locked, false);
  await disk.thin();
  assert.ok(listed("quiet applications") && !listed("locked"));
  assert.deepEqual(disk.journal.pins(), []);
  await disk.verify();
});

test("a locked point costs its own room alone: what is newer and too old goes, by time and by bytes", async () => {
  const disk = await Disk.copied(3);
  await disk.overwritten(20);
  const locked = disk.points[5]?.record.id ?? "";
  await disk.journal.lockPoint(locked, { owner: "Ada", reason: "audit" });
  await disk.overwritten(200);
  const all = disk.journal.status().segmentBytes;
  const bytesMax = all / 3;
  for (let round = 0; round < 12; round += 1) await disk.thin({ windowMicros: 86_400 * SECOND, bytesMax });
  const status = disk.journal.status();
  assert.ok(disk.ids.includes(locked) && status.segmentBytes + status.runBytes <= bytesMax, `${status.segmentBytes}`);
  assert.ok(disk.ids.length > 30, "no more goes than has to");
  await disk.verify();
  const policy = { windowMicros: 0, bytesMax: 0 };
  await disk.thin(policy);
  assert.deepEqual(disk.ids, [locked, disk.points.at(-1)?.record.id]);
  assert.equal(disk.journal.status().segments, 1);
  await disk.verify();
  assert.equal(await disk.journal.unlockPoint(locked), true);
  assert.equal(await disk.journal.unlockPoint(locked), false);
});

test("while no new points are made none goes, whatever the clock says", async () => {
  const disk = await Disk.copied(4);
  await disk.overwritten(40);
  const before = disk.ids;
  await disk.world.clock.advance(400 * 86_400_000);
  await disk.thin({ ...POLICY, windowMicros: 300 * SECOND });
  const now = disk.points.at(-1)?.record.timeMicros ?? 0;
  assert.deepEqual(disk.ids, expected(disk.points, now));
  assert.equal(disk.ids[0], expected(disk.points, now)[0]);
  assert.ok(before.length > disk.ids.length, "what has its successors is thinned all the same");
});

test("a gap stays a gap where the segments around it were merged, also after a restart", async () => {
  const disk = await Disk.copied(5);
  await disk.overwritten(14);
  const span = disk.maker.beginSpan("catch-up");
  disk.maker.writeSomewhere();
  const inside = disk.maker.mark();
  await disk.deliver();
  await assert.rejects(disk.journal.addPoint(inside.record), (error) => isFault(error, "point-in-span"));
  disk.maker.endSpan(span);
  await disk.overwritten(60);
  const at = { kind: "time", micros: inside.record.timeMicros + 1 } as const;
  assert.throws(
    () => disk.journal.resolve(at),
    (error) => isFault(error, "point-in-gap"),
  );
  assert.ok((await disk.thin()).merges > 0);
  assert.throws(
    () => disk.journal.resolve(at),
    (error) => isFault(error, "point-in-gap"),
  );
  await disk.restart();
  assert.throws(
    () => disk.journal.resolve(at),
    (error) => isFault(error, "point-in-gap"),
  );
  assert.equal(disk.journal.history().filter(({ kind }) => kind === "gap").length, 1);
  await disk.verify();
});

test("a point that comes when its place was merged is too late, and says so", async () => {
  const disk = await Disk.copied(6);
  await disk.overwritten(10);
  disk.maker.writeSomewhere();
  const late = disk.maker.mark();
  await disk.deliver();
  await disk.overwritten(60);
  await disk.thin();
  await assert.rejects(disk.journal.addPoint(late.record), (error) => isFault(error, "point-expired"));
});

test("a point that comes while its place is being merged stays, and the merge gives way", async () => {
  const disk = await Disk.copied(8);
  await disk.overwritten(10);
  disk.maker.writeSomewhere();
  const late = disk.maker.mark();
  await disk.deliver();
  await disk.overwritten(60);
  await disk.journal.retain({ ...POLICY, advance: "now" }, signal);
  let adding: Promise<unknown> | undefined;
  disk.world.files.onOperation = ({ path }) => {
    if (path.includes("/staging/new-")) adding ??= disk.journal.addPoint(late.record);
  };
  assert.ok((await disk.journal.merge(POLICY, signal)).merges > 0);
  disk.world.files.onOperation = undefined;
  assert.notEqual(adding, undefined, "it came while something was merged");
  await adding;
  assert.ok(disk.ids.includes(late.record.id));
  disk.points.push(late);
  await disk.verify();
});

test("a point stays open and reads the same while all around it is thinned and merged", async () => {
  const disk = await Disk.copied(7);
  await disk.overwritten(60);
  await disk.journal.buildRuns(signal);
  const held = disk.points[17];
  assert.ok(held !== undefined);
  await using device = await disk.journal.openPoint(held.record.id, { owner: "test", reason: "read" });
  let isDone = false;
  const reading = (async (): Promise<number> => {
    let count = 0;
    for (; !isDone; count += 1) {
      const read = new Uint8Array(device.sizeBytes);
      await device.read(0, read);
      assert.ok(Buffer.compare(read, held.image) === 0);
    }
    return count;
  })();
  assert.ok((await disk.thin()).merges > 0);
  await disk.journal.buildRuns(signal);
  isDone = true;
  assert.ok((await reading) > 0);
  await disk.verify();
});

test("after a loss of power at any operation of thinning and merging, what is listed reads as the disk was", async () => {
  const operations = await untilCut(Number.POSITIVE_INFINITY);
  assert.ok(operations > 50);
  for (const crashAfter of sampled(operations, 16)) await untilCut(crashAfter);
});

/** Thins, loses power at that operation, opens and thins on. Returns how many operations the first thinning took. */
async function untilCut(crashAfter: number): Promise<number> {
  const disk = await Disk.copied(8);
  await disk.overwritten(45);
  await disk.journal.buildRuns(signal);
  const cut = Promise.withResolvers<SimulatedWorld>();
  let operations = 0;
  disk.world.files.onOperation = () => {
    operations += 1;
    if (operations !== crashAfter) return;
    disk.world.files.onOperation = undefined;
    cut.resolve({ ...disk.world, files: disk.world.files.crash() });
  };
  const done = disk.thin().then(() => {
    disk.world.files.onOperation = undefined;
    return { ...disk.world, files: disk.world.files.crash() };
  });
  const world = await Promise.race([cut.promise, done]);
  const { maker, points } = disk;
  const journal = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  const survivor = new Disk(world, maker, journal, points);
  assert.deepEqual(journal.found.missing, []);
  await survivor.verify();
  await survivor.thin();
  assert.deepEqual(survivor.ids, expected(points, points.at(-1)?.record.timeMicros ?? 0));
  await survivor.verify();
  return operations;
}
