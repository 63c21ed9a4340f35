import type { Extent } from "@leeward/block";

/** How a change leaves its extent: with its payload, as zeroes, or given back (and read as zeroes). */
export type ChangeKind = "write" | "zero" | "discard";

/** What one record of the change log does to the disk. */
export interface Change extends Extent {
  readonly sequence: number;
  /** Microseconds since 1970. */
  readonly timeMicros: number;
  readonly kind: ChangeKind;
  /** `length` bytes for a write, none otherwise: a view, alive until the cut is written. */
  readonly payload: Uint8Array;
}

/** What a cut does to one extent of the disk; the payload of a write is the parts one after another. */
export interface Run extends Extent {
  /** Of the newest change in it. */
  readonly sequence: number;
  readonly timeMicros: number;
  readonly kind: ChangeKind;
  readonly parts: readonly Uint8Array[];
}
