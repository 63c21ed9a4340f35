import assert from "node:assert/strict";
import { test } from "node:test";
import type { Point } from "@leeward/api";
import { indexAt, indexByKey, indexNear, type PlacedPoint, placed, ticksOf, windowOf } from "./timeline-view.ts";

const HOUR_MS = 3_600_000;

function pointAt(ms: number, more: Partial<Point> = {}): Point {
  const time = new Date(ms).toISOString();
  return {
    id: String(ms),
    machine: "m",
    time,
    validUntil: time,
    epoch: 1,
    kind: "auto",
    consistency: "crash",
    disks: {},
    locked: false,
    lockedUntil: null,
    ...more,
  };
}

/** A point each hour for four days. */
const HOURLY: readonly PlacedPoint[] = placed(Array.from({ length: 97 }, (_, hour) => pointAt(hour * HOUR_MS)));
const END_MS = 96 * HOUR_MS;

test("a time chooses the newest point at or before it, and a place the nearest", () => {
  assert.equal(indexAt(HOURLY, 5.9 * HOUR_MS), 5);
  assert.equal(indexAt(HOURLY, 6 * HOUR_MS), 6);
  assert.equal(indexAt(HOURLY, -1), 0);
  assert.equal(indexAt(HOURLY, END_MS * 2), 96);
  assert.equal(indexAt([], 1), -1);
  assert.equal(indexNear(HOURLY, 5.9 * HOUR_MS), 6);
  assert.equal(indexNear(HOURLY, 5.1 * HOUR_MS), 5);
  assert.equal(indexNear([], 1), -1);
});

test("keys step from point to point, by pages, and to both ends, and never past them", () => {
  const window = windowOf(HOURLY, "24h", undefined);
  const from = (index: number) => (key: string) => indexByKey(HOURLY, { index, key, window });
  const inside = from(50);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "Home", "End", "PageDown", "PageUp", "x"].map(inside), [
    49,
    51,
    0,
    96,
    47,
    52,
    undefined,
  ]);
  assert.equal(from(0)("ArrowLeft"), 0);
  assert.equal(from(96)("ArrowRight"), 96);
  assert.equal(from(96)("PageUp"), 96);
  assert.equal(from(0)("PageDown"), 0);
});

test("a page leads to another point also where points are farther apart than it", () => {
  const window = windowOf(HOURLY, "1h", undefined);
  assert.equal(indexByKey(HOURLY, { index: 50, key: "PageUp", window }), 51);
  assert.equal(indexByKey(HOURLY, { index: 50, key: "PageDown", window }), 49);
});

test("a window shows the end of history, and moves for a point that it would not show", () => {
  assert.deepEqual(windowOf(HOURLY, "6h", undefined), { fromMs: END_MS - 6 * HOUR_MS, toMs: END_MS });
  assert.deepEqual(windowOf(HOURLY, "6h", END_MS - 2 * HOUR_MS), { fromMs: END_MS - 6 * HOUR_MS, toMs: END_MS });
  assert.deepEqual(windowOf(HOURLY, "6h", 48 * HOUR_MS), { fromMs: 45 * HOUR_MS, toMs: 51 * HOUR_MS });
  assert.deepEqual(windowOf(HOURLY, "6h", 0), { fromMs: 0, toMs: 6 * HOUR_MS });
  assert.deepEqual(windowOf(HOURLY, "all", undefined), { fromMs: 0, toMs: END_MS });
});

test("a window reaches to where the newest point still holds", () => {
  const points = placed([pointAt(0), pointAt(HOUR_MS, { validUntil: new Date(5 * HOUR_MS).toISOString() })]);
  assert.deepEqual(windowOf(points, "1h", undefined), { fromMs: 4 * HOUR_MS, toMs: 5 * HOUR_MS });
  assert.deepEqual(windowOf(points, "all", undefined), { fromMs: 0, toMs: 5 * HOUR_MS });
});

test("points on one pixel are one tick, which tells what is most worth to know", () => {
  const points = placed([
    pointAt(1_000),
    pointAt(1_001, { kind: "mark" }),
    pointAt(1_002, { locked: true }),
    pointAt(9_000, { consistency: "application" }),
    pointAt(20_000),
  ]);
  const ticks = ticksOf(points, { fromMs: 0, toMs: 10_000 }, 100);
  assert.deepEqual(ticks, [
    { x: 10, sign: "locked" },
    { x: 90, sign: "consistent" },
  ]);
});
