import type { PackedPage } from "@leeward/proto";
import { BoundedCache } from "./bounded-cache.ts";

/** What readers keep of what they decoded; one cache serves any number of readers. */
export interface SegmentCache {
  /** Raw bytes of records frames. */
  readonly frames: BoundedCache<Uint8Array>;
  readonly pages: BoundedCache<PackedPage>;
}

/** A cache for readers; both limits are bytes. */
export function segmentCache(limits: { readonly frameBytesMax: number; readonly pageBytesMax: number }): SegmentCache {
  return {
    frames: new BoundedCache(limits.frameBytesMax, (raw: Uint8Array) => raw.length),
    pages: new BoundedCache(limits.pageBytesMax, (page: PackedPage) => page.bytes),
  };
}
