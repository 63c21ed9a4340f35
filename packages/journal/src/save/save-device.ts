import { createHash } from "node:crypto";
import { MiB } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import type { SaveSink } from "./save-sink.ts";

const READ_BYTES = 4 * MiB;
const ALLOCATION_BYTES = 256 * MiB;

export interface SaveProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface SavedImage {
  readonly bytes: number;
  /** Of the whole image, zeroes included; hex. */
  readonly sha256: string;
}

/** Copies a disk to a sink, holes as holes; stops at the next piece when the signal aborts, and abandons the sink then. */
export async function saveDevice(
  device: BlockDevice,
  sink: SaveSink,
  options: { readonly signal: AbortSignal; readonly onProgress?: (progress: SaveProgress) => void },
): Promise<SavedImage> {
  const hash = createHash("sha256");
  const done = (doneBytes: number): void => options.onProgress?.({ doneBytes, totalBytes: device.sizeBytes });
  try {
    for (let offset = 0; offset < device.sizeBytes; offset += ALLOCATION_BYTES) {
      const extent = { offset, length: Math.min(ALLOCATION_BYTES, device.sizeBytes - offset) };
      for (const run of await device.allocation(extent)) {
        options.signal.throwIfAborted();
        if (run.kind === "zero") {
          hashZeroes(hash, run.length);
          await sink.zero(run);
        } else await copy(device, run, { sink, hash, signal: options.signal, done });
      }
      done(endOf(extent));
    }
    await sink.finish(device.sizeBytes);
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  return { bytes: device.sizeBytes, sha256: hash.digest("hex") };
}

async function copy(
  device: BlockDevice,
  extent: Extent,
  to: {
    readonly sink: SaveSink;
    readonly hash: ReturnType<typeof createHash>;
    readonly signal: AbortSignal;
    readonly done: (doneBytes: number) => void;
  },
): Promise<void> {
  const buffer = new Uint8Array(Math.min(READ_BYTES, extent.length));
  for (let at = extent.offset; at < endOf(extent); at += buffer.length) {
    to.signal.throwIfAborted();
    const target = buffer.subarray(0, Math.min(buffer.length, endOf(extent) - at));
    await device.read(at, target);
    to.hash.update(target);
    await to.sink.write(at, target);
    to.done(at + target.length);
  }
}

const ZEROES = new Uint8Array(4 * MiB);

function hashZeroes(hash: ReturnType<typeof createHash>, length: number): void {
  for (let rest = length; rest > 0; rest -= ZEROES.length)
    hash.update(ZEROES.subarray(0, Math.min(ZEROES.length, rest)));
}
