import { assert, MiB } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import type { ChangeTracker } from "@leeward/tracker";

export const PAGE_BYTES = 4_096;
const READ_BYTES = MiB;

/** What was taken from a tracker. It is settled or given back before anything else is taken. */
export interface TakenChanges {
  /** What is to be copied: all but the agent's own blocks. Pieces of 1 MiB at most. */
  readonly extents: readonly Extent[];
  /** Nothing was waiting; there is nothing to settle. */
  readonly isEmpty: boolean;
  /** A copy that was read after the take is durable: what was left out waits again, the rest is forgotten. */
  settle(): void;
  /** No copy came of it: all of it waits again. */
  giveBack(): void;
}

/** Which blocks of the disk hold the agent's own files now. */
export type OwnExtents = () => Promise<readonly Extent[]>;

/**
 * Collects what changed and takes it.
 *
 * The agent's own files (logs, digests) may lie on the disk. What a copy writes there would be copied next, and written again, without end: so these
 * blocks are left out for as long as they belong to those files, and wait. What of the log is removed is zeroes by then (`wiped-files.ts`).
 */
export async function takeChanges(tracker: ChangeTracker, ownExtents: OwnExtents): Promise<TakenChanges> {
  await tracker.collect();
  const own = wholePages(await ownExtents());
  const isEmpty = tracker.take() === 0;
  const extents: Extent[] = [];
  const left: Extent[] = [];
  for (const extent of tracker.taken(READ_BYTES)) {
    extents.push(...own.gaps(extent));
    left.push(...own.within(extent));
  }
  return {
    extents,
    isEmpty,
    settle: () => {
      assert(tracker.takenCount > 0 || left.length === 0, "what is left out was taken");
      for (const extent of left) tracker.wait(extent);
      tracker.settle();
    },
    giveBack: () => tracker.giveBack(),
  };
}

/** The pages that lie in the extents as a whole: what a page holds besides is copied with it. */
export function wholePages(extents: readonly Extent[]): ExtentSet {
  const pages = new ExtentSet();
  for (const extent of extents) {
    const offset = Math.ceil(extent.offset / PAGE_BYTES) * PAGE_BYTES;
    const length = Math.floor(endOf(extent) / PAGE_BYTES) * PAGE_BYTES - offset;
    if (length > 0) pages.add({ offset, length });
  }
  return pages;
}

/** How much the extents cover together, of which no two overlap. */
export function bytesOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, { length }) => sum + length, 0);
}
