import { Fault, formatTime } from "@leeward/base";
import type { PointAt } from "../recovery-point.ts";
import type { Branch, GapReason } from "./branch.ts";
import type { JournalState } from "./journal-state.ts";
import type { HeldPoint } from "./point-list.ts";

/**
 * The point that `at` means.
 * @throws Fault `point-missing` (none by this name, or none so early), `point-withdrawn`, `point-in-gap` (names both neighbours)
 */
export function choosePoint(state: JournalState, at: PointAt): HeldPoint {
  switch (at.kind) {
    case "latest":
      return latestPoint(state);
    case "id":
      return pointById(state, at.id);
    case "time":
      return pointAtTime(state, at.micros);
  }
}

function latestPoint(state: JournalState): HeldPoint {
  for (let index = state.points.count - 1; index >= 0; index -= 1) {
    const point = state.points.at(index);
    if (point !== undefined && !point.withdrawn) return point;
  }
  throw pointMissing("The journal holds no recovery point yet.");
}

function pointById(state: JournalState, id: string): HeldPoint {
  const point = state.points.byId(id);
  if (point === undefined) throw pointMissing(`The journal holds no recovery point ${id}.`, { point: id });
  if (point.withdrawn) throw pointWithdrawn(point);
  return point;
}

function pointAtTime(state: JournalState, micros: number): HeldPoint {
  const count = state.points.countUntil(micros);
  const before = state.points.at(count - 1);
  const after = state.points.at(count);
  if (before === undefined) {
    const oldest = after === undefined ? null : formatTime(after.timeMicros);
    throw pointMissing(`The journal holds no recovery point at or before ${formatTime(micros)}.`, { oldest });
  }
  const isExact = micros <= before.validUntilMicros;
  if (!before.withdrawn && (isExact || !isGapBetween(state, before, after))) return before;
  throw inGap(micros, { before: neighbour(state, count - 1, -1), after: neighbour(state, count, 1) });
}

/** The nearest point that can be served, from `index` on in the direction of `step`. */
function neighbour(state: JournalState, index: number, step: 1 | -1): HeldPoint | undefined {
  let at = index;
  while (state.points.at(at)?.withdrawn === true) at += step;
  return state.points.at(at);
}

/** Whether the history between two neighbouring points (or after the last one) has a place where no point can be. */
export function isGapBetween(state: JournalState, before: HeldPoint, after: HeldPoint | undefined): boolean {
  const stretches = stretchesBetween(state, before, after);
  return (
    stretches === undefined || stretches.some(({ branch, after, through }) => branch.closedBetween(after, through))
  );
}

/** Why a gap between two neighbouring points is one, where that is known. */
export function gapReasonBetween(state: JournalState, before: HeldPoint, after: HeldPoint): GapReason | undefined {
  for (const { branch, after: first, through } of stretchesBetween(state, before, after) ?? []) {
    const reason = branch.reasonBetween(first, through);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The segments that lie between two neighbouring points, by branch; undefined where the journal does not hold them together. */
function stretchesBetween(
  state: JournalState,
  before: HeldPoint,
  after: HeldPoint | undefined,
): { readonly branch: Branch; readonly after: number; readonly through: number }[] | undefined {
  const earlier = state.branch(before.branch);
  const first = earlier?.numberEndingAt(before.sequence);
  if (earlier === undefined || first === undefined) return undefined;
  const later = after === undefined ? state.current : state.branch(after.branch);
  if (later === undefined) return undefined;
  // Behind the newest point nothing follows yet that is whole: the end of the branch counts as one segment more.
  const last = after === undefined ? later.nextNumber : later.numberEndingAt(after.sequence);
  if (last === undefined) return undefined;
  if (later === earlier) return [{ branch: later, after: first, through: last }];
  return [
    { branch: earlier, after: first, through: earlier.nextNumber },
    { branch: later, after: later.start.number - 2, through: last },
  ];
}

function pointMissing(message: string, detail: Fault["detail"] = {}): Fault {
  return new Fault({
    code: "point-missing",
    kind: "operator",
    message,
    remedy: "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
    detail,
  });
}

function pointWithdrawn(point: HeldPoint): Fault {
  return new Fault({
    code: "point-withdrawn",
    kind: "corruption",
    message: `The recovery point ${point.id} needs bytes that are damaged, and is not served.`,
    remedy: "Choose another: `leeward point list`. Check the disk that holds the journal.",
    detail: { point: point.id, time: formatTime(point.timeMicros) },
  });
}

function inGap(
  micros: number,
  { before, after }: { before: HeldPoint | undefined; after: HeldPoint | undefined },
): Fault {
  const nameOf = (point: HeldPoint | undefined): string =>
    point === undefined ? "none" : formatTime(point.timeMicros);
  return new Fault({
    code: "point-in-gap",
    kind: "operator",
    message: `${formatTime(micros)} lies in a gap of the history; the points beside it: ${nameOf(before)}, ${nameOf(after)}.`,
    remedy: "Choose one of the two neighbours that the message names.",
    detail: {
      before: before?.id ?? null,
      beforeTime: before === undefined ? null : formatTime(before.timeMicros),
      after: after?.id ?? null,
      afterTime: after === undefined ? null : formatTime(after.timeMicros),
    },
  });
}
