// The source's part of a failback set: what it changed after what its target had journaled last.
//
// Invariant: it is told only where it can be proved; else the disk is compared as a whole. Worst outcome if broken: bytes of the source stay on a disk
// that is said to be the replica machine's.
//
// It is proved by a history that is whole and on the branch of the point, which reaches back to what was journaled: its log, and the regions of its
// bitmap, into which its opening has put what an unclean stop left in doubt. Nothing may be open in it that reads the disk anew because what is known of it
// is not enough.
import { isFault } from "@leeward/base";
import type { ExtentSet } from "@leeward/block";
import type { MarkSource, Splitter } from "@leeward/splitter";
import { type DiskBranchesOptions, openPresentBranch } from "../disk/disk-branches.ts";

/** Where the target stood when it was asked. */
export interface JournaledPlace {
  readonly branch: string;
  readonly sequence: number;
}

/** undefined when it cannot be proved. No splitter is open any more when it settles. @throws as `openPresentBranch`, but for what is damaged */
export async function changedSince(
  options: Omit<DiskBranchesOptions, "marks">,
  place: JournaledPlace,
): Promise<ExtentSet | undefined> {
  const { splitter } = await openPresentBranch({ ...options, marks: NO_MARKS });
  try {
    if (splitter.branch !== place.branch || !isWhole(splitter)) return undefined;
    // The log was set back: it gives the same sequences to other writes, or has lost some.
    if (splitter.facts().writtenSequence < place.sequence) return undefined;
    const changed = await splitter.changedAfter(place.sequence);
    // What a catch-up took from the bitmap while that was looked through stands in the log by now.
    changed.addAll(await splitter.changedAfter(place.sequence));
    return isWhole(splitter) ? changed : undefined;
  } catch (error) {
    if (!isFault(error) || !(error.kind === "corruption" || UNPROVABLE.has(error.code))) throw error;
    return undefined;
  } finally {
    await splitter.close();
  }
}

const UNPROVABLE: ReadonlySet<string> = new Set(["log-trimmed", "tracking-failed"]);

/** Its log takes every change, and no copy of the whole disk is open. */
function isWhole({ state }: Splitter): boolean {
  if (state.kind !== "protected" && state.kind !== "reduced") return false;
  return !("copy" in state) || state.copy === undefined;
}

/** Nobody writes to the disk through this splitter. */
const NO_MARKS: MarkSource = {
  number: () => 0,
  current: () => undefined,
  held: () => false,
  expireHold: () => undefined,
};
