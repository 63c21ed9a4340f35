import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { bitmapWords, noteExtent, PendingRegions } from "./pending-regions.ts";

const REGION = 4_096;
const SIZE = 300 * REGION + 512;
const REGIONS = 301;

function bitmap(): Uint32Array {
  return new Uint32Array(bitmapWords(SIZE, REGION));
}

test("what waits and what was taken are two plain sets of regions", () => {
  const random = seededRandom(5);
  const [waiting, taken, noted] = [bitmap(), bitmap(), bitmap()];
  const regions = new PendingRegions({ waiting, taken, sizeBytes: SIZE, regionBytes: REGION });
  let model = { waiting: new Set<number>(), taken: new Set<number>(), noted: new Set<number>() };
  for (let step = 0; step < 3_000; step += 1) {
    const first = random.below(REGIONS);
    const count = 1 + random.below(Math.min(REGIONS - first, 70));
    const extent = { offset: first * REGION, length: Math.min((first + count) * REGION, SIZE) - first * REGION };
    const touched = Array.from({ length: count }, (_, index) => first + index);
    const action = random.below(7);
    if (action === 0) {
      regions.wait(extent);
      for (const each of touched) model.waiting.add(each);
    } else if (action === 1) {
      noteExtent(noted, { offset: extent.offset, length: extent.length + 99 * REGION * random.below(2) }, regions);
      model.noted = new Set(setOf(noted));
    } else if (action === 2) {
      regions.absorb(noted);
      model = { ...model, waiting: model.waiting.union(model.noted), noted: new Set() };
      assert.ok(noted.every((word) => word === 0));
    } else if (action === 3 && model.taken.size === 0) {
      assert.equal(regions.take(), model.waiting.size);
      model = { ...model, waiting: new Set(), taken: model.waiting };
    } else if (action === 4) {
      regions.settle();
      model.taken = new Set();
    } else if (action === 5) {
      regions.giveBack();
      model = { ...model, waiting: model.waiting.union(model.taken), taken: new Set() };
    } else {
      assert.equal(
        regions.waitsWithin(extent),
        touched.some((each) => model.waiting.has(each)),
      );
    }
    assert.deepEqual([regions.waitingCount, regions.takenCount], [model.waiting.size, model.taken.size]);
    const told = [...regions.taken(10 * REGION)];
    assert.ok(told.every(({ offset, length }) => length <= 10 * REGION && offset + length <= SIZE));
    assert.deepEqual(new Set(setOf(taken)), model.taken);
    assert.equal(
      told.reduce((sum, { length }) => sum + Math.ceil(length / REGION), 0),
      model.taken.size,
    );
  }
});

test("another process that finds the bitmaps finds what waits and what was taken", () => {
  const [waiting, taken] = [bitmap(), bitmap()];
  const before = new PendingRegions({ waiting, taken, sizeBytes: SIZE, regionBytes: REGION });
  before.wait({ offset: 0, length: 1 });
  before.take();
  before.wait({ offset: SIZE - 1, length: 1 });
  const after = new PendingRegions({ waiting, taken, sizeBytes: SIZE, regionBytes: REGION });
  assert.deepEqual([after.waitingCount, after.takenCount], [1, 1]);
  after.giveBack();
  assert.equal(after.take(), 2);
});

function* setOf(bits: Uint32Array): IterableIterator<number> {
  for (let region = 0; region < bits.length * 32; region += 1) {
    if ((((bits[region >>> 5] ?? 0) >>> (region & 31)) & 1) === 1) yield region;
  }
}
