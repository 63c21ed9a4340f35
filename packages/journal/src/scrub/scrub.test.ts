import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import { Journal } from "../journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";

const FOLDER = "/journal/d";
const DISK_BYTES = 64 * 1024;
const limits = { rangeBytes: 16 * 1024, reserveBytes: 0, scrubBytesPerSecond: 1024 * 1024 * 1024 };
const signal = new AbortController().signal;

interface Started {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly journal: Journal;
  readonly points: MadePoint[];
}

async function advance({ world, maker, journal, points }: Started): Promise<void> {
  const point = maker.mark();
  const made = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath(`s-${made.branch}-${made.from}`), made));
  await journal.addPoint(point.record);
  points.push(point);
}

async function started(seed: number): Promise<Started> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder("/journal");
  const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
  const journal = await Journal.create(world, { folder: FOLDER, ...maker.identity, dataKey: maker.dataKey, limits });
  const history: Started = { world, maker, journal, points: [] };
  const span = maker.beginSpan("initial");
  for (let count = 0; count < 8; count += 1) maker.writeSomewhere(20);
  maker.endSpan(span);
  await advance(history);
  for (let round = 0; round < 24; round += 1) {
    maker.writeSomewhere(12);
    await advance(history);
  }
  await journal.buildRuns(signal);
  const wallMicros = world.clock.wallMicros();
  await journal.retain(
    { windowMicros: wallMicros - (history.points[5]?.record.timeMicros ?? 0), bytesMax: 0, advance: "now" },
    signal,
  );
  return history;
}

async function readsRight(journal: Journal, { record, image }: MadePoint): Promise<boolean> {
  await using device = await journal.openPoint(record.id, { owner: "test", reason: "read" });
  const read = new Uint8Array(image.length);
  await device.read(0, read);
  return Buffer.compare(read, image) === 0;
}

test("after a flipped bit anywhere, scrub withdraws what needs it, and all that is still listed reads right", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 50 }), fc.nat(), fc.nat(), async (seed, fileChoice, positionChoice) => {
      const history = await started(seed);
      const { world, maker, journal, points } = history;
      const paths: string[] = [];
      for (const folder of ["segments", "base", "runs"]) {
        for (const name of await world.files.list(`${FOLDER}/${folder}`)) paths.push(`${FOLDER}/${folder}/${name}`);
      }
      const path = paths[fileChoice % paths.length] ?? "";
      const size = (await world.files.status(path))?.sizeBytes ?? 1;
      const before = journal.points().length;
      world.files.rot(path, positionChoice % size);
      await journal.close();
      const again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
      const report = await again.scrub(() => undefined, signal);
      assert.equal(report.damaged.length, 1);
      assert.equal(report.damaged[0]?.path, path);
      const withdrawn = new Set(report.damaged[0]?.pointsWithdrawn);
      assert.equal(again.points().length, before - withdrawn.size);
      for (const point of points) {
        if (again.point(point.record.id) !== undefined) assert.ok(await readsRight(again, point));
        else if (withdrawn.has(point.record.id)) {
          await assert.rejects(again.openPoint(point.record.id, { owner: "t", reason: "t" }), (error) =>
            isFault(error, "point-withdrawn"),
          );
        }
      }
      // A second pass finds nothing new, and once the disk was written again points are taken again.
      assert.equal((await again.scrub(() => undefined, signal)).damaged.length, 0);
      if (report.damaged[0]?.folder === "runs") return;
      maker.write(0, { kind: "write", length: DISK_BYTES });
      const after = { world, maker, journal: again, points };
      await advance(after);
      const last = points.at(-1);
      assert.ok(last !== undefined && (await readsRight(again, last)));
      await again.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
      assert.ok(await readsRight(again, last));
      await again.close();
    }),
    // The example: a base file that only points need which never read it whole, between two that others need.
    { numRuns: 12, examples: [[47, 974_555_285, 0]] },
  );
});

test("while damage is to be seen no point is taken, also not after a restart", async () => {
  const history = await started(7);
  const { world, maker, journal, points } = history;
  const newest = (await world.files.list(`${FOLDER}/segments`)).at(-1) ?? "";
  const size = (await world.files.status(`${FOLDER}/segments/${newest}`))?.sizeBytes ?? 0;
  // Its header: nothing of the file can be believed any more.
  world.files.rot(`${FOLDER}/segments/${newest}`, 100);
  assert.ok(size > 0);
  await journal.close();
  const again = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  const { damaged } = await again.scrub(() => undefined, signal);
  assert.ok(damaged[0]?.pointsWithdrawn.includes(points.at(-1)?.record.id ?? ""));
  await again.close();
  const third = await Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
  maker.write(0, { kind: "write", length: 512 });
  await assert.rejects(advance({ ...history, journal: third }), (error) => isFault(error, "point-damaged"));
  assert.equal(third.status().pointsWithdrawn, damaged[0]?.pointsWithdrawn.length);
});
