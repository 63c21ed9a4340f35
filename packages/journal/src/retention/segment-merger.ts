/**
 * Merges segments whose ends nobody needs any more: one file takes their place, without what later ones of them wrote over.
 *
 * Invariant: every place that is left reads the same from the merged file as from what it was made of, and no place that a point, a
 * branch or the base stands at lies inside of it. Worst outcome: a point that is listed reads as the disk never was.
 *
 * Order: written into staging/, datasync → rename into segments/ → folder sync → looked at again, manifest (the file, in the place of the segments
 * and of the index runs that name them) → reads that use those end → they are unlinked. A crash before the manifest leaves a file of a
 * sequence that is held, one after it the old ones: the next open removes either.
 */
import { assert, MiB, randomId } from "@leeward/base";
import { type SegmentReader, SegmentWriter } from "@leeward/change-log";
import type { IndexEntry } from "@leeward/proto";
import { firstOf, runOverlaps } from "../history/branch.ts";
import { type JournalParts, orFull, record, stateOf } from "../journal-parts.ts";
import type { HeldSegment, MergedEntry } from "../manifest/entry.ts";
import { segmentName } from "../manifest/file-name.ts";
import { mergedEntries } from "../runs/entry-merge.ts";
import { isDamage } from "../scrub/damaged-extents.ts";
import type { PlacedFile } from "../view/file-library.ts";
import { giveUp, removeFiles } from "../view/file-removal.ts";
import { segmentEntries } from "../view/segment-entries.ts";
import type { RetentionPolicy } from "./drop-plan.ts";
import { horizonOf, keptPlaces, type Merge, planMerges } from "./merge-plan.ts";

/** What was merged. */
export interface MergeReport {
  /** Files that took the place of others. */
  readonly merges: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** How far merging has come, stored bytes of what is to be merged. */
export interface MergeProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Entries of what is merged at once: they are in memory together. */
const ENTRIES_MAX = 131_072;
/** Decoded frames that are kept while one file is read in order. */
const FRAME_CACHE_BYTES = 4 * MiB;
/** After so many bytes intake goes first, and the pace is held. */
const STEP_BYTES = MiB;
const NO_ID = "0".repeat(32);

export class SegmentMerger {
  readonly #parts: JournalParts;
  /** Ids of files that could not be merged: damaged, which the next scrub tells, or of too many entries. */
  readonly #passedOver = new Set<string>();
  #progress: MergeProgress | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Undefined while nothing is to be merged. */
  get progress(): MergeProgress | undefined {
    return this.#progress;
  }

  /** Merges until nothing is left that can be. Stopped at any moment, it goes on at the next. @throws Fault `journal-full`, what the files throw */
  async mergeAll(policy: RetentionPolicy, signal: AbortSignal): Promise<MergeReport> {
    const sum = { merges: 0, bytesBefore: 0, bytesAfter: 0 };
    try {
      for (let merges = this.#planned(policy); merges.length > 0; merges = this.#planned(policy)) {
        for (const merge of merges) {
          signal.throwIfAborted();
          const before = bytesOf(merge);
          const after = await this.#parts.maintenance.hold(() => this.#mergeOrPassOver(merge, signal));
          const { doneBytes, totalBytes } = this.#progress ?? { doneBytes: 0, totalBytes: 0 };
          this.#progress = { doneBytes: doneBytes + before, totalBytes };
          if (after === undefined) continue;
          sum.merges += 1;
          sum.bytesBefore += before;
          sum.bytesAfter += after;
        }
      }
      return sum;
    } finally {
      this.#progress = undefined;
    }
  }

  /** Whether nothing is left that can be merged. */
  isDone(policy: RetentionPolicy): boolean {
    return this.#left(policy).next().done === true;
  }

