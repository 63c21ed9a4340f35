import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { sampled, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "./journal.ts";
import { HistoryMaker, type MadePoint } from "./testing/index.ts";

const FOLDER = "/home/journal/m/d";
const MiB = 1024 * 1024;
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };

async function started(
  seed: number,
  diskBytes = 256 * 1024,
): Promise<{ world: ReturnType<typeof simulatedWorld>; maker: HistoryMaker; journal: Journal }> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder("/home/journal/m");
  const maker = new HistoryMaker(seededRandom(seed + 1), diskBytes);
  const journal = await Journal.create(world, { folder: FOLDER, ...maker.identity, dataKey: maker.dataKey, limits });
  return { world, maker, journal };
}

async function readAll(journal: Journal, id: string): Promise<Uint8Array> {
  await using device = await journal.openPoint(id, { owner: "test", reason: "read" });
  const image = new Uint8Array(device.sizeBytes);
  for (let at = 0; at < image.length; at += MiB) await device.read(at, image.subarray(at, at + MiB));
  return image;
}

async function deliver(world: ReturnType<typeof simulatedWorld>, journal: Journal, maker: HistoryMaker): Promise<void> {
  const made = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath(`s-${made.from}`), made));
}

/** The first whole copy of the disk, and a point behind it. */
async function copied(
  world: ReturnType<typeof simulatedWorld>,
  journal: Journal,
  maker: HistoryMaker,
): Promise<MadePoint> {
  const span = maker.beginSpan("initial");
  for (let count = 0; count < 10; count += 1) maker.writeSomewhere();
  maker.endSpan(span);
  const point = maker.mark();
  await deliver(world, journal, maker);
  await journal.addPoint(point.record);
  return point;
}

test("every point reads back as the disk was, also after a restart", async () => {
  const { world, maker, journal } = await started(1);
  const points = [await copied(world, journal, maker)];
  for (let round = 0; round < 20; round += 1) {
    for (let count = 0; count < 5; count += 1) maker.writeSomewhere();
    const point = maker.mark();
    await deliver(world, journal, maker);
    await journal.addPoint(point.record);
    points.push(point);
  }
  for (const { record, image } of points) assert.deepEqual(await readAll(journal, record.id), image);
  await journal.close();
  const again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  assert.equal(again.points().length, points.length);
  for (const { record, image } of points) assert.deepEqual(await readAll(again, record.id), image);
  assert.deepEqual(again.pins(), []);
});

test("before the first whole copy, inside of a needed span and where no segment ends there is no point", async () => {
  const { world, maker, journal } = await started(2);
  maker.writeSomewhere();
  const early = maker.mark();
  await deliver(world, journal, maker);
  await assert.rejects(journal.addPoint(early.record), (error) => isFault(error, "point-incomplete"));
  const first = await copied(world, journal, maker);
  maker.writeSomewhere();
  const within = maker.mark();
  maker.writeSomewhere();
  await deliver(world, journal, maker);
  await assert.rejects(journal.addPoint(within.record), (error) => isFault(error, "point-not-at-segment-end"));
  const span = maker.beginSpan("catch-up");
  maker.writeSomewhere();
  const inside = maker.mark();
  await deliver(world, journal, maker);
  await assert.rejects(journal.addPoint(inside.record), (error) => isFault(error, "point-in-span"));
  assert.throws(
    () => journal.resolve({ kind: "time", micros: inside.record.timeMicros }),
    (error) => isFault(error, "point-in-gap"),
  );
  assert.equal(journal.resolve({ kind: "latest" }).id, first.record.id);
  const ahead = maker.mark();
  await assert.rejects(journal.addPoint(ahead.record), (error) => isFault(error, "point-not-covered"));
  maker.endSpan(span);
  const after = maker.mark();
  await deliver(world, journal, maker);
  await journal.addPoint(after.record);
  assert.deepEqual(await readAll(journal, after.record.id), after.image);
  const kinds = journal.history().map(({ kind }) => kind);
  assert.deepEqual(kinds, ["continuous", "gap", "continuous"]);
});

test("with index runs every point reads the same, from few files", async () => {
  const { world, maker, journal } = await started(3);
  const points = [await copied(world, journal, maker)];
  for (let round = 0; round < 300; round += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    await deliver(world, journal, maker);
    await journal.addPoint(point.record);
    points.push(point);
  }
  assert.equal(await journal.buildRuns(new AbortController().signal), 18 + 1);
  for (const { record, image } of points.filter((_, index) => index % 17 === 0 || index > 250)) {
    assert.deepEqual(await readAll(journal, record.id), image);
  }
  await journal.close();
  const again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  assert.equal(await again.buildRuns(new AbortController().signal), 0);
  assert.deepEqual(await readAll(again, points.at(-1)?.record.id ?? ""), points.at(-1)?.image);
});

