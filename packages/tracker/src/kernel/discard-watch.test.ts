import assert from "node:assert/strict";
import { test } from "node:test";
import { DiscardWatch } from "./discard-watch.ts";

const A = { offset: 0, length: 4_096 };
const B = { offset: 65_536, length: 4_096 };

test("a completion marks every range that may be on its way", () => {
  const watch = new DiscardWatch();
  assert.deepEqual(watch.queued(A, 8), A);
  watch.queued(B, 8);
  assert.deepEqual([...watch.completed(16)], [A, B]);
});

test("a range is forgotten only after a pass that told of no discard, with as much completed as queued", () => {
  const watch = new DiscardWatch();
  watch.queued(A, 8);
  watch.endPass();
  watch.endPass();
  // A completion of what is not read yet: the sums agree, and A may still be on its way.
  assert.deepEqual([...watch.completed(8)], [A]);
  watch.endPass();
  watch.queued(B, 8);
  watch.endPass();
  watch.endPass();
  assert.deepEqual([...watch.completed(8)], [A, B]);
  watch.endPass();
  assert.deepEqual([...watch.completed(0)], [A, B]);
  watch.endPass();
  watch.endPass();
  assert.deepEqual([...watch.completed(8)], []);
});
