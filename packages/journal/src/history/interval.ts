import type { TimeRange } from "../recovery-point.ts";
import type { GapReason } from "./branch.ts";
import type { JournalState } from "./journal-state.ts";
import { gapReasonBetween, isGapBetween } from "./point-choice.ts";
import type { HeldPoint } from "./point-list.ts";

/** How well a stretch of time can be recovered: at every point asked for, at fewer, or not at all. */
export type HistoryKind = "continuous" | "reduced" | "gap";

/** A stretch of time between points of one kind. */
export interface HistoryInterval {
  readonly kind: HistoryKind;
  readonly fromMicros: number;
  readonly toMicros: number;
  /** Of a gap, where it is known. */
  readonly reason?: GapReason;
}

/** The history as intervals from the oldest point on, neighbours of one kind joined. */
export function historyOf(
  state: JournalState,
  options: TimeRange & { readonly continuousMicrosMax: number },
): HistoryInterval[] {
  const intervals: HistoryInterval[] = [];
  const { fromMicros = 0, toMicros = Number.MAX_SAFE_INTEGER } = options;
  for (const [before, after] of neighbours(state)) {
    const end = after?.timeMicros ?? before.validUntilMicros;
    if (end < fromMicros || before.timeMicros > toMicros) continue;
    const kind =
      after === undefined
        ? "continuous"
        : kindBetween(state, { before, after, continuousMicrosMax: options.continuousMicrosMax });
    // A gap begins where the point before it ceases to hold.
    if (kind !== "continuous")
      push(intervals, { kind: "continuous", fromMicros: before.timeMicros, toMicros: before.validUntilMicros });
    const reason = kind === "gap" && after !== undefined ? gapReasonBetween(state, before, after) : undefined;
    push(intervals, {
      kind,
      ...(reason !== undefined && { reason }),
      fromMicros: kind === "continuous" ? before.timeMicros : before.validUntilMicros,
      toMicros: end,
    });
  }
  return intervals;
}

/** How well the present can be recovered. */
export function classifyNow(
  state: JournalState,
  options: { readonly nowMicros: number; readonly continuousMicrosMax: number },
): HistoryKind {
  let newest: HeldPoint | undefined;
  for (let index = state.points.count - 1; index >= 0 && newest === undefined; index -= 1) {
    const point = state.points.at(index);
    if (point?.withdrawn === false) newest = point;
  }
  if (newest === undefined || isGapBetween(state, newest, undefined)) return "gap";
  return options.nowMicros - newest.validUntilMicros > options.continuousMicrosMax ? "reduced" : "continuous";
}

function* neighbours(state: JournalState): IterableIterator<readonly [HeldPoint, HeldPoint | undefined]> {
  let before: HeldPoint | undefined;
  for (const point of state.points) {
    if (point.withdrawn) continue;
    if (before !== undefined) yield [before, point];
    before = point;
  }
  if (before !== undefined) yield [before, undefined];
}

function kindBetween(
  state: JournalState,
  options: { readonly before: HeldPoint; readonly after: HeldPoint; readonly continuousMicrosMax: number },
): HistoryKind {
  const { before, after, continuousMicrosMax } = options;
  if (isGapBetween(state, before, after)) return "gap";
  return after.timeMicros - before.validUntilMicros > continuousMicrosMax ? "reduced" : "continuous";
}

function push(intervals: HistoryInterval[], next: HistoryInterval): void {
  const last = intervals.at(-1);
  if (last !== undefined && last.kind === next.kind && last.toMicros >= next.fromMicros) {
    intervals[intervals.length - 1] = { ...last, toMicros: Math.max(last.toMicros, next.toMicros) };
  } else if (next.toMicros > next.fromMicros || next.kind === "continuous") intervals.push(next);
}
