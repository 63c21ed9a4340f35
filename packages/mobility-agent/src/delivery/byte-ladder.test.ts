import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteLadder } from "./byte-ladder.ts";

void test("what lies above a sequence is exact at the steps and in even parts between them", () => {
  const ladder = new ByteLadder();
  assert.equal(ladder.above(5), undefined);
  ladder.note(0, 0);
  ladder.note(10, 1_000);
  ladder.note(20, 5_000);
  assert.deepEqual(
    [0, 5, 10, 15, 20, 30].map((sequence) => ladder.above(sequence)),
    [5_000, 4_500, 4_000, 2_000, 0, 0],
  );
});

void test("a log that counts anew begins the ladder anew", () => {
  const ladder = new ByteLadder();
  ladder.note(0, 0);
  ladder.note(10, 1_000);
  ladder.note(12, 50);
  ladder.note(14, 150);
  assert.equal(ladder.above(12), 100);
});

void test("however many steps there are, it stays right at both ends and never runs backwards", () => {
  const lengths = Array.from({ length: 900 }, (_, index) => (index * 37) % 1_000);
  const ladder = new ByteLadder();
  let bytes = 0;
  ladder.note(0, 0);
  for (const [index, length] of lengths.entries()) ladder.note(index + 1, (bytes += length));
  assert.equal(ladder.above(0), bytes);
  assert.equal(ladder.above(lengths.length), 0);
  let before = bytes;
  for (let sequence = 0; sequence <= lengths.length; sequence += 1) {
    const above = ladder.above(sequence) ?? Number.NaN;
    assert.ok(above <= before + 1e-6, `sequence ${sequence}`);
    before = above;
  }
});
