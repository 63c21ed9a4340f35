// The manifest's entries of points, and the list that they make: the one is the fold of the others.
import type { Entry, PointEntry } from "../manifest/entry.ts";
import { inconsistent } from "./inconsistent.ts";
import type { PointList } from "./point-list.ts";

export type EntryOfPoints = Extract<
  Entry,
  { type: "point" | "point-extended" | "points-dropped" | "points-thinned" | "points-withdrawn" }
>;

/** @param branchId gives the same string for a branch that is held, so that points share it. @throws Fault `manifest-inconsistent` */
export function applyToPoints(points: PointList, entry: EntryOfPoints, branchId: (id: string) => string): void {
  switch (entry.type) {
    case "point":
      if (points.byId(entry.id) !== undefined) throw inconsistent(`point ${entry.id} is there twice`);
      addPoint(points, entry, branchId(entry.branch));
      return;
    case "point-extended": {
      const point = points.byId(entry.id);
      if (point === undefined) throw inconsistent(`point ${entry.id} is extended and not there`);
      points.replace({ ...point, validUntilMicros: Math.max(point.validUntilMicros, entry.validUntilMicros) });
      return;
    }
    case "points-dropped":
      if (entry.count > points.count) throw inconsistent("more points are dropped than there are");
      points.dropOldest(entry.count);
      return;
    case "points-thinned":
      if (entry.ids.some((id) => points.byId(id) === undefined))
        throw inconsistent("a point is thinned out and not there");
      points.remove(new Set(entry.ids));
      return;
    case "points-withdrawn":
      for (const id of entry.ids) {
        const point = points.byId(id);
        if (point !== undefined) points.replace({ ...point, withdrawn: true });
      }
  }
}

/** Entries whose fold is this list, the shortest there are. */
export function* pointEntries(points: PointList): IterableIterator<EntryOfPoints> {
  const withdrawn: string[] = [];
  for (const point of points) {
    const { withdrawn: isWithdrawn, ...entry } = point;
    if (isWithdrawn) withdrawn.push(point.id);
    yield entry;
  }
  if (withdrawn.length > 0) yield { type: "points-withdrawn", ids: withdrawn };
}

/** What most points have in common is one object for all of them. */
function addPoint(points: PointList, entry: PointEntry, branch: string): void {
  const last = points.at(points.count - 1);
  points.add({
    ...entry,
    branch,
    memberDiskIds: sharedList(entry.memberDiskIds, last?.memberDiskIds),
    missingDiskIds: sharedList(entry.missingDiskIds, last?.missingDiskIds),
    withdrawn: false,
  });
}

function sharedList(list: readonly string[], known: readonly string[] | undefined): readonly string[] {
  if (list.length === 0) return NOTHING;
  return known?.length === list.length && list.every((item, index) => item === known[index]) ? known : list;
}

const NOTHING: readonly never[] = [];
