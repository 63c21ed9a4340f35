import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { simulatedWorld } from "@leeward/world/testing";
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
