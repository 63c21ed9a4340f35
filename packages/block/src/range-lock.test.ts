import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Extent, overlaps } from "./extent.ts";
import { type Lock, RangeLock } from "./range-lock.ts";

const extents = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 }))
  .map(([offset, length]): Extent => ({ offset, length }));

test("overlapping requests hold one after another in the order of asking, others at once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(extents, { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fc.nat()),
      async (list, picks) => {
        const lock = new RangeLock();
        const held = new Map<number, Lock>();
        const grants: number[] = [];
        list.forEach((extent, index) => {
          const hold = async (): Promise<void> => {
            const granted = await lock.acquire(extent);
            for (const other of held.values()) assert.ok(!overlaps(other.extent, granted.extent));
            held.set(index, granted);
            grants.push(index);
          };
          void hold();
        });
        for (;;) {
          await new Promise(setImmediate);
          for (const [index, extent] of list.entries()) {
            if (held.has(index) || grants.includes(index)) continue;
            const earlier = list
              .slice(0, index)
              .some((other, at) => overlaps(other, extent) && (held.has(at) || !grants.includes(at)));
            assert.ok(earlier, "a request waits only for an overlapping one that asked before");
          }
          const holders = [...held.keys()];
          const pick = holders[picks.next().value % Math.max(1, holders.length)];
          if (pick === undefined) break;
          held.get(pick)?.release();
          held.delete(pick);
        }
        assert.equal(grants.length, list.length);
        assert.equal(lock.count, 0);
        for (const [later, at] of grants.entries()) {
          for (const before of grants.slice(later + 1)) {
            const [a, b] = [list[at], list[before]];
            if (a !== undefined && b !== undefined && overlaps(a, b)) assert.ok(at < before);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("tryAcquire never overtakes a request that waits", async () => {
  const lock = new RangeLock();
  const first = lock.tryAcquire({ offset: 0, length: 10 });
  assert.ok(first !== undefined);
  const waiting = lock.acquire({ offset: 5, length: 10 });
  assert.equal(lock.tryAcquire({ offset: 12, length: 4 }), undefined);
  assert.ok(lock.tryAcquire({ offset: 20, length: 4 }) !== undefined);
  first.release();
  {
    using second = await waiting;
    assert.deepEqual(second.extent, { offset: 5, length: 10 });
  }
  assert.ok(lock.tryAcquire({ offset: 12, length: 4 }) !== undefined);
  assert.throws(() => first.release());
});
