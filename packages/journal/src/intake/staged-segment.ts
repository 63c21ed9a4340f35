import type { KeptBytes } from "@leeward/base";
import type { BranchPosition } from "../recovery-point.ts";

/** A sealed segment that lies whole in the journal's staging folder, and what its sender said of it. */
export interface StagedSegment {
  /** Absolute; from `Journal.stagingPath`. */
  readonly path: string;
  readonly branch: string;
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the file, 32 bytes. */
  readonly sha256: Uint8Array;
  /** What the file holds, where whoever wrote it still has it in memory: it is checked instead of the file. */
  readonly bytes?: KeptBytes;
  /** What it follows on, and is not held, is held nowhere any more: it is taken in behind a hole. */
  readonly skips?: boolean;
}

/** How a segment was taken, and where its branch stands now. */
export interface Accepted extends BranchPosition {
  /** `held`: it was there already, and nothing changed. */
  readonly outcome: "accepted" | "held";
}
