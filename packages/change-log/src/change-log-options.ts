import type { ExtentSet } from "@leeward/block";
import type { RecordDraft } from "@leeward/proto";
import type { LogIdentity } from "./log-identity.ts";
import type { DroppedTail } from "./log-recovery.ts";

export interface ChangeLogOptions {
  /** Absolute. It is made when it is missing; the folder above it exists and is durable. */
  readonly folder: string;
  readonly identity: LogIdentity;
  /** A file that would grow beyond this many bytes ends, and the next begins; one write aside. */
  readonly segmentBytesMax: number;
  /**
   * When a full file is sealed. `when-settled`: after `settle` said that its disk writes have ended. `at-once`: as soon as the
   * next one has begun, for a log whose records are not also written to a disk.
   */
  readonly seal: "when-settled" | "at-once";
  /** The sequence before the first one of an empty folder; 0 unless told. */
  readonly after?: number;
  /** Someone relies on it that the log goes up to here: one that ends before is damaged, however whole what is left of it looks. */
  readonly reliedThrough?: number;
  /** Called before the first byte is cut off at `open`, when something is: an open that is interrupted afterwards finds no trace of it. */
  readonly onDrop?: () => Promise<void>;
  /** Called with each frame that was appended, once it stands in its file and before its `written` settles. */
  readonly onPlaced?: (frame: PlacedLogFrame) => void;
}

/** A frame of this log, and where it stands. */
export interface PlacedLogFrame {
  /** First sequence of its file, which names the file. */
  readonly fileFrom: number;
  /** In that file. */
  readonly position: number;
  /** Head and stored bytes. */
  readonly bytes: number;
  /** Sequence of the first draft. */
  readonly from: number;
  readonly drafts: readonly RecordDraft[];
}

/** What `open` found. */
export interface LogRecovery {
  /** The folder was empty, or every file was sealed by `close`. */
  readonly closedCleanly: boolean;
  /** Had been appended and was not durable. */
  readonly dropped: DroppedTail | undefined;
  /** What files that are not sealed name: after a stop of the process alone, whatever may have been on its way to the disk. */
  readonly unsealedExtents: ExtentSet;
}

/** The sequences that an append took. */
export interface Appended {
  readonly from: number;
  readonly to: number;
  /** Resolves when the records are in the kernel; rejects with the log's Fault. What was appended is borrowed until then. */
  readonly written: Promise<void>;
}
