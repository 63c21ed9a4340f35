import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_VERIFIED, type VerifyRow } from "../store/verify-rows.ts";
import { dueMicros, isOverdue, passAdvanced, passEnded } from "./pass.ts";

const DAY = 86_400_000_000;
const WINDOW = 64 << 20;
const NEVER: VerifyRow = {
  diskId: "d",
  ...NOTHING_VERIFIED,
  begunMicros: null,
  offset: 0,
  lastBegunMicros: null,
  lastEndedMicros: null,
  lastDifferingBytes: 0,
  lastUnrepairedBytes: 0,
};

void test("every block is compared within the policy's days, pass after pass, when each window is done as it is due", () => {
  for (const windows of [1, 3, 40, 1_000]) {
    const sizeBytes = windows * WINDOW - 5;
    const of = { createdMicros: 0, sizeBytes, verifyDays: 7 };
    const comparedAt = new Map<number, number>();
    let row = NEVER;
    for (let count = 0; count < 4 * windows; count += 1) {
      const now = dueMicros(row, of);
      assert.ok(now !== undefined);
      const before = comparedAt.get(row.offset) ?? 0;
      assert.ok(
        now - before <= 7 * DAY,
        `the block at ${row.offset} of ${sizeBytes} after ${(now - before) / DAY} days`,
      );
      comparedAt.set(row.offset, now);
      const end = Math.min(sizeBytes, row.offset + WINDOW);
      const tally = { ...NOTHING_VERIFIED, comparedBytes: end - row.offset };
      row = passAdvanced(row, { ...tally, end, diskBytes: sizeBytes }, now);
    }
    assert.equal(comparedAt.size, windows);
  }
});

void test("a pass that is behind is due at once, one that is off never, and a disk that was just copied is left alone", () => {
  const of = { createdMicros: 10 * DAY, sizeBytes: 4 * WINDOW, verifyDays: 7 };
  assert.equal(dueMicros(NEVER, of), 10 * DAY + 3_600_000_000);
  assert.equal(dueMicros(NEVER, { ...of, verifyDays: 0 }), undefined);
  assert.equal(dueMicros(NEVER, { ...of, sizeBytes: 0 }), undefined);
  const half = { ...NEVER, begunMicros: 20 * DAY, offset: 2 * WINDOW };
  assert.equal(dueMicros(half, of), 20 * DAY + 2.8 * DAY);
  assert.equal(dueMicros(half, { ...of, sizeBytes: WINDOW }), 20 * DAY + 5.6 * DAY, "also when the disk has shrunk");
});

void test("a pass sums what its windows found, and what it could not repair stays until the next one has ended", () => {
  const found = { comparedBytes: 10, skippedBytes: 2, differingBytes: 3, repairedBytes: 1 };
  const first = passAdvanced(NEVER, { ...found, end: WINDOW, diskBytes: 2 * WINDOW }, 5);
  assert.deepEqual([first.begunMicros, first.offset, first.differingBytes], [5, WINDOW, 3]);
  const ended = passAdvanced(first, { ...found, end: 2 * WINDOW, diskBytes: 2 * WINDOW }, 9);
  assert.deepEqual(ended, {
    ...NEVER,
    lastBegunMicros: 5,
    lastEndedMicros: 9,
    lastDifferingBytes: 6,
    lastUnrepairedBytes: 4,
  });
  const clean = passEnded("d", { ...NOTHING_VERIFIED, begunMicros: 10, endedMicros: 11 });
  assert.equal(clean.lastUnrepairedBytes, 0);
});

void test("a disk that was not compared for twice its days is overdue", () => {
  const of = { createdMicros: 0, verifyDays: 7 };
  assert.equal(isOverdue(NEVER, { ...of, nowMicros: 14 * DAY }), false);
  assert.equal(isOverdue(NEVER, { ...of, nowMicros: 15 * DAY }), true);
  assert.equal(isOverdue({ ...NEVER, lastEndedMicros: 14 * DAY }, { ...of, nowMicros: 15 * DAY }), false);
  assert.equal(isOverdue(NEVER, { createdMicros: 0, verifyDays: 0, nowMicros: 99 * DAY }), false);
});
