import type { JournalState } from "../history/journal-state.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { coverOf } from "../runs/run-cover.ts";
import type { PlacedFile } from "./file-library.ts";

/**
 * The files that the disk at a place is read from, as PointView reads it: the segments that lead there from the base, or from nothing, the index runs that are read in their place, and the base.
 * Others are named when files of a view are replaced (`layout` of the state rises), never because history goes on.
 */
export function* neededFiles(state: JournalState, { branch, sequence }: BranchPosition): IterableIterator<PlacedFile> {
  const path = state.pathTo(branch, sequence);
  for (const portion of path.portions) {
    for (const { file } of portion.branch.within(portion.first, portion.last)) yield { folder: "segments", file };
    for (const covering of coverOf(portion))
      if (covering.kind === "run") yield { folder: "runs", file: covering.run.file };
  }
  if (path.onBase) for (const file of state.ranges.values()) yield { folder: "base", file };
}
