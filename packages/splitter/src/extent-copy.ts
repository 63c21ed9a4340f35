import { floorTo } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { RecordDraft } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { contentRuns } from "./content-runs.ts";
import { type LoggedCopy, logPieces } from "./logged-pieces.ts";
import { asFault } from "./splitter-fault.ts";

/** Zeroes are told from data in steps of so many bytes. */
const STEP_BYTES = 16_384;

/**
 * Copies what the disk holds in an extent into the log. The read and its sequence are taken under the range lock, so a copy never
 * stands above a newer write.
 *
 * @param buffer as long as the extent at least; its own while the call runs
 * @param zeroes `skip` leaves them out: right where a target that needs the copy holds zeroes but for what was logged, and all that
 *   was changed was logged. Who skips sees to it that the log was not left meanwhile. Where digests are kept, zeroes are never skipped
 * @param equal where digests are kept: what the target is known to hold is left out, or logged all the same
 * @returns undefined when the log was left, and nothing is certain
 * @throws Fault `disk-read-failed`, and what the digests' file throws
 */
export async function copyExtent(
  capture: Capture,
  extent: Extent,
  { buffer, zeroes, equal }: CopyOptions & { readonly buffer: Uint8Array },
): Promise<LoggedCopy | undefined> {
  using _lock = await capture.ranges.acquire(extent);
  const bytes = buffer.subarray(0, extent.length);
  await readInto(capture, extent.offset, bytes);
  if (capture.parts.digests !== undefined) {
    return await logPieces(capture, [{ extent, bytes }], { equal, noRoom: "leave-log" });
  }
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
  return sequence === undefined ? undefined : { sequence, payloadBytes, differingBytes: extent.length };
}

/** How zeroes, and what the target is known to hold, are copied; see `copyExtent`. */
export interface CopyOptions {
  readonly zeroes: "log" | "skip";
  readonly equal: "leave-out" | "log";
}

/** How much is read and logged at once: what a log that is half full has room for, but at least a chunk. */
export function windowBytes({ log, parts }: Capture, buffer: Uint8Array): number {
  const { copyChunkBytes } = parts.limits;
  return Math.min(buffer.length, Math.max(copyChunkBytes, floorTo(log.bytesMax / 4, copyChunkBytes)));
}

/** Reads in chunks, which many disks take side by side. All have ended when it settles. */
export async function readInto(capture: Capture, offset: number, bytes: Uint8Array): Promise<void> {
  capture.reads.pass(bytes.length);
  return await capture.reads.during(() => readChunks(capture, offset, bytes));
}

async function readChunks(capture: Capture, offset: number, bytes: Uint8Array): Promise<void> {
  const { source, limits } = capture.parts;
  const { copyChunkBytes } = limits;
  if (bytes.length <= copyChunkBytes) return await source.read(offset, bytes);
  const reads: Promise<void>[] = [];
  for (let at = 0; at < bytes.length; at += copyChunkBytes) {
    reads.push(source.read(offset + at, bytes.subarray(at, at + copyChunkBytes)));
  }
  for (const read of await Promise.allSettled(reads)) if (read.status === "rejected") throw read.reason;
}

/** As `copyExtent`, for an extent that the disk says is a hole, and that it is asked about again under the lock. */
export async function copyHole(
  capture: Capture,
  extent: Extent,
  { zeroes, equal }: CopyOptions,
): Promise<LoggedCopy | "data" | undefined> {
  using _lock = await capture.ranges.acquire(extent);
  const runs = await capture.parts.source.allocation(extent);
  if (runs.some(({ kind }) => kind === "data")) return "data";
  if (capture.parts.digests !== undefined) {
    return await logPieces(capture, [{ extent, bytes: undefined }], { equal, noRoom: "leave-log" });
  }
  const timeMicros = capture.parts.world.clock.wallMicros();
  const sequence = await logCopy(capture, zeroes === "skip" ? [] : [{ kind: "zero", timeMicros, ...extent }], 0);
  return sequence === undefined ? undefined : { sequence, payloadBytes: 0, differingBytes: extent.length };
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
