import assert from "node:assert/strict";
import { test } from "node:test";
import { countedBefore, missedSectors, type SectorCounts } from "./noted-whole.ts";

const BEFORE = 1_000;

/** A disk on which one request of 8 sectors ends between any two readings, as often as told; of it, `counts` says what has happened. */
function busy(times: number, counts: { noted: number; counted: number }): SectorCounts {
  let left = times;
  const step = (): void => {
    if (left === 0) return;
    left -= 1;
    counts.noted += 8;
    counts.counted += 8;
  };
  return {
    countedBefore: BEFORE,
    noted: () => {
      step();
      return counts.noted;
    },
    counted: () => {
      step();
      return BEFORE + counts.counted;
    },
  };
}

test("a disk that counted what was noted is whole, also after a while of requests", () => {
  assert.equal(missedSectors(busy(0, { noted: 64, counted: 64 })), 0);
  assert.equal(missedSectors(busy(300, { noted: 64, counted: 64 })), 0);
});

test("one sector that was not noted is missed", () => {
  assert.equal(missedSectors(busy(0, { noted: 64, counted: 65 })), 1);
  assert.ok(Number(missedSectors(busy(300, { noted: 64, counted: 96 }))) > 0);
  assert.ok(Number(missedSectors(busy(Number.POSITIVE_INFINITY, { noted: 64, counted: 96 }))) > 0);
  assert.equal(missedSectors(busy(300, { noted: 64, counted: 65 })), 1);
});

test("what is noted and not counted yet is not missed, and neither is it whole", () => {
  assert.equal(missedSectors(busy(0, { noted: 72, counted: 64 })), -8);
  assert.equal(missedSectors(busy(Number.POSITIVE_INFINITY, { noted: 64, counted: 64 })), undefined);
});

test("the beginning is the most that the disk can have counted before", () => {
  assert.equal(countedBefore(busy(0, { noted: 0, counted: 0 })), BEFORE);
  assert.equal(countedBefore(busy(300, { noted: 0, counted: 0 })), BEFORE);
  const late = { noted: 8, counted: 0 };
  let readings = 0;
  const counts = busy(0, late);
  const counted = (): number => {
    readings += 1;
    if (readings === 5) late.counted = 8;
    return counts.counted();
  };
  assert.equal(countedBefore({ ...counts, counted }), BEFORE);
});