test("retention drops the oldest points, brings the base forward, and what is kept reads the same", async () => {
  const { world, maker, journal } = await started(4);
  const signal = new AbortController().signal;
  let points = [await copied(world, journal, maker)];
  for (let round = 0; round < 60; round += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    await deliver(world, journal, maker);
    await journal.addPoint(point.record);
    points.push(point);
    if (round % 7 === 0) await journal.buildRuns(signal);
    if (round % 10 !== 9) continue;
    const report = await journal.retain(
      { windowMicros: point.record.timeMicros - (points[8]?.record.timeMicros ?? 0), bytesMax: 0, advance: "now" },
      signal,
    );
    assert.equal(report.pointsDropped, 8);
    assert.ok(report.advanced);
    points = points.slice(8);
    assert.deepEqual(
      journal.points().map(({ id }) => id),
      points.map(({ record }) => record.id),
    );
    for (const { record, image } of points) assert.deepEqual(await readAll(journal, record.id), image);
  }
  await journal.close();
  const again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  assert.deepEqual(again.found, { adopted: 0, removed: 0, missing: [] });
  for (const { record, image } of points) assert.deepEqual(await readAll(again, record.id), image);
});

test("a pin that its owner asks for again is one, holds while the journal is closed, and goes when it is swept", async () => {
  const { world, maker, journal } = await started(6);
  const signal = new AbortController().signal;
  const { record } = await copied(world, journal, maker);
  const pin = { owner: "machine 1", reason: "disk of a machine" };
  await journal.pinPoint(record.id, pin);
  await journal.pinPoint(record.id, pin);
  await assert.rejects(journal.pinPoint("ff".repeat(16), pin), { code: "point-missing" });
  maker.writeSomewhere();
  const newer = maker.mark();
  await deliver(world, journal, maker);
  await journal.addPoint(newer.record);
  await journal.close();
  await using again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  assert.deepEqual(
    again.pins().map(({ owner }) => owner),
    ["machine 1"],
  );
  await again.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  assert.equal(again.points().length, 2, "the pinned point stays");
  assert.equal(await again.sweepPins(({ owner }) => owner === "machine 1"), 1);
  await again.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  assert.deepEqual(
    again.points().map(({ id }) => id),
    [newer.record.id],
  );
});

test("a pinned point is kept, and an open disk reads the same while all around it goes", async () => {
  const { world, maker, journal } = await started(5);
  const signal = new AbortController().signal;
  const points = [await copied(world, journal, maker)];
  for (let round = 0; round < 20; round += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    await deliver(world, journal, maker);
    await journal.addPoint(point.record);
    points.push(point);
  }
  const pinned = points[5];
  assert.ok(pinned !== undefined);
  const device = await journal.openPoint(pinned.record.id, { owner: "job 7", reason: "export" });
  const half = new Uint8Array(device.sizeBytes / 2);
  await device.read(0, half);
  const report = await journal.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  assert.equal(report.pointsDropped, 19);
  assert.ok((await journal.merge({ windowMicros: 0, bytesMax: 0 }, signal)).merges > 0);
  const ids = journal.points().map(({ id }) => id);
  assert.deepEqual(ids, [pinned.record.id, points.at(-1)?.record.id]);
  assert.equal(journal.status().segments, 1, "what lies between the two is one file");
  assert.deepEqual(await readAll(journal, points.at(-1)?.record.id ?? ""), points.at(-1)?.image);
  const whole = new Uint8Array(device.sizeBytes);
  await device.read(0, whole);
  assert.deepEqual(whole, pinned.image);
  assert.equal(journal.pins()[0]?.owner, "job 7");
  await device[Symbol.asyncDispose]();
  assert.deepEqual(journal.pins(), []);
  await journal.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  assert.deepEqual(
    journal.points().map(({ id }) => id),
    [points.at(-1)?.record.id],
  );
  assert.equal(journal.status().segments, 0);
});

