import { MiB } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import { DiskHash } from "./disk-hash.ts";
import type { SaveSink } from "./save-sink.ts";

const READ_BYTES = 4 * MiB;
const ALLOCATION_BYTES = 256 * MiB;

/** A sink that reads back what it was given counts every byte twice. */
export interface SaveProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface SavedImage {
  readonly bytes: number;
  /** Of the disk's whole content, zeroes included, whatever the format of the file; hex. */
  readonly sha256: string;
}

/** Copies a disk to a sink, holes as holes; stops at the next piece when the signal aborts, and abandons the sink then. */
export async function saveDevice(
  device: BlockDevice,
  sink: SaveSink,
  options: { readonly signal: AbortSignal; readonly onProgress?: (progress: SaveProgress) => void },
): Promise<SavedImage> {
  const { signal } = options;
  const totalBytes = savedTotal(device, sink);
  const done = (doneBytes: number): void => options.onProgress?.({ doneBytes, totalBytes });
  try {
    const saved = { bytes: device.sizeBytes, sha256: await copyAll(device, { sink, signal, done }) };
    await sink.finish(saved, { signal, done: (readBytes) => done(device.sizeBytes + readBytes) });
    return saved;
  } catch (error) {
    await sink.abandon();
    // What a sink says of its helpers that were ended is not why it ended.
    signal.throwIfAborted();
    throw error;
  }
}

/** What there is to do for a save, in bytes. */
export function savedTotal({ sizeBytes }: BlockDevice, { readsBack }: SaveSink): number {
  return readsBack ? 2 * sizeBytes : sizeBytes;
}

interface Copying {
  readonly sink: SaveSink;
  readonly signal: AbortSignal;
  readonly done: (doneBytes: number) => void;
}

async function copyAll(device: BlockDevice, copying: Copying): Promise<string> {
  const hash = new DiskHash();
  for (let offset = 0; offset < device.sizeBytes; offset += ALLOCATION_BYTES) {
    const extent = { offset, length: Math.min(ALLOCATION_BYTES, device.sizeBytes - offset) };
    for (const run of await device.allocation(extent)) {
      copying.signal.throwIfAborted();
      if (run.kind === "zero") {
        hash.zeroes(run.length);
        await copying.sink.zero(run);
      } else await copy(device, run, { ...copying, hash });
    }
    copying.done(endOf(extent));
  }
  return hash.hex();
}

async function copy(device: BlockDevice, extent: Extent, to: Copying & { readonly hash: DiskHash }): Promise<void> {
  const buffer = new Uint8Array(Math.min(READ_BYTES, extent.length));
  for (let at = extent.offset; at < endOf(extent); at += buffer.length) {
    to.signal.throwIfAborted();
    const target = buffer.subarray(0, Math.min(buffer.length, endOf(extent) - at));
    await device.read(at, target);
    to.hash.data(target);
    await to.sink.write(at, target);
    to.done(at + target.length);
  }
}
