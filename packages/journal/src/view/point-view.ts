import { type Extent, endOf, intersection } from "@leeward/block";
import type { IndexEntry } from "@leeward/proto";
import { type Branch, segmentIn } from "../history/branch.ts";
import type { JournalState, Path } from "../history/journal-state.ts";
import type { HeldSegment, RunEntry, StoredFile } from "../manifest/entry.ts";
import { type Covering, coverOf } from "../runs/run-cover.ts";
import type { FileLibrary } from "./file-library.ts";
import { layered } from "./layering.ts";
import type { BaseSource, Located, Piece, ViewSource } from "./located.ts";
import { segmentEntries } from "./segment-entries.ts";

/**
 * The disk as it was at one place of its history: base ⊕ runs ⊕ segments, newest first. It holds as long as none of its files is
 * replaced; whoever reads through it holds the journal's read gate.
 */
export class PointView {
  readonly #sources: readonly ViewSource[];
  readonly #base: BaseSource | undefined;

  constructor(library: FileLibrary, state: JournalState, path: Path) {
    this.#sources = path.portions.flatMap((portion) =>
      Array.from(coverOf(portion), (covering) => sourceOf(library, covering)),
    );
    this.#base = path.onBase ? baseSource(library, state) : undefined;
  }

  /** How many runs and segments it is made of. */
  get sourceCount(): number {
    return this.#sources.length;
  }

  /** What the extent reads as, whole and in order. */
  async pieces(extent: Extent): Promise<Piece[]> {
    return layered(this.#sources, this.#base, extent);
  }
}

function sourceOf(library: FileLibrary, covering: Covering): ViewSource {
  switch (covering.kind) {
    case "run":
      return runSource(library, covering.branch, covering.run);
    case "segment":
      return segmentSource(library, covering.branch, covering.segment);
  }
}

function segmentSource(library: FileLibrary, branch: Branch, segment: HeldSegment): ViewSource {
  const placed = { folder: "segments", file: segment.file } as const;
  const diskBytesBefore = branch.diskBytesBefore(segment);
  return {
    locate: (extent) =>
      library.use(placed, async (reader) => {
        const located: Located[] = [];
        for await (const entries of segmentEntries(reader, { segment, diskBytesBefore, extent })) {
          for (const entry of entries) located.push(locatedOf(entry, placed.file, "segments"));
        }
        return located;
      }),
  };
}

/** What a run says of segments that the base had swallowed when the view was made lies in that base. */
function runSource(library: FileLibrary, branch: Branch, run: RunEntry): ViewSource {
  const placed = { folder: "runs", file: run.file } as const;
  // Not asked for later: a base that advances meanwhile is not the one that this view reads, nor is what is merged meanwhile.
  const { segments } = branch;
  return {
    locate: (extent) =>
      library.use(placed, async (reader) => {
        const located: Located[] = [];
        for (const entry of await reader.lookup(extent)) {
          const file = segmentIn(segments, entry.file)?.file;
          if (file !== undefined) located.push(locatedOf(entry, file, "segments"));
          else located.push({ kind: "base", offset: entry.offset, length: entry.length });
        }
        return located;
      }),
  };
}

function baseSource(library: FileLibrary, state: JournalState): BaseSource {
  const rangeBytes = state.genesis?.rangeBytes ?? Number.MAX_SAFE_INTEGER;
  const files = new Map(state.ranges);
  return {
    async locate(open) {
      const located: Located[] = [];
      for (const [range, wanted] of hullsByRange(open, rangeBytes)) {
        const file = files.get(range);
        if (file === undefined) continue;
        const entries = await library.use({ folder: "base", file }, (reader) => reader.lookup(wanted));
        for (const entry of entries) located.push(locatedOf(entry, file, "base"));
      }
      return located;
    },
  };
}

/** For each range that the sorted extents touch, the least extent within it that holds all they have there. */
function hullsByRange(extents: readonly Extent[], rangeBytes: number): Map<number, Extent> {
  const hulls = new Map<number, Extent>();
  for (const extent of extents) {
    for (let range = Math.floor(extent.offset / rangeBytes); range * rangeBytes < endOf(extent); range += 1) {
      const within = intersection(extent, { offset: range * rangeBytes, length: rangeBytes });
      if (within === undefined) continue;
      const { offset } = hulls.get(range) ?? within;
      hulls.set(range, { offset, length: endOf(within) - offset });
    }
  }
  return hulls;
}

function locatedOf(entry: IndexEntry, file: StoredFile, folder: "segments" | "base"): Located {
  const { offset, length } = entry;
  if (entry.kind !== "write") return { kind: "zero", offset, length };
  return { kind: "data", offset, length, data: { file: { folder, file }, entry } };
}
