import type { BlockDevice } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { SplitterLimits } from "./splitter-limits.ts";
import type { AskTarget } from "./target-survey.ts";

/** The machine's newest mark, as every disk of it reads it at each write. */
export interface MarkSource {
  /** 0 before the first mark. Never falls. */
  number(): number;
  /** The newest mark, whole; undefined before the first. Its number is at least what `number` said before. */
  current(): Mark | undefined;
  /** Whether writes have to wait now, for a mark that several machines take at one moment. One look at memory. */
  held(): boolean;
  /**
   * Ends a hold whose time was over at `monotonicMicros`. Whoever waits calls it before it goes on, so that no hold lasts for longer,
   * whatever its owner does, and so that its owner learns that it did not last.
   */
  expireHold(monotonicMicros: number): void;
}

export interface SplitterIdentity {
  /** 32 hex digits, as all ids. */
  readonly machineId: string;
  readonly diskId: string;
  /** A folder holds one branch; another branch is begun in an empty folder. */
  readonly branch: string;
  /** Where the branch began: the disk then holds what the targets hold at that place, and no initial copy is needed. */
  readonly parent?: { readonly branch: string; readonly sequence: number };
  /** What the disk had there, bytes; what a larger one has behind that is copied as the tail of a disk that grew. As large as now unless told. */
  readonly parentBytes?: number;
  /**
   * What the targets hold at the parent came of no single moment of the disk (a seed): an initial copy is needed, which leaves out what they say that they
   * hold.
   */
  readonly seeded?: boolean;
  readonly bootId: string;
  readonly physicalBlockBytes: number;
  /** What tells the disk from another one that comes to lie at the same path, such as device and inode; at most 200 characters. */
  readonly source: string;
  /** Why a disk with another `source` is copied again, in words that go on from "changed while nobody watched it:". */
  readonly sourceChanged?: string;
}

export interface SplitterOptions {
  readonly world: World;
  /** Belongs to the splitter from `open` on, which disposes of it. */
  readonly source: BlockDevice;
  /** Absolute. It is made when it is missing; the folder above it exists and is durable. */
  readonly folder: string;
  readonly identity: SplitterIdentity;
  readonly marks: MarkSource;
  readonly limits?: Partial<SplitterLimits>;
  /**
   * What the disk says of itself and what changes when anyone else writes to it, such as a file's modification time; at most 200
   * characters. Asked after a clean close, and compared at the next open.
   */
  readonly witness?: () => Promise<string>;
  /**
   * Digests of what the target holds are kept beside the log, so that a copy that is made again sends differences alone: see KeptDigests. For a
   * disk that nobody writes to through this splitter, which is read-only then. 8 bytes for each 4 KiB of the disk.
   */
  readonly keepDigests?: boolean;
  /** Asked in a resync, and in the first copy of a seeded disk, where no digests are kept, so that it sends differences alone; without it, it sends everything. */
  readonly askTarget?: AskTarget;
}

/** Where a mark stands in one disk's history. */
export interface SettledMark {
  readonly branch: string;
  readonly sequence: number;
}
