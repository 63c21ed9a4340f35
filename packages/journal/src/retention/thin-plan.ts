/**
 * Which points make room for others behind the any-point window.
 *
 * Invariant: the journals of a machine's disks, and of a group's machines, choose the same points without asking one another, whenever each of
 * them comes to it. So the choice rests on nothing but what is equal in all of them, and choosing by small steps first and by large
 * ones later gives what the large ones give at once. Worst outcome: each disk keeps another point of an hour, and the machine has none.
 *
 * - Time is cut into steps from 1970 on, never from a point; a step is looked at only when it has passed whole. Steps of later tiers are
 *   multiples of those of earlier ones, so that they nest.
 * - In a step, points with the same members are compared, for exactly these disks have all of them; those of which others in the step have more
 *   members go. Of a machine's own points the most consistent stays, of equal ones the newest.
 * - A group's point has another time on each of its machines, and only its id in common: of each consistency the one with the lowest id stays.
 * - Pinned and locked points stay beside the chosen one, for another disk may not hold them so.
 */
import type { JournalState } from "../history/journal-state.ts";
import type { HeldPoint } from "../history/point-list.ts";

/** Of points older than `afterMicros` one per step stays. */
export interface ThinningTier {
  readonly afterMicros: number;
  readonly stepMicros: number;
}

const CONSISTENCY_ORDER = ["crash", "file-system", "application"];
/** Digits of a group point's id that say whose group it is, and of which members. */
const REVISION_DIGITS = 12;

/** Ids of the points that go, oldest first. Those before index `first`, and those that are held, are left as they are. */
export function planThinning(
  state: JournalState,
  tiers: readonly ThinningTier[],
  {
    nowMicros,
    held,
    first,
  }: { readonly nowMicros: number; readonly held: ReadonlySet<string>; readonly first: number },
): string[] {
  const [youngest] = tiers;
  if (youngest === undefined) return [];
  const coarseFirst = tiers.toSorted((a, b) => b.afterMicros - a.afterMicros);
  const steps = new Map<string, HeldPoint[]>();
  const end = state.points.countUntil(nowMicros - youngest.afterMicros);
  for (let index = first; index < end; index += 1) {
    const point = state.points.at(index);
    const step = point === undefined || point.withdrawn ? undefined : stepOf(point, coarseFirst, nowMicros);
    if (point === undefined || step === undefined) continue;
    const others = steps.get(step);
    if (others === undefined) steps.set(step, [point]);
    else others.push(point);
  }
  const gone: string[] = [];
  for (const points of steps.values()) {
    if (points.length === 1) continue;
    const chosen = new Set(chosenOf(points));
    for (const point of points) if (!chosen.has(point) && !held.has(point.id)) gone.push(point.id);
  }
  return gone;
}

/** The step that the point lies in, of the oldest tier that has come to it; undefined when none has. */
function stepOf(point: HeldPoint, coarseFirst: readonly ThinningTier[], nowMicros: number): string | undefined {
  for (const { afterMicros, stepMicros } of coarseFirst) {
    const step = Math.floor(point.timeMicros / stepMicros);
    if ((step + 1) * stepMicros <= nowMicros - afterMicros) return `${stepMicros}:${step}`;
  }
  return undefined;
}

/** Points of one step that stay. */
function chosenOf(points: readonly HeldPoint[]): HeldPoint[] {
  const best = new Map<string, HeldPoint>();
  for (const point of points) {
    const kin = `${kinOf(point)} ${point.memberDiskIds.toSorted().join(" ")}`;
    const before = best.get(kin);
    if (before === undefined || isBetter(point, before)) best.set(kin, point);
  }
  const all = [...best.values()];
  return all.filter((point) => !all.some((other) => kinOf(other) === kinOf(point) && isWider(other, point)));
}

/** Points that are compared with one another: a machine's own, or those of one group in one consistency. */
function kinOf({ kind, id, consistency }: HeldPoint): string {
  return kind === "group" ? `${id.slice(0, REVISION_DIGITS)} ${consistency}` : "own";
}

function isBetter(point: HeldPoint, other: HeldPoint): boolean {
  if (point.kind === "group") return point.id < other.id;
  const more = CONSISTENCY_ORDER.indexOf(point.consistency) - CONSISTENCY_ORDER.indexOf(other.consistency);
  const later = point.timeMicros - other.timeMicros || point.number - other.number;
  return more !== 0 ? more > 0 : later !== 0 ? later > 0 : point.id < other.id;
}

function isWider(point: HeldPoint, other: HeldPoint): boolean {
  const members = new Set(point.memberDiskIds);
  return members.size > other.memberDiskIds.length && other.memberDiskIds.every((id) => members.has(id));
}
