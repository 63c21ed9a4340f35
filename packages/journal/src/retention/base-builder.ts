/**
 * Brings the base forward: writes anew the base files of the ranges that segments wrote to.
 *
 * Invariant: while it goes on, each range's file stands at the old place or at the new one, and every kept point reads the same from
 * either, because the segments between lie over both. Worst outcome: a base that is ahead of a point that is still served; so
 * the floor is recorded before the first file is replaced, and nothing before it is listed or taken any more.
 *
 * Order for each range: file under a passing name, datasync → rename → folder sync → manifest → reads that use the old file end →
 * old file unlinked. Then the base's new place with the segments it swallowed → manifest → these unlinked. A crash between
 * leaves files that no manifest names; going on does the same again.
 */
import { assert, MiB, randomId } from "@leeward/base";
import { type Extent, endOf } from "@leeward/block";
import { SegmentWriter } from "@leeward/change-log";
import type { Path } from "../history/journal-state.ts";
import { type JournalParts, orFull, record, stateOf } from "../journal-parts.ts";
import type { StoredFile } from "../manifest/entry.ts";
import { baseName } from "../manifest/file-name.ts";
import { type Covering, coverOf } from "../runs/run-cover.ts";
import { isDamage } from "../scrub/damaged-extents.ts";
import { giveUp, removeFiles } from "../view/file-removal.ts";
import type { Piece } from "../view/located.ts";
import { PointView } from "../view/point-view.ts";
import { segmentEntries } from "../view/segment-entries.ts";
import type { Place } from "./ancestry.ts";

/** How much is looked up and read at once. */
const STEP_BYTES = 4 * MiB;
/** Bytes of one record of a base file. */
const RECORD_BYTES = 256 * 1024;
const NO_ID = "0".repeat(32);

export class BaseBuilder {
  readonly #parts: JournalParts;
  readonly #place: Place;
  readonly #sequence: number;
  readonly #diskBytes: number;
  readonly #rangeBytes: number;

  constructor(parts: JournalParts, place: Place) {
    this.#parts = parts;
    this.#place = place;
    this.#sequence = place.branch.segment(place.number)?.to ?? place.branch.start.sequence;
    this.#diskBytes = place.branch.diskBytesAt(place.number);
    this.#rangeBytes = stateOf(parts).genesis?.rangeBytes ?? parts.limits.rangeBytes;
  }

