import { ExtentSet } from "@leeward/block";
import { decodeFrames, FRAME_BYTES_MAX } from "@leeward/proto";
import type { Capture } from "./capture.ts";

/**
 * What of the disk was changed after `sequence`: everything that later records of the log name, and every region of the change bitmap.
 * Never less than that; regions are whole. Made durable first, so that nothing acknowledged is missing.
 * @throws Fault `log-trimmed` when the log no longer reaches back so far, and as `settleLog` does
 */
export async function changedAfter(capture: Capture, sequence: number): Promise<ExtentSet> {
  await capture.settleLog();
  const changed = new ExtentSet();
  const { log, changes, parts } = capture;
  await using cursor = log.log?.cursor(sequence + 1);
  for (;;) {
    const frames = await cursor?.next({ through: log.durable, bytesMax: FRAME_BYTES_MAX });
    if (frames === undefined) break;
    for (const record of decodeFrames(frames.bytes)) {
      if ("offset" in record) changed.add({ offset: record.offset, length: record.length });
    }
  }
  for (let region = changes.nextSet(0); region !== undefined; region = changes.nextSet(region + 1)) {
    const offset = region * changes.regionBytes;
    changed.add({ offset, length: Math.min(changes.regionBytes, parts.source.sizeBytes - offset) });
  }
  return changed;
}
