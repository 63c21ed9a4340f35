import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import { changedExtents, PATTERNS } from "./changes.ts";

test("what is changed lies on the disk, is as much as was asked for, and no place is changed twice", () => {
  const [sizeBytes, changedBytes] = [256 * MiB, 8 * MiB];
  for (const pattern of PATTERNS) {
    const places = new ExtentSet();
    for (const extent of changedExtents(pattern, { sizeBytes, changedBytes }, seededRandom(1))) places.add(extent);
    const lengths = [...places.within({ offset: 0, length: sizeBytes })].map(({ length }) => length);
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    assert.equal(bytes, changedBytes, pattern);
  }
});