  /** Ranges that something between the base and the place wrote to. */
  async touchedRanges(signal: AbortSignal): Promise<number[]> {
    const touched = new Set<number>();
    const note = (entries: readonly Extent[]): void => {
      for (const entry of entries) for (const range of this.#rangesOf(entry)) touched.add(range);
    };
    for (const portion of this.#path().portions) {
      for (const covering of coverOf(portion)) {
        signal.throwIfAborted();
        try {
          await this.#eachEntry(covering, note);
        } catch (error) {
          if (!isDamage(error)) throw error;
          // It may have written anywhere. What is visible of it was found damaged, or the next reads say so.
          note([{ offset: 0, length: Math.max(1, this.#diskBytes) }]);
          for (const range of stateOf(this.#parts).ranges.keys()) touched.add(range);
        }
      }
    }
    return [...touched].sort((a, b) => a - b);
  }

  async #eachEntry(covering: Covering, note: (entries: readonly Extent[]) => void): Promise<void> {
    const { library } = this.#parts;
    if (covering.kind === "run") {
      await library.scan([{ folder: "runs", file: covering.run.file }], async ([reader]) => {
        for await (const entries of reader?.entries() ?? []) note(entries);
      });
      return;
    }
    const { segment, branch } = covering;
    const options = { segment, diskBytesBefore: branch.diskBytesBefore(segment), extent: WHOLE_DISK };
    await library.scan([{ folder: "segments", file: segment.file }], async ([reader]) => {
      if (reader === undefined) return;
      for await (const entries of segmentEntries(reader, options)) note(entries);
    });
  }

  /** Replaces the base file of one range, or drops it where nothing is left but zeroes. */
  async replaceRange(range: number): Promise<void> {
    const before = stateOf(this.#parts).ranges.get(range);
    const file = await orFull(this.#parts.folder, () => this.#write(range));
    if (file === undefined && before === undefined) return;
    await record(this.#parts, [{ type: "range", range, file }]);
    if (before !== undefined) await removeFiles(this.#parts, [{ folder: "base", file: before }]);
  }

  #path(): Path {
    return stateOf(this.#parts).path(this.#place.branch, this.#place.number);
  }

  *#rangesOf(extent: Extent): IterableIterator<number> {
    const last = Math.ceil(endOf(extent) / this.#rangeBytes);
    for (let range = Math.floor(extent.offset / this.#rangeBytes); range < last; range += 1) yield range;
  }

  async #write(range: number): Promise<StoredFile | undefined> {
    const { world, folder } = this.#parts;
    const path = `${folder}/base/new-${randomId(world.random)}`;
    const offset = range * this.#rangeBytes;
    const end = Math.min(offset + this.#rangeBytes, this.#diskBytes);
    let writer: SegmentWriter | undefined;
    try {
      const view = new PointView(this.#parts.library, stateOf(this.#parts), this.#path());
      for (let at = offset; at < end; at += STEP_BYTES) {
        for (const stretch of stretchesOf(await view.pieces({ offset: at, length: Math.min(STEP_BYTES, end - at) }))) {
          writer ??= await this.#begin(path, { offset, length: end - offset });
          await this.#copy(writer, stretch);
        }
      }
      if (writer === undefined) return undefined;
      const { header, bytes, sha256 } = await writer.seal();
      const name = baseName(range, header.fileId);
      await world.files.rename(path, `${folder}/base/${name}`);
      await world.files.syncFolder(`${folder}/base`);
      return { name, fileId: header.fileId, bytes, sha256: Buffer.from(sha256).toString("hex") };
    } catch (error) {
      if (writer !== undefined) await giveUp(writer);
      throw error;
    }
  }

  #begin(path: string, range: Extent): Promise<SegmentWriter> {
    const { world, dataKey, manifest } = this.#parts;
    const { branch } = this.#place;
    const disk = { diskBytes: this.#diskBytes, blockBytes: branch.blockBytes, physicalBlockBytes: branch.blockBytes };
    const covers = { branch: branch.id, from: 1, to: this.#sequence };
    return SegmentWriter.create(world, {
      path,
      codec: "lz4",
      key: dataKey,
      draft: { kind: "base", ...manifest.identity, ...covers, range, ...disk, bootId: NO_ID },
    });
  }

  /** Pieces that follow one another as records of up to RECORD_BYTES. */
  async #copy(writer: SegmentWriter, pieces: readonly DataPiece[]): Promise<void> {
    const [first] = pieces;
    const last = pieces.at(-1);
    assert(first !== undefined && last !== undefined, "a stretch has a piece");
    const data = new Uint8Array(endOf(last) - first.offset);
    for (const piece of pieces) {
      const into = data.subarray(piece.offset - first.offset, endOf(piece) - first.offset);
      await this.#parts.library.use(piece.data.file, (reader) => reader.read(piece.data.entry, into));
    }
    const timeMicros = this.#parts.world.clock.wallMicros();
    for (let at = 0; at < data.length; at += RECORD_BYTES) {
      const place = { sequence: this.#sequence, timeMicros, offset: first.offset + at };
      await writer.addWrite(place, [data.subarray(at, at + RECORD_BYTES)]);
    }
  }
}

const WHOLE_DISK = { offset: 0, length: Number.MAX_SAFE_INTEGER };

type DataPiece = Extract<Piece, { readonly kind: "data" }>;

/** Data without a hole between, stretch by stretch. */
function* stretchesOf(pieces: readonly Piece[]): IterableIterator<readonly DataPiece[]> {
  let stretch: DataPiece[] = [];
  for (const piece of pieces) {
    if (piece.kind === "data") stretch.push(piece);
    else if (stretch.length > 0) {
      yield stretch;
      stretch = [];
    }
  }
  if (stretch.length > 0) yield stretch;
}
