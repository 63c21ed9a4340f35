import assert from "node:assert/strict";
import { test } from "node:test";
import { isThinnedAlike } from "./kept-points.ts";

const STEP = 4_000_000;

test("journals let a point go together once all have come to its step, and none has beyond its newest point or the clock", () => {
  const journals = { stepMicros: STEP, wallMicros: 20_000_000, heldUntilMicros: [18_000_000, 15_000_000] };
  assert.equal(isThinnedAlike(10_000_000, journals), true);
  assert.equal(isThinnedAlike(11_500_000, journals), false, "one journal's newest point is too near");
  assert.equal(isThinnedAlike(10_000_000, { ...journals, wallMicros: 12_000_000 }), false, "the clock was set back");
});
