import type { JournalState } from "../history/journal-state.ts";
import type { HeldPoint } from "../history/point-list.ts";
import type { JournalPoint, TimeRange } from "../recovery-point.ts";

/** Points of the range that can be opened, oldest first. */
export function listPoints(
  state: JournalState,
  { fromMicros = 0, toMicros = Number.MAX_SAFE_INTEGER }: TimeRange,
): JournalPoint[] {
  const locked = lockedPoints(state);
  const listed: JournalPoint[] = [];
  const end = state.points.countUntil(toMicros);
  for (let index = fromMicros === 0 ? 0 : state.points.countUntil(fromMicros - 1); index < end; index += 1) {
    const point = state.points.at(index);
    if (point !== undefined && !point.withdrawn) listed.push(shown(point, locked.has(point.id)));
  }
  return listed;
}

export function shownPoint(state: JournalState, point: HeldPoint): JournalPoint {
  return shown(point, lockedPoints(state).has(point.id));
}

function lockedPoints(state: JournalState): ReadonlySet<string> {
  const locked = new Set<string>();
  for (const pin of state.pins.values()) if (pin.kind === "lock") locked.add(pin.pointId);
  return locked;
}

function shown(point: HeldPoint, locked: boolean): JournalPoint {
  const { id, number, timeMicros, validUntilMicros, kind, consistency, epoch, branch, sequence } = point;
  const { memberDiskIds, missingDiskIds } = point;
  const place = { branch, sequence, memberDiskIds, missingDiskIds, locked };
  return { id, number, timeMicros, validUntilMicros, kind, consistency, epoch, ...place };
}
