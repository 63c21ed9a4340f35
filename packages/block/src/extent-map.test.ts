import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Extent, endOf } from "./extent.ts";
import { ExtentMap } from "./extent-map.ts";

const DISK = 80;

const extents = fc
  .tuple(fc.integer({ min: 0, max: DISK - 1 }), fc.integer({ min: 1, max: 20 }))
  .map(([offset, length]): Extent => ({ offset, length: Math.min(length, DISK - offset) }));

test("each byte has the newest value set there, and knows how far into it it lies", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(extents, fc.integer({ min: 0, max: 9 })), { maxLength: 60 }),
      extents,
      (list, probe) => {
        const map = new ExtentMap<number>();
        const model = Array.from({ length: DISK }, (): { value: number; skip: number } | undefined => undefined);
        list.forEach(([extent, action], index) => {
          if (action === 0) map.remove(extent);
          else map.set(extent, index);
          for (let at = extent.offset; at < endOf(extent); at += 1) {
            model[at] = action === 0 ? undefined : { value: index, skip: at - extent.offset };
          }
        });
        const flat = Array.from({ length: DISK }, (): { value: number; skip: number } | undefined => undefined);
        for (const piece of map.within(probe)) {
          assert.ok(piece.offset >= probe.offset && endOf(piece) <= endOf(probe));
          for (let at = 0; at < piece.length; at += 1)
            flat[piece.offset + at] = { value: piece.value, skip: piece.skip + at };
        }
        assert.deepEqual(flat.slice(probe.offset, endOf(probe)), model.slice(probe.offset, endOf(probe)));
        assert.equal(map.totalBytes, model.filter((value) => value !== undefined).length);
        assert.equal([...map].length, map.count);
        const holder = map.at(probe.offset);
        assert.equal(holder?.value, model[probe.offset]?.value);
        for (const gap of map.gaps(probe)) {
          assert.ok(model.slice(gap.offset, endOf(gap)).every((value) => value === undefined));
        }
      },
    ),
    { numRuns: 500 },
  );
});