test("a target that joins in the middle of a branch has no point before a whole copy has arrived, and right ones afterwards", async () => {
  const { world, maker, journal: first } = await started(6);
  await copied(world, first, maker);
  maker.writeSomewhere();
  maker.mark();
  maker.cut();
  const journal = await Journal.create(world, {
    folder: "/home/journal/m/second",
    ...maker.identity,
    dataKey: maker.dataKey,
    limits,
  });
  maker.writeSomewhere();
  const early = maker.mark();
  await deliver(world, journal, maker);
  await assert.rejects(journal.addPoint(early.record), (error) => isFault(error, "point-incomplete"));
  const resync = maker.beginSpan("resync");
  maker.writeSomewhere();
  maker.endSpan(resync);
  const resynced = maker.mark();
  await deliver(world, journal, maker);
  // What differs from another target's copy does not make this one whole.
  await assert.rejects(journal.addPoint(resynced.record), (error) => isFault(error, "point-incomplete"));
  const span = maker.beginSpan("initial");
  maker.write(0, { kind: "write", length: maker.image.length });
  maker.endSpan(span);
  const point = maker.mark();
  await deliver(world, journal, maker);
  await journal.addPoint(point.record);
  assert.deepEqual(await readAll(journal, point.record.id), point.image);
});

test("a target that was complete takes an initial span as ordinary content", async () => {
  const { world, maker, journal } = await started(7);
  await copied(world, journal, maker);
  const span = maker.beginSpan("initial");
  maker.writeSomewhere();
  const inside = maker.mark();
  await deliver(world, journal, maker);
  await journal.addPoint(inside.record);
  assert.deepEqual(await readAll(journal, inside.record.id), inside.image);
  maker.endSpan(span);
  assert.equal(journal.status().openSpans, 0);
});

test("a locked point stays until it is unlocked, and a point's validity only grows", async () => {
  const { world, maker, journal } = await started(8);
  const signal = new AbortController().signal;
  const points = [await copied(world, journal, maker)];
  for (let round = 0; round < 4; round += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    await deliver(world, journal, maker);
    await journal.addPoint(point.record);
    points.push(point);
  }
  const locked = points[1]?.record.id ?? "";
  await journal.lockPoint(locked, { owner: "operator", reason: "audit" });
  const all = { windowMicros: 0, bytesMax: 0, advance: "now" } as const;
  await journal.retain(all, signal);
  assert.deepEqual(
    journal.points().map(({ id }) => id),
    [locked, points.at(-1)?.record.id],
  );
  assert.equal(journal.point(locked)?.locked, true);
  assert.equal(await journal.sweepPins(() => true), 0);
  const newest = points.at(-1)?.record;
  assert.ok(newest !== undefined);
  await journal.extendPoint(newest.id, newest.timeMicros + 9);
  await journal.addPoint({ ...newest, validUntilMicros: newest.timeMicros + 4 });
  assert.equal(journal.point(newest.id)?.validUntilMicros, newest.timeMicros + 9);
  await journal.unlockPoint(locked);
  await journal.retain(all, signal);
  assert.deepEqual(
    journal.points().map(({ id }) => id),
    [newest.id],
  );
});

test("reads go on right while runs are built and the base is replaced under them", async () => {
  for (const seed of sampled(6).map((each) => each + 19)) {
    const { world, maker, journal } = await started(seed, 64 * 1024);
    const signal = new AbortController().signal;
    const points = [await copied(world, journal, maker)];
    for (let round = 0; round < 40; round += 1) {
      maker.writeSomewhere();
      const point = maker.mark();
      await deliver(world, journal, maker);
      await journal.addPoint(point.record);
      points.push(point);
    }
    const held = points[25 + seed - 20];
    assert.ok(held !== undefined);
    await using device = await journal.openPoint(held.record.id, { owner: "test", reason: "read" });
    let isDone = false;
    const reader = async (): Promise<number> => {
      let count = 0;
      for (; !isDone; count += 1) {
        const read = new Uint8Array(device.sizeBytes);
        await device.read(0, read);
        assert.ok(Buffer.compare(read, held.image) === 0);
      }
      return count;
    };
    const readers = [reader(), reader(), reader()];
    const all = { windowMicros: 0, bytesMax: 0, advance: "now" } as const;
    await Promise.all([journal.buildRuns(signal), journal.retain(all, signal)]);
    const report = await journal.retain(all, signal);
    assert.equal(report.pointsDropped, 0);
    isDone = true;
    for (const count of await Promise.all(readers)) assert.ok(count > 0);
    assert.equal(journal.points()[0]?.id, held.record.id);
  }
});
