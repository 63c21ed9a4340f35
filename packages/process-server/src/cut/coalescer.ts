/**
 * The changes of one cut become disjoint runs, sorted by offset.
 *
 * Invariant: applying the runs in any order equals applying the changes in the order of their sequences. For each byte the
 * change with the highest sequence wins; bytes that no change names are in no run. Worst outcome if broken: a replica that
 * silently differs from its source, at every point from this cut on.
 *
 * A sweep along the disk keeps the changes that are open at the present offset, newest on top; only the top's bytes are taken.
 * O(n log n) in the number of changes, whatever the payload; nothing of the payload is copied, runs are views.
 */
import { assert } from "@leeward/base";
import { endOf } from "@leeward/block";
import type { Change, Run } from "./change.ts";
import { NewestFirst } from "./newest-first.ts";
import { RunBuilder } from "./run-builder.ts";

export interface CoalesceOptions {
  /** Aligned blocks of this many bytes that hold only zeroes leave as `zero`; a power of two, at least 512. */
  readonly zeroBlockBytes: number;
  /** A run of payload is at most this long; a multiple of `zeroBlockBytes`. */
  readonly runBytesMax: number;
}

/** The changes' effect as sorted, disjoint runs. Sequences are unique; the changes come in any order. */
export function coalesce(changes: readonly Change[], options: CoalesceOptions): Run[] {
  const sorted = changes.toSorted((a, b) => a.offset - b.offset);
  const open = new NewestFirst();
  const builder = new RunBuilder(options);
  let position = 0;
  let index = 0;
  for (;;) {
    closeEnded(open, position);
    const next = sorted[index];
    const top = open.top;
    if (top === undefined) {
      if (next === undefined) return builder.finish();
      position = next.offset;
    }
    if (next !== undefined && next.offset <= position) {
      open.push(next);
      index += 1;
    } else if (top !== undefined) {
      const end = Math.min(endOf(top), next?.offset ?? endOf(top));
      take(builder, top, position, end);
      position = end;
    }
  }
}

function closeEnded(open: NewestFirst, position: number): void {
  for (let top = open.top; top !== undefined && endOf(top) <= position; top = open.top) open.pop();
}

function take(builder: RunBuilder, change: Change, begin: number, end: number): void {
  assert(end > begin, "the sweep always moves on");
  if (change.kind === "write") {
    builder.addPayload(change, begin, change.payload.subarray(begin - change.offset, end - change.offset));
  } else {
    builder.addEmpty(change, change.kind, { offset: begin, length: end - begin });
  }
}
