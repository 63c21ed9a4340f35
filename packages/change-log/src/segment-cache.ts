import type { IndexPage } from "@leeward/proto";
import { BoundedCache } from "./bounded-cache.ts";

/** What readers keep of what they decoded; one cache serves any number of readers. */
export interface SegmentCache {
  /** Raw bytes of records frames. */
  readonly frames: BoundedCache<Uint8Array>;
  readonly pages: BoundedCache<IndexPage>;
}

/** About what an item of a decoded page takes in memory, in bytes. */
const PAGE_ITEM_BYTES = 160;

/** A cache for readers; both limits are bytes. */
export function segmentCache(limits: { readonly frameBytesMax: number; readonly pageBytesMax: number }): SegmentCache {
  return {
    frames: new BoundedCache(limits.frameBytesMax, (raw: Uint8Array) => raw.length),
    pages: new BoundedCache(limits.pageBytesMax, weighPage),
  };
}

function weighPage(page: IndexPage): number {
  return PAGE_ITEM_BYTES * ("entries" in page ? page.entries.length : page.references.length);
}
