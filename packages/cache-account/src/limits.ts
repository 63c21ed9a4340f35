import { KiB, MiB } from "@leeward/base";

/** What both ends of a cache container hold to. */
export const CACHE_LIMITS = {
  /** Raw bytes of messages at which a deposit is put without waiting for more; it may have one message more. */
  depositBytes: 4 * MiB,
  /** Raw bytes of one object, which has a message more at most, and offers of disks. */
  rawBytesMax: 16 * MiB,
  /** An object of a container is not longer than this, in bytes. */
  objectBytesMax: 17 * MiB,
  /** Raw bytes of messages that wait to be put; whoever sends more waits. */
  pendingBytesMax: 8 * MiB,
  /** A deposit that is not full waits for more, in milliseconds. */
  lingerMs: 500,
  /** The container is looked at again after so long, when there was something, in milliseconds; doubled while there is nothing, up to … */
  lookMsMin: 500,
  /** … here, while something is awaited, … */
  lookMsMax: 5_000,
  /** … and here, while nothing is. */
  idleLookMs: 30_000,
  /** A run that begins a course behind another run's is waited with for so long, in milliseconds: whether that is over. */
  predecessorMs: 10_000,
  /** Deposits that are removed at once. */
  removalsAtOnce: 8,
  /** A word is said once in so long at most, in milliseconds. */
  wordEveryMs: 1_000,
  /** Refusals of points that one word names. */
  refusalsMax: 64,
  /** A request is not answered later than this, in milliseconds. */
  answerMsMax: 120_000,
  /** First read of an object, in bytes; what is longer is read on. */
  firstReadBytes: 256 * KiB,
} as const;