  *#left(policy: RetentionPolicy): IterableIterator<Merge> {
    const state = stateOf(this.#parts);
    const horizon = horizonOf(state, policy, this.#parts.world.clock.wallMicros());
    for (const merge of planMerges(state, horizon))
      if (!merge.segments.some(({ file }) => this.#passedOver.has(file.fileId))) yield merge;
  }

  #planned(policy: RetentionPolicy): Merge[] {
    const merges = [...this.#left(policy)];
    const doneBytes = this.#progress?.doneBytes ?? 0;
    const left = merges.reduce((bytes, merge) => bytes + bytesOf(merge), 0);
    this.#progress = left === 0 ? undefined : { doneBytes, totalBytes: doneBytes + left };
    return merges;
  }

  /** Bytes of the new file; undefined when there is none. */
  async #mergeOrPassOver(merge: Merge, signal: AbortSignal): Promise<number | undefined> {
    if (!isStill(this.#parts, merge)) return undefined;
    try {
      if ((await this.#entryCount(merge)) > ENTRIES_MAX) return this.#passOver(merge);
      return await orFull(this.#parts.folder, () => this.#merge(merge, signal));
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.#passOver(merge);
    }
  }

  #passOver({ segments }: Merge): undefined {
    for (const { file } of segments) this.#passedOver.add(file.fileId);
  }

  async #entryCount({ segments }: Merge): Promise<number> {
    let count = 0;
    for (const { file } of segments)
      count += await this.#parts.library.use({ folder: "segments", file }, async ({ footer }) => footer.entryCount);
    return count;
  }

  async #merge(merge: Merge, signal: AbortSignal): Promise<number | undefined> {
    const path = `${this.#parts.folder}/staging/new-${randomId(this.#parts.world.random)}`;
    const writer = await this.#begin(path, merge);
    let entry: MergedEntry;
    try {
      await this.#copy(writer, merge, signal);
      entry = entryOf(merge, await writer.seal());
    } catch (error) {
      await giveUp(writer);
      throw error;
    }
    const gone = await this.#takeOver(path, merge, entry);
    if (gone === undefined) {
      await this.#parts.world.files.remove(path);
      return undefined;
    }
    await removeFiles(this.#parts, gone);
    return entry.file.bytes;
  }

  #begin(path: string, { branch, segments }: Merge): Promise<SegmentWriter> {
    const { world, dataKey, manifest } = this.#parts;
    const { first, last } = endsOf(segments);
    const { diskBytes } = last;
    const { blockBytes } = branch;
    const disk = { range: { offset: 0, length: diskBytes }, diskBytes, blockBytes, physicalBlockBytes: blockBytes };
    const covers = { branch: branch.id, from: first.from, to: last.to };
    return SegmentWriter.create(world, {
      path,
      codec: "lz4",
      key: dataKey,
      draft: { kind: "merged", ...manifest.identity, ...covers, ...disk, bootId: NO_ID },
    });
  }

  /** File by file in the order of their frames, so that each is decoded once. */
  async #copy(writer: SegmentWriter, { branch, segments }: Merge, signal: AbortSignal): Promise<void> {
    const newestFirst = segments.toReversed();
    const placed = newestFirst.map(({ file }) => ({ folder: "segments", file }) as const);
    await this.#parts.library.scan(
      placed,
      async (readers) => {
        const pages = newestFirst.map((segment, index) =>
          pagesOf(segment, branch.diskBytesBefore(segment), readers[index]),
        );
        const left = new Map<number, IndexEntry[]>(newestFirst.map(({ number }) => [number, []]));
        for await (const entries of mergedEntries(pages))
          for (const entry of entries) left.get(entry.file)?.push(entry);
        for (const [index, { number, lastMicros }] of newestFirst.entries()) {
          const entries = (left.get(number) ?? []).sort(byPlace);
          await this.#copyEntries(writer, { entries, reader: readers[index], timeMicros: lastMicros }, signal);
        }
      },
      FRAME_CACHE_BYTES,
    );
  }

  async #copyEntries(
    writer: SegmentWriter,
    from: {
      readonly entries: readonly IndexEntry[];
      readonly reader: SegmentReader | undefined;
      readonly timeMicros: number;
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { entries, reader, timeMicros } = from;
    let stepBytes = 0;
    for (const entry of entries) {
      const { kind, sequence, offset, length } = entry;
      if (kind === "write") {
        assert(reader !== undefined, "each segment has its reader");
        const data = new Uint8Array(length);
        await reader.read(entry, data);
        await writer.addWrite({ sequence, timeMicros, offset }, [data]);
        stepBytes += length;
      } else await writer.add({ kind, sequence, timeMicros, offset, length });
      if (stepBytes < STEP_BYTES) continue;
      await this.#pace(stepBytes, signal);
      stepBytes = 0;
    }
  }

  async #pace(bytes: number, signal: AbortSignal): Promise<void> {
    const { world, limits, traffic } = this.#parts;
    await world.clock.sleep((bytes / limits.mergeBytesPerSecond) * 1_000, signal);
    await traffic.quiet(world.clock, signal);
  }

  /** Puts the file in its place, unless what it was made of has changed meanwhile. Returns the files that nothing names any more. */
  async #takeOver(path: string, merge: Merge, entry: MergedEntry): Promise<readonly PlacedFile[] | undefined> {
    const { world, folder, manifest, decisions } = this.#parts;
    // What failed to be recorded before must not appear any more once a file has taken its name.
    await manifest.ready();
    return decisions.hold(async () => {
      if (!isStill(this.#parts, merge)) return undefined;
      const gone: PlacedFile[] = merge.segments.map(({ file }) => ({ folder: "segments", file }));
      for (const run of merge.branch.runs) if (runOverlaps(run, entry)) gone.push({ folder: "runs", file: run.file });
      await world.files.rename(path, `${folder}/segments/${entry.file.name}`);
      await world.files.syncFolder(`${folder}/segments`);
      await record(this.#parts, [entry]);
      return gone;
    });
  }
}

/** Whether the branch holds these segments as they were, and nothing needs a place between them. */
function isStill(parts: JournalParts, { branch, segments }: Merge): boolean {
  const state = stateOf(parts);
  if (state.branch(branch.id) !== branch) return false;
  const { first, last } = endsOf(segments);
  const held = branch.within(firstOf(first), last.number);
  const isSame = held.length === segments.length && held.every((each, index) => each === segments[index]);
  const places = keptPlaces(state, branch);
  const isFree = segments.every(({ number }) => number === last.number || !places.has(number));
  const isWhole = segments.every(({ file }) => !state.damagedFiles.has(file.fileId));
  return isSame && isFree && isWhole && branch.pointableAt(firstOf(first) - 1) && branch.pointableAt(last.number);
}

function endsOf(segments: readonly HeldSegment[]): { readonly first: HeldSegment; readonly last: HeldSegment } {
  const [first] = segments;
  const last = segments.at(-1);
  assert(first !== undefined && last !== undefined, "only what is there is merged");
  return { first, last };
}

function entryOf(
  { branch, segments }: Merge,
  { header, bytes, sha256, footer }: Awaited<ReturnType<SegmentWriter["seal"]>>,
): MergedEntry {
  const { first, last } = endsOf(segments);
  const { number, to, diskBytes, lastMicros, endsAtMark, chain } = last;
  const { fileId } = header;
  return {
    type: "merged",
    branch: branch.id,
    first: firstOf(first),
    number,
    from: first.from,
    to,
    file: {
      name: segmentName(branch.id, first.from, fileId),
      fileId,
      bytes,
      sha256: Buffer.from(sha256).toString("hex"),
    },
    rawBytes: footer.rawBytes,
    diskBytes,
    lastMicros,
    endsAtMark,
    hadGap:
      branch.closedBetween(firstOf(first) - 1, number) ||
      segments.some((each) => each.type === "merged" && each.hadGap),
    chain,
  };
}

async function* pagesOf(
  segment: HeldSegment,
  diskBytesBefore: number,
  reader: SegmentReader | undefined,
): AsyncGenerator<readonly IndexEntry[]> {
  assert(reader !== undefined, "each segment has its reader");
  for await (const entries of segmentEntries(reader, { segment, diskBytesBefore, extent: WHOLE_DISK }))
    yield entries.map((entry): IndexEntry => ({ ...entry, file: segment.number }));
}

const WHOLE_DISK = { offset: 0, length: Number.MAX_SAFE_INTEGER };

function byPlace(a: IndexEntry, b: IndexEntry): number {
  return a.framePosition - b.framePosition || a.rawPosition - b.rawPosition || a.offset - b.offset;
}

function bytesOf({ segments }: Merge): number {
  return segments.reduce((bytes, { file }) => bytes + file.bytes, 0);
}
