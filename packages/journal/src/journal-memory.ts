import { ByteBudget } from "@leeward/base";
import { type SegmentCache, segmentCache } from "@leeward/change-log";
import { BufferPool } from "@leeward/world";

/** Free buffers that are kept for the next segment that is checked. */
const BUFFERS_KEPT_BYTES = 8 * 1024 * 1024;

/** Segments that are coming in, as far as they are checked in memory. */
const INTAKE_BYTES_MAX = 64 * 1024 * 1024;

/** What the journals of one process share, so that their memory together is bounded. */
export interface JournalMemory {
  readonly cache: SegmentCache;
  readonly buffers: BufferPool;
  /** For the bytes of staged segments. */
  readonly intake: ByteBudget;
}

/** Keeps up to `cacheBytes` of index pages and data together. Pages get more: each read needs some dozens, and the same ones again. */
export function journalMemory(cacheBytes: number): JournalMemory {
  const frameBytesMax = Math.floor(cacheBytes / 4);
  return {
    cache: segmentCache({ frameBytesMax, pageBytesMax: cacheBytes - frameBytesMax }),
    buffers: new BufferPool({ keptBytesMax: BUFFERS_KEPT_BYTES }),
    intake: new ByteBudget(INTAKE_BYTES_MAX),
  };
}
