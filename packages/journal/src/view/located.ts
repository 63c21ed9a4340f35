import type { Extent } from "@leeward/block";
import { clipEntry, type IndexEntry } from "@leeward/proto";
import type { PlacedFile } from "./file-library.ts";

/** Where the bytes of an extent lie: an entry of a file's index, of that extent. */
export interface Bytes {
  readonly file: PlacedFile;
  readonly entry: IndexEntry;
}

/**
 * What one source of a view knows about an extent: its bytes, that it reads as zeroes, or that the base holds its newest bytes
 * (the segment that wrote them was merged into it).
 */
export type Located = Extent &
  ({ readonly kind: "data"; readonly data: Bytes } | { readonly kind: "zero" } | { readonly kind: "base" });

/** What a view reads: bytes at a place, or zeroes. */
export type Piece = Extent & ({ readonly kind: "data"; readonly data: Bytes } | { readonly kind: "zero" });

/** A part of the history that answers for some extents; where it says nothing, an older one is asked. */
export interface ViewSource {
  /** Sorted, disjoint, cut to `extent`. */
  locate(extent: Extent): Promise<readonly Located[]>;
}

/** The end of the layers, which is asked for what they left open alone: what lies between is not its to be able to read. */
export interface BaseSource {
  /** `open` is sorted and disjoint; the answer too, and it may tell of more. */
  locate(open: readonly Extent[]): Promise<readonly Located[]>;
}

/** `located` cut to [offset, end), which it overlaps. */
export function cutLocated<T extends Located>(located: T, range: { readonly offset: number; readonly end: number }): T {
  const offset = Math.max(located.offset, range.offset);
  const length = Math.min(located.offset + located.length, range.end) - offset;
  if (offset === located.offset && length === located.length) return located;
  if (located.kind !== "data") return { ...located, offset, length };
  return { ...located, offset, length, data: { ...located.data, entry: clipEntry(located.data.entry, range) } };
}
