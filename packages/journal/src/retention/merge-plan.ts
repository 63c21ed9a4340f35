import { type Branch, firstOf } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import type { HeldSegment } from "../manifest/entry.ts";
import { heldPoints } from "../points/pins.ts";
import { journalNow, type RetentionPolicy } from "./drop-plan.ts";

/** Segments that are merged at once: as many are open, with a page of each in memory. */
const SEGMENTS_MAX = 64;
/** What they hold together, bytes: what is merged is written whole, and a larger one is not written again for a little more. */
const RAW_BYTES_MAX = 1024 * 1024 * 1024;

/** Segments of a branch, one after another, that one file can take the place of. */
export interface Merge {
  readonly branch: Branch;
  readonly segments: readonly HeldSegment[];
}

/**
 * Of points up to when what lies between them may be merged: there no point is going to be added. That is where thinning begins, or where the oldest point stands that
 * nothing but the policy keeps.
 */
export function horizonOf(state: JournalState, policy: RetentionPolicy, wallMicros: number): number {
  const reachMicros = policy.tiers?.[0]?.afterMicros ?? policy.windowMicros;
  const horizon = journalNow(state, wallMicros) - reachMicros;
  const held = heldPoints(state, wallMicros);
  for (const { id, timeMicros } of state.points) if (!held.has(id)) return Math.max(horizon, timeMicros);
  return horizon;
}

/**
 * What is to be merged: stretches of a branch between two places that have to stay readable, as far as they may be. What lies before the oldest of
 * them is the base's to swallow.
 */
export function* planMerges(state: JournalState, horizonMicros: number): IterableIterator<Merge> {
  for (const branch of state.branches) {
    const last = lastPointThrough(state, branch, horizonMicros);
    if (last === undefined) continue;
    const places = keptPlaces(state, branch);
    const isRoot = branch.parent === undefined || state.base?.branch === branch.id;
    let stretch: HeldSegment[] = [];
    let mayMerge = !isRoot || places.has(branch.start.number - 1);
    for (const segment of branch.within(branch.start.number, last)) {
      if (mayMerge) stretch.push(segment);
      if (!places.has(segment.number)) continue;
      yield* mergesOf(state, branch, stretch);
      [stretch, mayMerge] = [[], true];
    }
  }
}

/** Number of the segment at whose end the newest point of that time or before stands on the branch. */
function lastPointThrough(state: JournalState, branch: Branch, horizonMicros: number): number | undefined {
  for (let index = state.points.countUntil(horizonMicros) - 1; index >= 0; index -= 1) {
    const point = state.points.at(index);
    if (point?.withdrawn === false && point.branch === branch.id) return branch.numberEndingAt(point.sequence);
  }
  return undefined;
}

/** Numbers of the branch's segments whose ends have to stay: points, where other branches begin, where the base stands or is being brought to. */
export function keptPlaces(state: JournalState, branch: Branch): ReadonlySet<number> {
  const places = new Set<number>();
  const keep = (sequence: number): void => {
    const number = branch.numberEndingAt(sequence);
    if (number !== undefined) places.add(number);
  };
  for (const point of state.points) if (!point.withdrawn && point.branch === branch.id) keep(point.sequence);
  for (const { parent } of state.branches) if (parent?.branch === branch.id) keep(parent.sequence);
  if (state.floor?.branch === branch.id) keep(state.floor.sequence);
  return places;
}

/**
 * Cuts a stretch into merges: as long as the limits let them be, of whole files alone, beginning and ending where all is whole.
 * What a needed span goes through is one or stays as it is.
 */
function* mergesOf(state: JournalState, branch: Branch, stretch: readonly HeldSegment[]): IterableIterator<Merge> {
  for (let from = 0; from < stretch.length; ) {
    const first = stretch[from];
    const length =
      first !== undefined && branch.pointableAt(firstOf(first) - 1)
        ? longestFrom(state, branch, stretch.slice(from))
        : 0;
    if (length > 1) yield { branch, segments: stretch.slice(from, from + length) };
    from += Math.max(1, length);
  }
}

function longestFrom(state: JournalState, branch: Branch, segments: readonly HeldSegment[]): number {
  let [length, rawBytes] = [0, 0];
  for (const [index, segment] of segments.entries()) {
    rawBytes += segment.rawBytes;
    if (index >= SEGMENTS_MAX || rawBytes > RAW_BYTES_MAX || state.damagedFiles.has(segment.file.fileId)) return length;
    if (branch.pointableAt(segment.number)) length = index + 1;
  }
  return length;
}
