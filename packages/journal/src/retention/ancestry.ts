import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";

/** The end of a segment of a branch. */
export interface Place {
  readonly branch: Branch;
  readonly number: number;
}

/** All places that have to stay readable: of every point that is served and does not go, and where the newest branch goes on. One per branch, the oldest. */
export function neededPlaces(state: JournalState, gone: ReadonlySet<string>): Place[] {
  const oldest = new Map<Branch, number>();
  const need = (branch: Branch, number: number): void => {
    oldest.set(branch, Math.min(oldest.get(branch) ?? number, number));
  };
  for (const point of state.points) {
    if (point.withdrawn || gone.has(point.id)) continue;
    const branch = state.branch(point.branch);
    const number = branch?.numberEndingAt(point.sequence);
    if (branch !== undefined && number !== undefined) need(branch, number);
  }
  const { current } = state;
  if (current !== undefined) need(current, current.nextNumber - 1);
  return Array.from(oldest, ([branch, number]) => ({ branch, number }));
}

/** The last place that all of them come from; undefined when they have none in common. */
export function commonAncestor(state: JournalState, places: readonly Place[]): Place | undefined {
  const [first, ...others] = places;
  let common: Place | undefined = first;
  for (const place of others) {
    if (common === undefined) return undefined;
    const line = new Map(state.path(common.branch, common.number).portions.map(({ branch, last }) => [branch, last]));
    const meeting = state.path(place.branch, place.number).portions.find(({ branch }) => line.has(branch));
    common =
      meeting === undefined
        ? undefined
        : { branch: meeting.branch, number: Math.min(meeting.last, line.get(meeting.branch) ?? meeting.last) };
  }
  return common;
}

/** Whether `place` is `ancestor` or comes after it. */
export function descendsFrom(state: JournalState, place: Place, ancestor: Place): boolean {
  return state
    .path(place.branch, place.number)
    .portions.some(({ branch, last }) => branch === ancestor.branch && last >= ancestor.number);
}

/** The last place at or before it, on its branch, where a point could stand; undefined when there is none. */
export function lastPointable({ branch, number }: Place): Place | undefined {
  for (const segment of branch.within(branch.start.number, number).toReversed())
    if (branch.pointableAt(segment.number)) return { branch, number: segment.number };
  return undefined;
}
