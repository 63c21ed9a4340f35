import type { JournalState } from "../history/journal-state.ts";
import type { HeldPoint } from "../history/point-list.ts";
import type { JournalPoint, TimeRange } from "../recovery-point.ts";
import { type LockEnd, lockedPoints } from "./pins.ts";

/** Points of the range that can be opened, oldest first. */
export function listPoints(
  state: JournalState,
  { fromMicros = 0, toMicros = Number.MAX_SAFE_INTEGER, nowMicros }: TimeRange & { readonly nowMicros: number },
): JournalPoint[] {
  const locked = lockedPoints(state, nowMicros);
  const listed: JournalPoint[] = [];
  const end = state.points.countUntil(toMicros);
  for (let index = fromMicros === 0 ? 0 : state.points.countUntil(fromMicros - 1); index < end; index += 1) {
    const point = state.points.at(index);
    if (point !== undefined && !point.withdrawn) listed.push(shown(state, point, locked.get(point.id)));
  }
  return listed;
}

export function shownPoint(state: JournalState, point: HeldPoint, nowMicros: number): JournalPoint {
  return shown(state, point, lockedPoints(state, nowMicros).get(point.id));
}

function shown(state: JournalState, point: HeldPoint, lock: LockEnd | undefined): JournalPoint {
  const { id, number, timeMicros, validUntilMicros, kind, consistency, epoch, sequence } = point;
  const branch = state.branch(point.branch)?.name ?? point.branch;
  const { memberDiskIds, missingDiskIds } = point;
  const locked = { locked: lock !== undefined, lockedUntilMicros: lock?.untilMicros };
  const place = { branch, sequence, memberDiskIds, missingDiskIds, ...locked };
  return { id, number, timeMicros, validUntilMicros, kind, consistency, epoch, ...place };
}
