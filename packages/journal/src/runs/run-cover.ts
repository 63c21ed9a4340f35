import { type Branch, firstOf } from "../history/branch.ts";
import type { Portion } from "../history/journal-state.ts";
import { runSpan } from "../limits.ts";
import type { HeldSegment, RunEntry } from "../manifest/entry.ts";

/** What answers for some segments of a branch: the run that covers them, or the one segment itself. */
export type Covering =
  | { readonly kind: "run"; readonly branch: Branch; readonly run: RunEntry }
  | { readonly kind: "segment"; readonly branch: Branch; readonly segment: HeldSegment };

/**
 * The fewest runs and segments that answer for the portion, newest first. A run answers for the segments whose number lies in its group; it
 * may begin before the portion does: what it says of segments that are not kept any more lies in the base. No run above `levelMax` is taken.
 */
export function* coverOf(
  { branch, first, last }: Portion,
  levelMax: number = Number.POSITIVE_INFINITY,
): IterableIterator<Covering> {
  let segment = branch.lastThrough(last);
  while (segment !== undefined && segment.number >= first) {
    const run = longestRunEndingAt(branch, segment, levelMax);
    if (run === undefined) yield { kind: "segment", branch, segment };
    else yield { kind: "run", branch, run };
    segment = branch.lastThrough((run?.first ?? firstOf(segment)) - 1);
  }
}

/** The longest run of a group that has no segment behind this one. */
function longestRunEndingAt(branch: Branch, segment: HeldSegment, levelMax: number): RunEntry | undefined {
  const { number } = segment;
  // Behind the newest segment more will come: only a group that ends with it is whole.
  const next = branch.following(number)?.number ?? number + 1;
  let longest: RunEntry | undefined;
  for (let level = 1; level <= levelMax; level += 1) {
    const span = runSpan(level);
    const first = Math.floor(number / span) * span;
    if (next < first + span) return longest;
    longest = branch.run(level, first) ?? longest;
  }
  return longest;
}
