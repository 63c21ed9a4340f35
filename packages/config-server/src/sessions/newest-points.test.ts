import assert from "node:assert/strict";
import { test } from "node:test";
import { newestPointsIn } from "./newest-points.ts";

void test("a point is new once, in the first status that names it, of however many disks", () => {
  const first = saying("p1", "p1", "");
  assert.deepEqual([...newestPointsIn(first, [])], ["p1"]);
  assert.deepEqual([...newestPointsIn(first, first)], []);
  assert.deepEqual([...newestPointsIn(saying("p2", "p1", "p3"), first)], ["p2", "p3"]);
  assert.deepEqual([...newestPointsIn(saying("", "p1", ""), first)], [], "points were deleted");
});

/** Of so many disks, in order. */
function saying(...ids: readonly string[]) {
  return ids.map((newestPointId, index) => ({ diskId: `d${index}`, newestPointId }));
}
