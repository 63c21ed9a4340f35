/**
 * Builds index runs in the background: of each 16 segments of a branch one run, of each 16 runs one of the next level, so that any
 * point is the base and at most a few dozen files (docs/decisions/0003-index-runs.md).
 *
 * Invariant: a run says for each byte that its segments wrote where the newest of them has it; where the base has swallowed the
 * oldest of them, those may be missing. A run that is missing costs time, one that is wrong costs the point: it is derived from
 * files that are authenticated, and written whole before it is named.
 *
 * Order: written under a passing name, datasync → rename → folder sync → manifest. A crash between leaves a file that no manifest
 * names, which the next open removes.
 */
import { assert, NUMBER_MAX, randomId } from "@leeward/base";
import { IndexRunWriter, type SegmentFacts, type SegmentReader } from "@leeward/change-log";
import type { IndexEntry } from "@leeward/proto";
import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import { type JournalParts, orFull, record, stateOf } from "../journal-parts.ts";
import { RUN_FAN_IN, runSpan } from "../limits.ts";
import type { HeldSegment, RunEntry, StoredFile } from "../manifest/entry.ts";
import { runName } from "../manifest/file-name.ts";
import type { PlacedFile } from "../view/file-library.ts";
import { giveUp } from "../view/file-removal.ts";
import { segmentEntries } from "../view/segment-entries.ts";
import { type EntryPages, mergedEntries } from "./entry-merge.ts";
import { type Covering, coverOf } from "./run-cover.ts";

/** A run that can be built now. */
interface MissingRun {
  readonly branch: Branch;
  readonly level: number;
  readonly first: number;
}

export class RunKeeper {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Builds all runs that can be built, one after another. @throws Fault `journal-full`, and what reading and writing throw */
  async buildAll(signal: AbortSignal): Promise<number> {
    let built = 0;
    for (;;) {
      signal.throwIfAborted();
      const isBuilt = await this.#parts.maintenance.hold(() => this.#buildNext());
      if (!isBuilt) return built;
      built += 1;
    }
  }

  async #buildNext(): Promise<boolean> {
    const missing = nextMissing(stateOf(this.#parts));
    if (missing === undefined) return false;
    const file = await orFull(this.#parts.folder, () => this.#write(missing));
    const { branch, level, first } = missing;
    await record(this.#parts, [{ type: "run", branch: branch.id, level, first, file }]);
    return true;
  }

  async #write(missing: MissingRun): Promise<StoredFile> {
    const { world, folder } = this.#parts;
    const path = `${folder}/runs/new-${randomId(world.random)}`;
    const writer = await this.#begin(missing, path);
    try {
      await this.#merge(missing, writer);
      const sealed = await writer.seal();
      return await this.#keep(missing, sealed);
    } catch (error) {
      await giveUp(writer);
      throw error;
    }
  }

  async #merge(missing: MissingRun, writer: IndexRunWriter): Promise<void> {
    const inputs = inputsOf(missing);
    const { start } = missing.branch;
    await this.#parts.library.scan(
      inputs.map(({ placed }) => placed),
      async (readers) => {
        const pages = inputs.map((input, index) => pagesOf(input, readers[index]));
        for await (const entries of mergedEntries(pages)) {
          await writer.add(entries.filter((entry) => entry.file >= start.number));
        }
      },
    );
  }

  /** Gives the sealed file its name. */
  async #keep(
    { branch, level, first }: MissingRun,
    { path, header, bytes, sha256 }: SegmentFacts,
  ): Promise<StoredFile> {
    const { world, folder } = this.#parts;
    const { fileId } = header;
    const name = runName({ branch: branch.id, level, first, fileId });
    await world.files.rename(path, `${folder}/runs/${name}`);
    await world.files.syncFolder(`${folder}/runs`);
    return { name, fileId, bytes, sha256: Buffer.from(sha256).toString("hex") };
  }

  #begin({ branch, level, first }: MissingRun, path: string): Promise<IndexRunWriter> {
    const { world, dataKey, manifest } = this.#parts;
    const members = branch.within(first, first + runSpan(level) - 1);
    const diskBytes = members.at(-1)?.diskBytes ?? branch.start.diskBytes;
    const { blockBytes } = branch;
    const covers = { from: members[0]?.from ?? branch.start.sequence + 1, to: members.at(-1)?.to ?? 0 };
    const disk = { range: { offset: 0, length: diskBytes }, diskBytes, blockBytes, physicalBlockBytes: blockBytes };
    return IndexRunWriter.create(world, {
      path,
      codec: "lz4",
      key: dataKey,
      draft: { kind: "index-run", ...manifest.identity, branch: branch.id, ...covers, ...disk, bootId: NO_ID },
    });
  }
}

const NO_ID = "0".repeat(32);

/** A file to merge; a segment's own entries get its number as their file. */
type RunInput =
  | { readonly placed: PlacedFile; readonly run: RunEntry }
  | { readonly placed: PlacedFile; readonly segment: HeldSegment; readonly diskBytesBefore: number };

/** The lowest level first: higher ones are made of it. */
function nextMissing(state: JournalState): MissingRun | undefined {
  for (const branch of state.branches) {
    for (let level = 1; runSpan(level) <= branch.nextNumber; level += 1) {
      const span = runSpan(level);
      let segment = branch.segments[0];
      while (segment !== undefined) {
        const first = Math.floor(segment.number / span) * span;
        const missing = { branch, level, first };
        if (first + span > branch.nextNumber) break;
        if (branch.run(level, first) === undefined && isBuildable(state, missing)) return missing;
        segment = branch.following(first + span - 1);
      }
    }
  }
  return undefined;
}

/** Whether a run would make fewer of several, each of them is there, and none is damaged. What was merged needs none. */
function isBuildable(state: JournalState, missing: MissingRun): boolean {
  const covering = [...membersOf(missing)];
  return (
    covering.length > 1 &&
    covering.length <= RUN_FAN_IN &&
    covering.every((each) => !state.damagedFiles.has((each.kind === "run" ? each.run : each.segment).file.fileId))
  );
}

/** What is left of the group, newest first: runs of the level below, or the segments themselves. */
function membersOf({ branch, level, first }: MissingRun): Iterable<Covering> {
  return coverOf({ branch, first, last: first + runSpan(level) - 1 }, level - 1);
}

function inputsOf(missing: MissingRun): RunInput[] {
  return Array.from(membersOf(missing), (each): RunInput => {
    if (each.kind === "run") return { placed: { folder: "runs", file: each.run.file }, run: each.run };
    const { segment, branch } = each;
    const diskBytesBefore = branch.diskBytesBefore(segment);
    return { placed: { folder: "segments", file: segment.file }, segment, diskBytesBefore };
  });
}

async function* pagesOf(input: RunInput, reader: SegmentReader | undefined): EntryPages {
  assert(reader !== undefined, "each input has its reader");
  if ("run" in input) {
    yield* reader.entries();
    return;
  }
  const { segment, diskBytesBefore } = input;
  for await (const entries of segmentEntries(reader, { segment, diskBytesBefore, extent: WHOLE_DISK })) {
    yield entries.map((entry): IndexEntry => ({ ...entry, file: segment.number }));
  }
}

const WHOLE_DISK = { offset: 0, length: NUMBER_MAX };
