import { type Extent, endOf } from "@leeward/block";
import type { Capture } from "./capture.ts";
import { PAGE_BYTES, pagesIn } from "./page-digests.ts";

/**
 * Has the extents copied once more, as a catch-up, while changes are logged on.
 *
 * Order: digests forgotten, durably → bits set → bitmap durable → the disk is not `protected` any more. A crash in between leaves bits that the next open
 * catches up, or none; digests that are missing cost bytes alone.
 */
export async function recopy(capture: Capture, extents: readonly Extent[], signal: AbortSignal): Promise<void> {
  const { changes } = capture;
  for (const extent of extents) await forgetDigests(capture, extent);
  for (const { offset, length } of extents) capture.markChanged(offset, length);
  capture.notify();
  await changes.sync();
  const begun = (): boolean => changes.setCount === 0 || capture.state.kind !== "protected";
  await capture.until(begun, signal);
}

/** What a target was thought to hold there, it does not: without this the copy would leave it out. */
async function forgetDigests({ ranges, parts }: Capture, extent: Extent): Promise<void> {
  if (parts.digests === undefined) return;
  const first = Math.floor(extent.offset / PAGE_BYTES);
  using _lock = await ranges.acquire({ offset: first * PAGE_BYTES, length: endOf(extent) - first * PAGE_BYTES });
  await parts.digests.invalidate([{ first, changed: new Uint8Array(pagesIn(endOf(extent)) - first).fill(1) }]);
}
