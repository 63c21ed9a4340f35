import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ceilTo, floorTo, formatBytes, formatDuration, GiB, KiB, MiB, TiB } from "./units.ts";

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

test("a duration is told in the unit that people would take", () => {
  const told = [0, 7.25, 59, 60, 150, 2_400, 3_600, 61_200, 86_400, 172_800, 2_592_000].map(formatDuration);
  const expected = ["0 s", "7.3 s", "59 s", "1 min", "2.5 min", "40 min", "1 h", "17 h", "24 h", "2 d", "30 d"];
  assert.deepEqual(told, expected);
});
