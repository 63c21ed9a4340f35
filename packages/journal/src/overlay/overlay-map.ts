import { assert } from "@leeward/base";
import { type Extent, ExtentMap } from "@leeward/block";
import { type PlacedLogFrame, SegmentReader } from "@leeward/change-log";
import { headsBytes, type RecordDraft } from "@leeward/proto";
import type { World } from "@leeward/world";

/** Where the overlay's bytes of a record lie; `zero`: the record has none. */
export interface OverlayPlace {
  readonly kind: "write" | "zero";
  /** Of the record. */
  readonly sequence: number;
  /** First sequence of the log file. */
  readonly fileFrom: number;
  readonly framePosition: number;
  readonly frameBytes: number;
  readonly rawPosition: number;
}

export type OverlayPiece = Extent & { readonly place: OverlayPlace; readonly skip: number };

/** What an overlay's log leaves: for each byte that was written, where its newest value lies. About 150 bytes of memory an extent. */
export class OverlayMap {
  readonly #map = new ExtentMap<OverlayPlace>();

  get count(): number {
    return this.#map.count;
  }

  /** What a frame that was just appended says; frames in order. */
  add({ fileFrom, position, bytes, from, drafts }: PlacedLogFrame): void {
    let rawPosition = headsBytes(drafts.length);
    for (const [index, draft] of drafts.entries()) {
      const place = { sequence: from + index, fileFrom, framePosition: position, frameBytes: bytes, rawPosition };
      if (draft.kind === "write") this.#map.set(extentOf(draft), { kind: "write", ...place });
      else if (draft.kind === "zero" || draft.kind === "discard") this.#map.set(draft, { kind: "zero", ...place });
      if (draft.kind === "write") rawPosition += draft.data.length;
      else
        assert(draft.kind === "zero" || draft.kind === "discard", "an overlay's log holds writes, zeroes and discards");
    }
  }

  /** What a log file holds that was there before; files in order. */
  async addFile(world: World, path: string): Promise<void> {
    await using handle = await world.files.open(path, "read");
    const reader = await SegmentReader.open(handle, { compute: world.compute });
    const fileFrom = reader.header.from;
    for await (const entries of reader.entries()) {
      for (const { kind, offset, length, sequence, framePosition, frameBytes, rawPosition } of entries) {
        const place = { sequence, fileFrom, framePosition, frameBytes, rawPosition };
        this.#map.set({ offset, length }, { kind: kind === "write" ? "write" : "zero", ...place });
      }
    }
  }

  *within(extent: Extent): IterableIterator<OverlayPiece> {
    for (const { offset, length, value, skip } of this.#map.within(extent))
      yield { offset, length, place: value, skip };
  }

  gaps(extent: Extent): IterableIterator<Extent> {
    return this.#map.gaps(extent);
  }

  /** What of the extent records behind `after` wrote, in order. */
  *changedWithin(extent: Extent, after: number): IterableIterator<Extent> {
    for (const { offset, length, value } of this.#map.within(extent))
      if (value.sequence > after) yield { offset, length };
  }
}

function extentOf({ offset, data }: Extract<RecordDraft, { kind: "write" }>): Extent {
  return { offset, length: data.length };
}
