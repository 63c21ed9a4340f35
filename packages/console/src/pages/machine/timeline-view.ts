// Where points and spans lie on the timeline, and which point a key or a place of the pointer chooses. Times are milliseconds since 1970.
import type { Point } from "@leeward/api";

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A point with its time as a number: points are ordered by it, the oldest first. */
export interface PlacedPoint {
  readonly point: Point;
  readonly atMs: number;
  /** Until when it stands for what the disks hold: of an idle machine long after it was made. */
  readonly untilMs: number;
}

const HOUR_MS = 3_600_000;
/** The span of each zoom; null is all that there is. */
export const ZOOMS = { "1h": HOUR_MS, "6h": 6 * HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS, all: null } as const;
export type Zoom = keyof typeof ZOOMS;

/** A page is a tenth of what is seen. */
const PAGES_PER_WINDOW = 10;

export function placed(points: readonly Point[]): readonly PlacedPoint[] {
  return points
    .map((point) => ({ point, atMs: Date.parse(point.time), untilMs: Date.parse(point.validUntil) }))
    .toSorted((one, other) => one.atMs - other.atMs);
}

/** As much of the end of history as the zoom shows, moved only as far as it must for `chosenMs` to be seen. */
export function windowOf(points: readonly PlacedPoint[], zoom: Zoom, chosenMs: number | undefined): TimeWindow {
  const oldest = points[0]?.atMs ?? 0;
  const newest = points.at(-1)?.untilMs ?? 0;
  const span = ZOOMS[zoom] ?? Math.max(1, newest - oldest);
  const isSeen = chosenMs === undefined || chosenMs >= newest - span;
  const toMs = isSeen ? newest : Math.min(newest, Math.max(chosenMs + span / 2, oldest + span));
  return { fromMs: toMs - span, toMs };
}

/** Of the newest point at or before a time; the oldest where there is none, -1 of no points. */
export function indexAt(points: readonly PlacedPoint[], ms: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.atMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return points.length === 0 ? -1 : Math.max(0, low - 1);
}

/** Of the point that is nearest to a time; -1 of no points. */
export function indexNear(points: readonly PlacedPoint[], ms: number): number {
  const before = indexAt(points, ms);
  const [one, other] = [points[before], points[before + 1]];
  if (one === undefined || other === undefined) return before;
  return ms - one.atMs <= other.atMs - ms ? before : before + 1;
}

/** Where a key leads from the point at `index`; undefined for keys that mean nothing here. */
export function indexByKey(
  points: readonly PlacedPoint[],
  { index, key, window }: { readonly index: number; readonly key: string; readonly window: TimeWindow },
): number | undefined {
  const last = points.length - 1;
  const page = (window.toMs - window.fromMs) / PAGES_PER_WINDOW;
  const atMs = points[index]?.atMs ?? 0;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, index + 1);
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, index - 1);
    case "PageUp":
      return Math.max(Math.min(last, index + 1), indexAt(points, atMs + page));
    case "PageDown":
      return Math.min(Math.max(0, index - 1), indexAt(points, atMs - page));
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

export type PointSign = "auto" | "mark" | "group" | "consistent" | "locked";
/** What is told of several points on one pixel: the last of these that one of them is. */
const SIGNS: readonly PointSign[] = ["auto", "consistent", "group", "mark", "locked"];

function signOf({ locked, kind, consistency }: Point): PointSign {
  if (locked) return "locked";
  if (kind !== "auto") return kind;
  return consistency === "crash" ? "auto" : "consistent";
}

export interface Tick {
  readonly x: number;
  readonly sign: PointSign;
}

/** One tick for each pixel that has points in the window. */
export function ticksOf(points: readonly PlacedPoint[], window: TimeWindow, width: number): readonly Tick[] {
  const byPixel = new Map<number, PointSign>();
  for (const { point, atMs } of points) {
    if (atMs < window.fromMs || atMs > window.toMs) continue;
    const x = Math.round(placeOf(atMs, window, width));
    const [sign, had] = [signOf(point), byPixel.get(x)];
    if (had === undefined || SIGNS.indexOf(sign) > SIGNS.indexOf(had)) byPixel.set(x, sign);
  }
  return [...byPixel].map(([x, sign]) => ({ x, sign }));
}

/** Pixels from the window's begin. */
export function placeOf(ms: number, { fromMs, toMs }: TimeWindow, width: number): number {
  return ((ms - fromMs) / Math.max(1, toMs - fromMs)) * width;
}

/** The time at a place. */
export function timeAt(x: number, { fromMs, toMs }: TimeWindow, width: number): number {
  return fromMs + (Math.min(Math.max(x, 0), width) / Math.max(1, width)) * (toMs - fromMs);
}
