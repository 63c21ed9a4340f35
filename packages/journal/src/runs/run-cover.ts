import type { Branch } from "../history/branch.ts";
import type { Portion } from "../history/journal-state.ts";
import { runSpan } from "../limits.ts";
import type { RunEntry, SegmentEntry } from "../manifest/entry.ts";

/** What answers for some segments of a branch: the run that covers them, or the one segment itself. */
export type Covering =
  | { readonly kind: "run"; readonly branch: Branch; readonly run: RunEntry }
  | { readonly kind: "segment"; readonly branch: Branch; readonly segment: SegmentEntry };

/**
 * The fewest runs and segments that answer for the portion, newest first. A run may begin before the portion does: what it says of
 * segments that are not kept any more lies in the base.
 */
export function* coverOf({ branch, first, last }: Portion): IterableIterator<Covering> {
  for (let number = last; number >= first; ) {
    const run = longestRunEndingAt(branch, number);
    const segment = branch.segment(number);
    if (run !== undefined) {
      yield { kind: "run", branch, run };
      number = run.first - 1;
    } else {
      if (segment !== undefined) yield { kind: "segment", branch, segment };
      number -= 1;
    }
  }
}

function longestRunEndingAt(branch: Branch, number: number): RunEntry | undefined {
  let longest: RunEntry | undefined;
  for (let level = 1; (number + 1) % runSpan(level) === 0; level += 1) {
    longest = branch.run(level, number + 1 - runSpan(level)) ?? longest;
  }
  return longest;
}
