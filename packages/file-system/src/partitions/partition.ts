import type { Extent } from "@leeward/block";

/** A part of a disk as its partition table has it; a disk without a table is its own only part, with number 0. */
export interface Partition extends Extent {
  /** As Linux counts them. */
  readonly number: number;
  readonly table: "gpt" | "mbr" | "none";
  /** The type's GUID, or its byte in hex, or an empty text. */
  readonly type: string;
  readonly name: string;
}
