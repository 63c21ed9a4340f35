import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "@leeward/base";
import { isInWindow, parseTimeWindow, UTC } from "@leeward/daemon";
import { drillDueMicros, isDrillOverdue, windowGoneBy } from "./schedule.ts";

const at = (text: string): number => parseTime(`2026-11-${text}:00Z`);

/** 2026-11-21 is a Saturday. */
function goneBy(window: string, from: string, to: string): boolean {
  const parsed = parseTimeWindow(window, []);
  const isOpenAt = (micros: number): boolean => isInWindow(parsed, micros, UTC);
  return windowGoneBy({ fromMicros: at(from), toMicros: at(to) }, isOpenAt) !== undefined;
}

void test("a window has gone by when it was open after the drill was due, and is not any more", () => {
  const nights = "mon-sun 22:00-06:00";
  assert.equal(goneBy(nights, "21T12:00", "21T21:00"), false, "not yet open");
  assert.equal(goneBy(nights, "21T12:00", "21T23:00"), false, "open");
  assert.equal(goneBy(nights, "21T12:00", "22T05:59"), false, "still open");
  assert.equal(goneBy(nights, "21T12:00", "22T07:00"), true, "over");
  assert.equal(goneBy(nights, "21T23:30", "22T07:00"), true, "due within it");
  assert.equal(goneBy(nights, "21T12:00", "22T23:00"), true, "the next one is open");
  assert.equal(goneBy(nights, "22T07:00", "22T21:00"), false, "due after it");
  assert.equal(goneBy("sat 10:00-10:30", "20T00:00", "27T00:00"), true, "a short one, long ago");
  assert.equal(goneBy("always", "01T00:00", "27T00:00"), false, "one that never ends does not go by");
});

void test("a drill is due when it was set, then so long after the last, and overdue when another one would be", () => {
  const schedule = { everySeconds: 10, setMicros: 5_000_000 };
  assert.equal(drillDueMicros(schedule, undefined), 5_000_000);
  assert.equal(drillDueMicros(schedule, 7_000_000), 17_000_000);
  const late = { dueMicros: 17_000_000, everySeconds: 10 };
  assert.equal(isDrillOverdue({ ...late, nowMicros: 27_000_000 }), false);
  assert.equal(isDrillOverdue({ ...late, nowMicros: 27_000_001 }), true);
});
