import { type Extent, ExtentSet, intersection } from "@leeward/block";
import { decodeFrames, FRAME_BYTES_MAX } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { comparisonImpossible } from "./splitter-fault.ts";

/** What of the changes is wanted, and how much may be looked through for it. */
export interface ChangedLimits {
  readonly within: Extent;
  readonly logBytesMax: number;
  readonly signal: AbortSignal;
}

/**
 * What of the disk was changed after `sequence`: everything that later records of the log name, and every region of the change bitmap.
 * Never less than that; regions are whole. Made durable first, so that nothing acknowledged is missing.
 * @throws Fault `log-trimmed` when the log no longer reaches back so far, `comparison-impossible` when it is longer than may be looked through,
 *   and as `settleLog` does
 */
export async function changedAfter(capture: Capture, sequence: number, limits?: ChangedLimits): Promise<ExtentSet> {
  await capture.settleLog();
  const { log, changes, parts } = capture;
  const whole = { offset: 0, length: parts.source.sizeBytes };
  const changed = new ExtentSet();
  const note = (extent: Extent): void => {
    const wanted = intersection(extent, limits?.within ?? whole);
    if (wanted !== undefined) changed.add(wanted);
  };
  await using cursor = log.log?.cursor(sequence + 1);
  let logBytes = 0;
  for (;;) {
    const frames = await cursor?.next({ through: log.durable, bytesMax: FRAME_BYTES_MAX });
    if (frames === undefined) break;
    for (const record of decodeFrames(frames.bytes)) if ("offset" in record) note(record);
    logBytes += frames.bytes.length;
    if (limits === undefined) continue;
    if (logBytes > limits.logBytesMax) throw comparisonImpossible("too much was written since the target's point");
    // A turn of the event loop belongs to the applications.
    await parts.world.clock.sleep(0, limits.signal);
  }
  for (let region = changes.nextSet(0); region !== undefined; region = changes.nextSet(region + 1)) {
    note({ offset: region * changes.regionBytes, length: changes.regionBytes });
  }
  return changed;
}
