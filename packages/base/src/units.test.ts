import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ceilTo, floorTo, formatBytes, GiB, KiB, MiB, TiB } from "./units.ts";

test("rounding is exact where bit operations are not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), fc.integer({ min: 1, max: 2 ** 31 }), (value, step) => {
      const [low, high] = [floorTo(value, step), ceilTo(value, step)];
      assert.equal(low % step, 0);
      assert.equal(high % step, 0);
      assert.equal(low <= value && value <= high && high - low <= step, true);
    }),
  );
});

test("bytes are written for people", () => {
  const written = [0, 1023, KiB, 3 * MiB, 1.5 * GiB, 2 * TiB, 5000 * TiB].map(formatBytes);
  assert.deepEqual(written, ["0 B", "1023 B", "1.0 KiB", "3.0 MiB", "1.5 GiB", "2.0 TiB", "4.9 PiB"]);
});
