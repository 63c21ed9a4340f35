import type { Extent } from "@leeward/block";
import type { StoredFile } from "../manifest/entry.ts";

/** A file of the journal that holds records. */
export interface DataFile {
  readonly folder: "segments" | "base";
  readonly file: StoredFile;
}

/** Where the bytes of an extent lie: in which frame of which file, and where in what that frame decodes to. */
export interface Place {
  readonly data: DataFile;
  readonly framePosition: number;
  readonly frameOrdinal: number;
  readonly frameBytes: number;
  readonly rawPosition: number;
}

/**
 * What one source of a view knows about an extent: its bytes, that it reads as zeroes, or that the base holds its newest bytes
 * (the segment that wrote them was merged into it).
 */
export type Located = Extent &
  ({ readonly kind: "data"; readonly place: Place } | { readonly kind: "zero" } | { readonly kind: "base" });

/** What a view reads: bytes at a place, or zeroes. */
export type Piece = Extent & ({ readonly kind: "data"; readonly place: Place } | { readonly kind: "zero" });

/** A part of the history that answers for some extents; where it says nothing, an older one is asked. */
export interface ViewSource {
  /** Sorted, disjoint, cut to `extent`. */
  locate(extent: Extent): Promise<readonly Located[]>;
}

/** `located` cut to [offset, end), which it overlaps. */
export function cutLocated<T extends Located>(located: T, range: { readonly offset: number; readonly end: number }): T {
  const offset = Math.max(located.offset, range.offset);
  const length = Math.min(located.offset + located.length, range.end) - offset;
  if (offset === located.offset && length === located.length) return located;
  if (located.kind !== "data") return { ...located, offset, length };
  const rawPosition = located.place.rawPosition + (offset - located.offset);
  return { ...located, offset, length, place: { ...located.place, rawPosition } };
}
