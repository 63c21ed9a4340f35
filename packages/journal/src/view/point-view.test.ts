import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { journalMemory } from "../journal-memory.ts";
import { Manifest } from "../manifest/manifest.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { FileLibrary } from "./file-library.ts";
import { PointView } from "./point-view.ts";

const FOLDER = "/journal/d";
const DISK_BYTES = 1024 * 1024;
const SEGMENTS = 530;
const limits = { rangeBytes: 1024 * 1024, reserveBytes: 0, openFilesMax: 12 };

test("a point of many segments is a few files, and reading it keeps to the limits of memory and open files", async () => {
  const world = simulatedWorld({ seed: 1 });
  await world.files.makeFolder("/journal");
  const maker = new HistoryMaker(seededRandom(1), DISK_BYTES);
  const { dataKey, identity } = maker;
  const cacheBytes = 64 * 1024;
  const memory = journalMemory(cacheBytes);
  const { cache } = memory;
  const journal = await Journal.create(world, { folder: FOLDER, ...identity, dataKey, limits, memory });
  maker.endSpan(maker.beginSpan("initial"));
  let last: MadePoint | undefined;
  for (let number = 0; number < SEGMENTS; number += 1) {
    for (let count = 0; count < 6; count += 1) maker.writeSomewhere(4);
    last = maker.mark();
    await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  }
  assert.ok(last !== undefined);
  await journal.addPoint(last.record);
  await journal.buildRuns(new AbortController().signal);

  await using device = await journal.openPoint(last.record.id, { owner: "test", reason: "read" });
  const random = seededRandom(2);
  for (let count = 0; count < 300; count += 1) {
    const offset = random.below(DISK_BYTES / 4096) * 4096;
    const target = new Uint8Array(4096);
    await device.read(offset, target);
    assert.equal(Buffer.compare(target, last.image.subarray(offset, offset + 4096)), 0);
    assert.ok(cache.frames.bytes + cache.pages.bytes <= cacheBytes);
  }

  const manifest = await Manifest.open(world, { folder: FOLDER, dataKey });
  assert.ok(manifest !== undefined);
  const { state } = manifest;
  const library = new FileLibrary(world, { folder: FOLDER, dataKey, openFilesMax: 12, cache });
  const view = new PointView(library, state, state.pathTo(maker.branch, maker.sequence));
  // 530 = 2 × 256 + 1 × 16 + 2.
  assert.equal(view.sourceCount, 2 + 1 + 2);
  await view.pieces({ offset: 0, length: DISK_BYTES });
  assert.ok(library.openFiles <= 12);
  await library.close();
});
