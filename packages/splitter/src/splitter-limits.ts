import { assert, GiB, KiB, MiB } from "@leeward/base";

/** What a splitter may take. All sizes in bytes. */
export interface SplitterLimits {
  /** Change log on disk; beyond it changes go to the bitmap. */
  readonly logBytesMax: number;
  /** A log that failed is not opened again while less is free where it lies. */
  readonly logFreeBytesMin: number;
  /** One log file. */
  readonly logFileBytesMax: number;
  /** A region of the activity log; a power of two. */
  readonly activityRegionBytes: number;
  /** Regions that may be in doubt at once, and are read again after an unclean stop. */
  readonly activeRegionsMax: number;
  /** The least region of the change bitmap; a power of two. Larger disks have larger ones. */
  readonly changeRegionBytes: number;
  /** Change bitmap in memory. */
  readonly changeBitmapBytesMax: number;
  /** Records become durable, and so may be sent, this long after they were written, without any FLUSH. Milliseconds. */
  readonly syncIntervalMs: number;
  /** Or as soon as so much waits. */
  readonly syncBytes: number;
  /** Regions that were not written for this long leave the activity log. Milliseconds. */
  readonly retireIntervalMs: number;
  /** One read of a copy, and what a production write may have to wait for. */
  readonly copyChunkBytes: number;
  /** Data of a copy that the target does not hold yet; then it waits, so that on the way there is room for writes. Some cuts of a process server. */
  readonly copyAheadBytesMax: number;
  /** One look at which parts of the disk are holes. */
  readonly holeWindowBytes: number;
  /** How long after a failure the log is tried again at first; doubles up to 60 s. Milliseconds. */
  readonly retryMs: number;
}

export const SPLITTER_LIMITS: SplitterLimits = {
  logBytesMax: 8 * GiB,
  logFreeBytesMin: 64 * MiB,
  logFileBytesMax: 64 * MiB,
  activityRegionBytes: MiB,
  activeRegionsMax: 1_024,
  changeRegionBytes: 64 * KiB,
  changeBitmapBytesMax: 8 * MiB,
  syncIntervalMs: 50,
  syncBytes: 8 * MiB,
  retireIntervalMs: 10_000,
  copyChunkBytes: MiB,
  copyAheadBytesMax: 96 * MiB,
  holeWindowBytes: 64 * MiB,
  retryMs: 1_000,
};

/** Stops the process when the limits contradict one another. */
export function assertLimits(limits: SplitterLimits): void {
  for (const bytes of [limits.activityRegionBytes, limits.changeRegionBytes, limits.copyChunkBytes]) {
    assert(bytes >= 4 * KiB && Number.isInteger(Math.log2(bytes)), "a region is a power of two, of 4 KiB at least");
  }
  assert(limits.activeRegionsMax >= 4, "some regions can be active");
  assert(limits.copyChunkBytes <= MiB, "a chunk fits into one frame");
}

/** The change bitmap's region size for a disk: the least that keeps the bitmap within its limit. */
export function changeRegionBytes(limits: SplitterLimits, diskBytes: number): number {
  let bytes = limits.changeRegionBytes;
  while (diskBytes / bytes > limits.changeBitmapBytesMax * 8) bytes *= 2;
  return bytes;
}
