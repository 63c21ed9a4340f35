import type { FaultKind } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { TimeWindow } from "@leeward/daemon";
import type { Mark, PlannedDisk, PlannedOrigin, PlannedReverse, PlannedSeed, ReverseStatus } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import type { WorkRates } from "@leeward/world";
import type { BranchPosition, Discontinuity, ResyncCause } from "./branch-file.ts";

/** What is known of a protected disk at one moment; a plain value, so that it crosses threads. */
export interface DiskFacts {
  readonly state: "initial" | "protected" | "reduced" | "gap" | "resync" | "stopped" | "reverse";
  /** Empty while the disk has none, in `reverse`. */
  readonly branch: string;
  /** Where the branch begins, when that is in the history of a replica machine. */
  readonly parent?: BranchPosition;
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
  /** Takes clients when not empty. */
  readonly nbdUri: string;
  /** The last sequence taken, and the last that may leave the machine. */
  readonly writtenSequence: number;
  readonly sendableSequence: number;
  /** The oldest sequence that the log still holds. */
  readonly firstSequence: number;
  readonly logBytes: number;
  /** Bytes that applications wrote since the disk was opened. */
  readonly writtenBytes: number;
  /** Of the last minute: reading what is copied, and the log; not there while the disk has no history. */
  readonly work?: { readonly read: WorkRates; readonly log: WorkRates | undefined };
  /** Bytes of frames logged since the log was opened, up to which sequence. */
  readonly logged?: { readonly sequence: number; readonly bytes: number };
  readonly progress: CopyProgress | undefined;
  readonly faults: readonly DiskFault[];
  /** How its rescans go; there for a disk that is rescanned. */
  readonly rescan?: RescanFacts;
  /** Why the disk is copied again as a whole, while it is. */
  readonly resync: ResyncCause | undefined;
  /** How far the disk is what its replica machine's is; there in `reverse`. */
  readonly reverse?: ReverseStatus;
}

export interface RescanFacts {
  /** When the one under way began, microseconds since 1970; 0 while none is. */
  readonly beganMicros: number;
  /** When the last one ended that came to its end, and how long it took; 0 before the first since the disk was opened. */
  readonly endedMicros: number;
  readonly tookMicros: number;
}

export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** undefined while no rate is known. */
  readonly etaSeconds: number | undefined;
}

export interface DiskFault {
  readonly code: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly sinceMicros: number;
}

/** The settings of a disk that may change while it is served. */
export interface DiskPolicy {
  readonly logBytesMax: number;
  /** 0 is no limit. */
  readonly copyBytesPerSecondMax: number;
  /** When a copy of the whole disk that nobody asked for may read it; at any time when not given. */
  readonly resyncWindow?: TimeWindow;
  /** From the beginning of a rescan to that of the next, where it takes no longer; of a disk that is rescanned. */
  readonly rescanIntervalMs?: number;
}

/** Whether a copy waits for its window. */
export type ResyncTime = "now" | "in-window";

/** How a resync is done. */
export interface ResyncOptions {
  /** Now, unless told otherwise. */
  readonly time?: ResyncTime;
  /** All is sent, whatever is known or said of what the target holds. */
  readonly whole?: boolean;
  /**
   * For a target that holds nothing before this place: an `initial` copy that begins behind it, while points go on being made. One that is open, and was
   * begun there, is enough. Keeps to no window.
   */
  readonly anewBehind?: BranchPosition;
}

export interface DiskSettings {
  readonly diskId: string;
  readonly machineId: string;
  readonly name: string;
  readonly capture: PlannedDisk["capture"];
  /** The disk or image file, resolved. */
  readonly path: string;
  /** Where the disk's log, activity log and state lie. */
  readonly folder: string;
  readonly socketPath: string;
  readonly bootId: string;
  readonly policy: DiskPolicy;
  /** The disk is made what the replica machine's is, and is not served. */
  readonly reverse?: PlannedReverse;
  /** Where its history goes on after a failback. */
  readonly origin?: PlannedOrigin;
  /** What its target was given of it before its first branch began. */
  readonly seed?: PlannedSeed;
}

/**
 * A disk that others write to while the agent reads it: its points are of a moment in which its file systems are held still.
 *
 * ```
 *   prepare, prepare, … ─► pauseUpkeep ─► (held still) ─► hold ─► (mark raised) ─► confirm ─► (let go) ─► resumeUpkeep ─► settleMark
 *                                                                                                    or drop, when it was not held all the time
 * ```
 */
export interface LiveDisk {
  /** Copies what has changed into the log. Returns its bytes; undefined when that could not be done, or no point is possible now. */
  prepare(): Promise<number | undefined>;
  /**
   * From when it settles nothing is done to the disk's log that nobody asked for: where its file system is held still, a file that is removed holds
   * whoever reads the disk too.
   */
  pauseUpkeep(): Promise<void>;
  resumeUpkeep(): void;
  /**
   * Reads into memory what has changed since, and proves that nothing but `unsteady` changed meanwhile. The next `settleMark` logs it.
   * @throws Fault `disk-not-ready`, `disk-not-quiet`, `hold-too-large`, `disk-read-failed`
   */
  hold(unsteady: readonly Extent[]): Promise<void>;
  /**
   * Proves again that nothing but `unsteady` changed since `hold`, and drops what was read otherwise; does nothing when nothing is held.
   * @throws Fault `disk-not-ready`, `disk-not-quiet`
   */
  confirm(): Promise<void>;
  /** What was read is of no single moment: it is read again another time. */
  drop(): void;
}

/** One protected disk as the agent's main thread sees it, wherever it runs. */
export interface DiskHost extends AsyncDisposable {
  readonly settings: DiskSettings;
  /** undefined for a disk whose every write passes through the agent. */
  readonly live: LiveDisk | undefined;
  /** The newest facts; undefined until the disk has been opened. */
  facts(): DiskFacts | undefined;
  /** Resolves when the facts have changed. */
  changed(): Promise<void>;
  settleMark(mark: Mark): Promise<SettledMark | undefined>;
  /** Settles when the disk has no write under way; once its machine is fenced, none will be again. */
  settleWrites(): Promise<void>;
  /** The target holds everything up to `sequence` of the branch. */
  journaled(branch: string, sequence: number): void;
  /** Everything up to `sequence` of the branch waits in the machine's container: the log lets go of it, and nothing else follows from that. */
  deposited(branch: string, sequence: number): void;
  /** The target cannot go on with the branch: the disk is copied again as a whole. What is said of another branch is passed over. */
  resync(branch: string, cause: Discontinuity): void;
  /** As Splitter.compare. @throws Fault `disk-not-served` */
  compare(held: HeldDigests): Promise<ComparedExtents>;
  /** As Splitter.recopy; on another branch the disk is copied as a whole anyway. @throws Fault `disk-not-served` */
  recopy(branch: string, extents: readonly Extent[]): Promise<void>;
  /**
   * Begins a copy of the whole disk on the branch that it is on, because a person asked for it; outside of the disk's window too, unless told
   * otherwise. It has ended when the disk is protected at the
   * place that is answered or behind it, or on another branch. @throws Fault `disk-not-served`, `branch-left`, and as Splitter.beginCopy
   */
  beginResync(how?: ResyncOptions): Promise<SettledMark>;
  setPolicy(policy: DiskPolicy): void;
  /** The disk is not protected any more: it stays a plain disk for as long as somebody uses it, and `run` settles then. What is kept of it goes. */
  release(): void;
  /** Serves until the signal aborts, then closes the disk cleanly. Rejects when the disk cannot be served. */
  run(signal: AbortSignal): Promise<void>;
}
