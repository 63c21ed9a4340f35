import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NUMBER_MAX, readUint64, viewOf, writeUint64 } from "./byte-view.ts";

test("a number is read back as it was written, anywhere in a view", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(40), (value, position) => {
      const bytes = new Uint8Array(64).subarray(5, 60);
      writeUint64(viewOf(bytes), position, value);
      assert.equal(viewOf(bytes).getBigUint64(position, true), BigInt(value));
      assert.equal(readUint64(viewOf(bytes), position), value);
    }),
  );
});

test("what is above 2^53 - 1 is not believed", () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    view.setBigUint64(0, value, true);
    assert.equal(readUint64(view, 0), undefined);
  }
  view.setBigUint64(0, BigInt(NUMBER_MAX), true);
  assert.equal(readUint64(view, 0), NUMBER_MAX);
});
