import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Extent, endOf } from "./extent.ts";
import { ExtentSet } from "./extent-set.ts";

const DISK = 96;

const extents = fc
  .tuple(fc.integer({ min: 0, max: DISK - 1 }), fc.integer({ min: 1, max: 24 }))
  .map(([offset, length]): Extent => ({ offset, length: Math.min(length, DISK - offset) }));

const changes = fc.array(fc.record({ kind: fc.constantFrom("add", "remove"), extent: extents }), { maxLength: 60 });

/** The fewest extents that hold exactly the bytes that are true. */
function extentsOf(blocks: readonly boolean[], from = 0, to = blocks.length): Extent[] {
  const found: Extent[] = [];
  for (let at = from; at < to; at += 1) {
    const last = found.at(-1);
    if (!blocks[at]) continue;
    if (last !== undefined && endOf(last) === at)
      found[found.length - 1] = { offset: last.offset, length: last.length + 1 };
    else found.push({ offset: at, length: 1 });
  }
  return found;
}

test("a set of extents is a plain array of blocks", () => {
  fc.assert(
    fc.property(changes, extents, (list, probe) => {
      const set = new ExtentSet();
      const blocks = Array.from({ length: DISK }, () => false);
      for (const { kind, extent } of list) {
        if (kind === "add") set.add(extent);
        else set.remove(extent);
        blocks.fill(kind === "add", extent.offset, endOf(extent));
      }
      assert.deepEqual([...set], extentsOf(blocks));
      assert.equal(set.totalBytes, blocks.filter(Boolean).length);
      assert.equal(set.count, extentsOf(blocks).length);
      const inside = extentsOf(blocks, probe.offset, endOf(probe));
      assert.deepEqual([...set.within(probe)], inside);
      assert.deepEqual(
        [...set.gaps(probe)],
        extentsOf(
          blocks.map((block) => !block),
          probe.offset,
          endOf(probe),
        ),
      );
      assert.equal(set.intersects(probe), inside.length > 0);
      assert.equal(set.covers(probe), blocks.slice(probe.offset, endOf(probe)).every(Boolean));
      assert.deepEqual(set.firstFrom(probe.offset), extentsOf(blocks, probe.offset)[0]);
    }),
    { numRuns: 500 },
  );
});

test("a set of many thousand extents stays right through random additions and removals", () => {
  const blocks = new Uint8Array(200_000);
  const set = new ExtentSet();
  let state = 12_345;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 60_000; round += 1) {
    const offset = below(blocks.length - 64);
    const length = 1 + below(round % 500 === 0 ? 60 : 3);
    const add = below(4) > 0 || round < 20_000;
    if (add) set.add({ offset, length });
    else set.remove({ offset, length });
    blocks.fill(add ? 1 : 0, offset, offset + length);
  }
  // Wide removals cross many leaves at once.
  for (const offset of [0, 50_000, 51_000, 199_000]) {
    set.remove({ offset, length: 900 });
    blocks.fill(0, offset, offset + 900);
  }
  assert.ok(set.count > 10_000);
  assert.deepEqual([...set], extentsOf([...blocks].map((block) => block === 1)));
  set.remove({ offset: 1, length: 199_000 });
  blocks.fill(0, 1, 199_001);
  assert.deepEqual([...set], extentsOf([...blocks].map((block) => block === 1)));
});

test("offsets up to 2^53 - 1 are exact", () => {
  const top = Number.MAX_SAFE_INTEGER;
  const set = ExtentSet.of([{ offset: top - 2, length: 2 }]);
  set.remove({ offset: top - 1, length: 1 });
  assert.deepEqual([...set], [{ offset: top - 2, length: 1 }]);
});
