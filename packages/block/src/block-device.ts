import type { Extent } from "./extent.ts";

export interface WriteOptions {
  /** Force unit access: durable when the call settles. */
  readonly fua: boolean;
}

/** A run of one disk that is known to read as zeroes, or may hold data. */
export interface Allocation extends Extent {
  readonly kind: "data" | "zero";
}

/**
 * A disk. Offsets and lengths are multiples of `blockBytes` and lie inside of the disk: whoever takes them from a peer checks
 * first. Buffers are borrowed until the call settles. Calls may run side by side; overlapping ones are ordered by a splitter
 * or not at all. What is refused is a Fault: `disk-read-failed`, `disk-write-failed`, `disk-full`, `disk-read-only`.
 */
export interface BlockDevice extends AsyncDisposable {
  readonly sizeBytes: number;
  /** Logical block size: 512 or 4096. */
  readonly blockBytes: number;
  readonly readOnly: boolean;
  /** Fills `target` from `offset`. */
  read(offset: number, target: Uint8Array): Promise<void>;
  write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void>;
  /** The extent reads as zeroes afterwards; `mayDiscard` lets the space be given back. */
  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void>;
  /** The extent's content is not needed any more, and reads as zeroes afterwards. */
  discard(extent: Extent, options: WriteOptions): Promise<void>;
  /** Every write that was acknowledged before the call is durable when it settles. */
  flush(): Promise<void>;
  /** The extent as consecutive runs, whole and in order; a device that does not know says `data`. */
  allocation(extent: Extent): Promise<readonly Allocation[]>;
}
