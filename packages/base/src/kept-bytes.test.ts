import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteBudget } from "./byte-budget.ts";
import { KeptBytes } from "./kept-bytes.ts";

test("any range of what was kept reads as it was added, whatever the parts", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(parts, fc.nat(500), fc.nat(200), (added, position, length) => {
      const kept = new KeptBytes(new ByteBudget(10_000));
      for (const part of added) kept.add(part);
      const whole = Buffer.concat(added);
      const target = Buffer.alloc(length, 0xee);
      const got = kept.copy(target, position);
      const wanted = whole.subarray(position, position + length);
      assert.equal(kept.length, whole.length);
      assert.equal(got, wanted.length);
      assert.deepEqual(target.subarray(0, got), wanted);
      assert.ok(target.subarray(got).every((byte) => byte === 0xee));
    }),
  );
});

test("without room nothing is kept, and what was taken is given back once", () => {
  const budget = new ByteBudget(10);
  const [first, second] = [new KeptBytes(budget), new KeptBytes(budget)];
  first.add(new Uint8Array(6));
  second.add(new Uint8Array(4));
  second.add(new Uint8Array(1));
  assert.deepEqual([first.isKept, second.isKept, second.length], [true, false, 0]);
  second.add(new Uint8Array(1));
  second.drop();
  first.drop();
  first.drop();
  assert.ok(budget.take(10));
  assert.ok(!budget.take(1));
});
