import type { JournalState } from "../history/journal-state.ts";
import { heldPoints } from "../points/pins.ts";
import { planThinning, type ThinningTier } from "./thin-plan.ts";

/** How much history is kept. */
export interface RetentionPolicy {
  /** Points older than this are dropped, but for the newest of them, which says how the disk was at that moment. */
  readonly windowMicros: number;
  /** Bytes of segments and runs, the base not among them, above which the oldest points are dropped; 0 is no limit. */
  readonly bytesMax: number;
  /** Which points stay behind the any-point window, the youngest tier first; none: all of them. */
  readonly tiers?: readonly ThinningTier[];
}

/** How much of its bytes a journal keeps that has come to its limit. */
export const BYTES_KEPT_PART = 15 / 16;
/** Points that are taken out of the middle at once: their ids are one frame of the manifest. */
const IDS_MAX = 32_768;

/** Points that are to go. */
export interface DropPlan {
  /** So many of the oldest. */
  readonly count: number;
  /** Ids of others that are too old: an older one that is held stands before them. */
  readonly behindHeld: readonly string[];
  readonly reason: "time" | "bytes";
  /** Ids of those that make room for a neighbour in their step. */
  readonly thinned: readonly string[];
}

/**
 * What a journal takes for the present: its newest point, for as long as that holds. While no new points can be made, none grows
 * older, and old ones stay; nor does a clock that jumps ahead drop any.
 */
export function journalNow(state: JournalState, wallMicros: number): number {
  const newest = state.points.at(newestServed(state));
  return Math.min(wallMicros, newest?.validUntilMicros ?? 0);
}

/** What the policy drops now: never the newest point that can be served, never a pinned or locked one. */
export function planDrop(
  state: JournalState,
  policy: RetentionPolicy,
  { wallMicros, mayReachBehindHeld }: { readonly wallMicros: number; readonly mayReachBehindHeld: boolean },
): DropPlan {
  const now = journalNow(state, wallMicros);
  const held = heldPoints(state, wallMicros);
  const byTime = Math.max(0, state.points.countUntil(now - policy.windowMicros) - 1);
  const byBytes = policy.bytesMax === 0 ? 0 : countByBytes(state, policy.bytesMax, { held, mayReachBehindHeld });
  const end = Math.min(Math.max(byTime, byBytes), Math.max(0, newestServed(state)));
  let count = 0;
  while (count < end && !held.has(state.points.at(count)?.id ?? "")) count += 1;
  const behindHeld: string[] = [];
  for (let index = count; index < end && behindHeld.length < IDS_MAX; index += 1) {
    const id = state.points.at(index)?.id;
    if (id !== undefined && !held.has(id)) behindHeld.push(id);
  }
  const thinned = planThinning(state, policy.tiers ?? [], { nowMicros: now, held, first: end });
  const reason = byBytes > byTime ? "bytes" : "time";
  return { count, behindHeld, reason, thinned: thinned.slice(0, IDS_MAX - behindHeld.length) };
}

/** Ids of all points that go. */
export function goneBy(state: JournalState, { count, behindHeld, thinned }: DropPlan): ReadonlySet<string> {
  const gone = new Set([...behindHeld, ...thinned]);
  for (let index = 0; index < count; index += 1) gone.add(state.points.at(index)?.id ?? "");
  return gone;
}

function newestServed(state: JournalState): number {
  let index = state.points.count - 1;
  while (index > 0 && state.points.at(index)?.withdrawn === true) index -= 1;
  return index;
}

/**
 * How many of the oldest points have to go, so that the segments up to the first that stays make enough room. Behind a point that is held
 * the room comes by merging, and nobody knows how much: it is looked at again when all is merged.
 */
function countByBytes(
  state: JournalState,
  bytesMax: number,
  { held, mayReachBehindHeld }: { readonly held: ReadonlySet<string>; readonly mayReachBehindHeld: boolean },
): number {
  const bytes = historyBytes(state);
  if (bytes <= bytesMax) return 0;
  // A little more than has to be, so that the base is not written anew for each segment that comes in.
  let excess = bytes - bytesMax * BYTES_KEPT_PART;
  const freed = new Map<string, number>();
  let count = 0;
  let followsHeld = false;
  for (const point of state.points) {
    if (held.has(point.id) && !mayReachBehindHeld) return count;
    const branch = state.branch(point.branch);
    const number = branch?.numberEndingAt(point.sequence);
    if (branch !== undefined && number !== undefined) {
      const segments = branch.within(freed.get(branch.id) ?? branch.start.number, number);
      // What leads from a held point to the next one stays, merged with what follows: it makes no room by itself.
      if (!followsHeld) for (const { file } of segments) excess -= file.bytes;
      freed.set(branch.id, Math.max(freed.get(branch.id) ?? 0, number + 1));
    }
    if (excess <= 0) return count;
    followsHeld = held.has(point.id);
    count += 1;
  }
  return count;
}

/** Bytes of segments and runs: what `bytesMax` bounds. */
export function historyBytes(state: JournalState): number {
  let bytes = 0;
  for (const { folder, file } of state.files()) if (folder !== "base") bytes += file.bytes;
  return bytes;
}
