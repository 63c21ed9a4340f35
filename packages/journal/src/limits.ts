import { GiB, MiB } from "@leeward/base";

/** What one disk's journal may use. Every number is an upper bound unless it says otherwise. */
export interface JournalLimits {
  /** Bytes of decoded index pages and data frames kept in memory, where none is shared: for all opened points of the disk together. */
  readonly cacheBytesMax: number;
  /** Of an opened point that reads everything anew: bytes of its index pages, and of its data frames, kept in memory. */
  readonly anewBytesMax: number;
  /** Segment, run and base files kept open at once. */
  readonly openFilesMax: number;
  /** Bytes that must stay free on the journal's file system after a segment was taken in; retention may use them. */
  readonly reserveBytes: number;
  /** Bytes of the disk that one base file covers: a multiple of 1 MiB, 64 MiB to 1 GiB. Fixed when the journal is made. */
  readonly rangeBytes: number;
  /** Stored bytes of one sealed segment. */
  readonly segmentBytesMax: number;
  /** Stored bytes of one manifest file. */
  readonly manifestBytesMax: number;
  /** Appends after which a manifest is rewritten; more, where its beginning is long. In a store each append is an object of its own. */
  readonly manifestAppendsMax: number;
  /** Recovery points of one disk. */
  readonly pointsMax: number;
  /** Pins and locks of one disk. */
  readonly pinsMax: number;
  /** Needed spans that are open at once. */
  readonly openSpansMax: number;
  /** Disks in one point. */
  readonly membersMax: number;
  /** Files that an open may remove because no manifest knows them; with more it refuses, for then the manifest is at fault. */
  readonly orphansMax: number;
  /** Bytes per second that scrub reads. */
  readonly scrubBytesPerSecond: number;
  /** Bytes per second that merging writes. */
  readonly mergeBytesPerSecond: number;
  /** Reads that one request of an opened point has in flight. */
  readonly readsInFlight: number;
  /** An interval between points longer than this is shown as reduced (microseconds). */
  readonly continuousMicrosMax: number;
}

export const DEFAULT_LIMITS: JournalLimits = {
  cacheBytesMax: 64 * MiB,
  anewBytesMax: 8 * MiB,
  openFilesMax: 256,
  reserveBytes: 768 * MiB,
  rangeBytes: 256 * MiB,
  segmentBytesMax: 8 * GiB,
  manifestBytesMax: 2 * GiB,
  manifestAppendsMax: Number.POSITIVE_INFINITY,
  pointsMax: 4_000_000,
  pinsMax: 1_024,
  openSpansMax: 64,
  membersMax: 1_024,
  orphansMax: 16,
  scrubBytesPerSecond: 32 * MiB,
  mergeBytesPerSecond: 32 * MiB,
  readsInFlight: 8,
  continuousMicrosMax: 15_000_000,
};

/** How many runs of one level make one of the next. */
export const RUN_FAN_IN = 16;

/** How many segments a run of this level covers. */
export function runSpan(level: number): number {
  return RUN_FAN_IN ** level;
}
