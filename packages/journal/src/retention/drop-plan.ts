import type { JournalState } from "../history/journal-state.ts";

/** How much history is kept. */
export interface RetentionPolicy {
  /** Points older than this are dropped, but for the newest of them, which says how the disk was at that moment. */
  readonly windowMicros: number;
  /** Bytes of segments and runs, the base not among them, above which the oldest points are dropped; 0 is no limit. */
  readonly bytesMax: number;
}

/** How much of its bytes a journal keeps that has come to its limit. */
const BYTES_KEPT_PART = 15 / 16;

/** The oldest points that are to go. */
export interface DropPlan {
  readonly count: number;
  readonly reason: "time" | "bytes";
}

/** What the policy drops now: never the newest point that can be served, never a pinned or locked one or one newer than it. */
export function planDrop(state: JournalState, policy: RetentionPolicy, nowMicros: number): DropPlan {
  const byTime = Math.max(0, state.points.countUntil(nowMicros - policy.windowMicros) - 1);
  const byBytes = policy.bytesMax === 0 ? 0 : countByBytes(state, policy.bytesMax);
  const count = Math.min(Math.max(byTime, byBytes), heldFrom(state));
  return { count, reason: byBytes > byTime ? "bytes" : "time" };
}

/** Index of the first point that must stay. */
function heldFrom(state: JournalState): number {
  const pinned = new Set([...state.pins.values()].map(({ pointId }) => pointId));
  let newestServed = state.points.count - 1;
  while (newestServed > 0 && state.points.at(newestServed)?.withdrawn === true) newestServed -= 1;
  let index = 0;
  for (const point of state.points) {
    if (index >= newestServed || pinned.has(point.id)) return index;
    index += 1;
  }
  return 0;
}

/** How many of the oldest points have to go, so that the segments up to the first that stays make enough room. */
function countByBytes(state: JournalState, bytesMax: number): number {
  let bytes = 0;
  for (const { folder, file } of state.files()) if (folder !== "base") bytes += file.bytes;
  if (bytes <= bytesMax) return 0;
  // A little more than has to be, so that the base is not written anew for each segment that comes in.
  let excess = bytes - bytesMax * BYTES_KEPT_PART;
  const freed = new Map<string, number>();
  let count = 0;
  for (const point of state.points) {
    const branch = state.branch(point.branch);
    const number = branch?.numberEndingAt(point.sequence);
    if (branch !== undefined && number !== undefined) {
      for (let at = freed.get(branch.id) ?? branch.start.number; at <= number; at += 1) {
        excess -= branch.segment(at)?.file.bytes ?? 0;
      }
      freed.set(branch.id, Math.max(freed.get(branch.id) ?? 0, number + 1));
    }
    if (excess <= 0) return count;
    count += 1;
  }
  return count;
}
