import type { Extent } from "@leeward/block";
import type { RecordDraft } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { contentRuns } from "./content-runs.ts";
import { asFault } from "./splitter-fault.ts";

/** A copy of an extent in the log. */
export interface LoggedCopy {
  /** The last one that the copy is complete at. */
  readonly sequence: number;
  /** Data that it added to the log, in bytes. */
  readonly payloadBytes: number;
}

/** Zeroes are told from data in steps of so many bytes. */
const STEP_BYTES = 16_384;

/**
 * Copies what the disk holds in an extent into the log. The read and its sequence are taken under the range lock, so a copy never
 * stands above a newer write.
 *
 * @param buffer as long as the extent at least; its own while the call runs
 * @param zeroes `skip` leaves them out: right where a target that needs the copy holds zeroes but for what was logged, and all that
 *   was changed was logged. Who skips sees to it that the log was not left meanwhile
 * @returns undefined when the log was left, and nothing is certain
 * @throws Fault `disk-read-failed`
 */
export async function copyExtent(
  capture: Capture,
  extent: Extent,
  { buffer, zeroes }: { readonly buffer: Uint8Array; readonly zeroes: "log" | "skip" },
): Promise<LoggedCopy | undefined> {
  using _lock = await capture.ranges.acquire(extent);
  const bytes = buffer.subarray(0, extent.length);
  await capture.parts.source.read(extent.offset, bytes);
  const timeMicros = capture.parts.world.clock.wallMicros();
  const drafts: RecordDraft[] = [];
  let payloadBytes = 0;
  for (const { kind, from, length } of contentRuns(bytes, STEP_BYTES)) {
    const offset = extent.offset + from;
    if (kind === "data") {
      drafts.push({ kind: "write", timeMicros, offset, data: bytes.subarray(from, from + length) });
      payloadBytes += length;
    } else if (zeroes === "log") drafts.push({ kind: "zero", timeMicros, offset, length });
  }
  const sequence = await logCopy(capture, drafts, payloadBytes);
  return sequence === undefined ? undefined : { sequence, payloadBytes };
}

/** As `copyExtent`, for an extent that the disk says is a hole, and that it is asked about again under the lock. */
export async function copyHole(
  capture: Capture,
  extent: Extent,
  zeroes: "log" | "skip",
): Promise<number | "data" | undefined> {
  using _lock = await capture.ranges.acquire(extent);
  const runs = await capture.parts.source.allocation(extent);
  if (runs.some(({ kind }) => kind === "data")) return "data";
  const timeMicros = capture.parts.world.clock.wallMicros();
  return await logCopy(capture, zeroes === "skip" ? [] : [{ kind: "zero", timeMicros, ...extent }], 0);
}

async function logCopy(
  capture: Capture,
  drafts: readonly RecordDraft[],
  payloadBytes: number,
): Promise<number | undefined> {
  if (drafts.length === 0) return capture.mode === "logging" ? capture.log.last : undefined;
  const appended = capture.append(drafts, payloadBytes);
  if (appended === undefined) return undefined;
  try {
    await appended.written;
    return appended.to;
  } catch (error) {
    capture.leaveLog(asFault(error));
    return undefined;
  }
}
