import { anySignal, MiB } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import { PAGES_WRITE_BYTES_MAX, type PageBlob } from "@leeward/object-store";
import { digestOf, GRANULE_BYTES, type PublishedDigests } from "./published-digests.ts";

/** What is read, compared and written in one go. */
const WINDOW_BYTES = PAGES_WRITE_BYTES_MAX;
/** Windows that are under way at once, each of which is held in memory. */
const AT_ONCE = 4;
const ALLOCATION_BYTES = 256 * MiB;
const ZEROES = new Uint8Array(GRANULE_BYTES);

/** Part of the disk, of at most WINDOW_BYTES, aligned to that. */
interface Window extends Extent {
  /** The disk says that it reads as zeroes. */
  readonly isZero: boolean;
}

export interface PagesWritten {
  readonly writtenBytes: number;
  readonly clearedBytes: number;
}

export interface PagesOptions {
  readonly device: BlockDevice;
  readonly blob: PageBlob;
  /** What the blob holds; in the end, what it holds then. */
  readonly digests: PublishedDigests;
  readonly virtualBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number) => void;
}

/** Brings the blob's pages to what the disk is: what differs is written, or cleared where it reads as zeroes now, a few windows at once. */
export async function writeChangedPages(options: PagesOptions): Promise<PagesWritten> {
  const failed = new AbortController();
  const signal = anySignal([options.signal, failed.signal]);
  const windows = windowsOf(options.device, options.virtualBytes);
  const written = { writtenBytes: 0, clearedBytes: 0 };
  let doneBytes = 0;
  const work = async (): Promise<void> => {
    const buffer = new Uint8Array(WINDOW_BYTES);
    for (let next = await windows.next(); next.done !== true; next = await windows.next()) {
      signal.throwIfAborted();
      const window = next.value;
      for (const { offset, length, kind } of await changesOf(window, buffer, options)) {
        if (kind === "zero") await options.blob.clear({ offset, length }, signal);
        else await options.blob.write(offset, buffer.subarray(offset - window.offset).subarray(0, length), signal);
        written[kind === "zero" ? "clearedBytes" : "writtenBytes"] += length;
      }
      doneBytes += window.length;
      options.onProgress(doneBytes);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, async () => {
    try {
      await work();
    } catch (error) {
      // The first one's reason becomes that of the others.
      failed.abort(error);
    }
  });
  await Promise.all(workers);
  signal.throwIfAborted();
  return written;
}

/** All of the disk with what is behind it, in order. */
async function* windowsOf(device: BlockDevice, virtualBytes: number): AsyncGenerator<Window, undefined> {
  for (let base = 0; base < virtualBytes; base += ALLOCATION_BYTES) {
    const end = Math.min(virtualBytes, base + ALLOCATION_BYTES);
    const data = await dataIn(device, { offset: base, length: end - base });
    for (let offset = base; offset < end; offset += WINDOW_BYTES) {
      const window = { offset, length: Math.min(WINDOW_BYTES, end - offset) };
      while (data[0] !== undefined && endOf(data[0]) <= offset) data.shift();
      yield { ...window, isZero: data[0] === undefined || data[0].offset >= endOf(window) };
    }
  }
  return undefined;
}

async function dataIn(device: BlockDevice, extent: Extent): Promise<Extent[]> {
  const length = Math.min(endOf(extent), device.sizeBytes) - extent.offset;
  if (length <= 0) return [];
  const runs = await device.allocation({ offset: extent.offset, length });
  return runs.filter(({ kind }) => kind === "data");
}

interface Change extends Extent {
  readonly kind: "data" | "zero";
}

/** What of the window differs from what the blob holds, with its content in `buffer`. */
async function changesOf(window: Window, buffer: Uint8Array, options: PagesOptions): Promise<Change[]> {
  const { device, digests } = options;
  if (!window.isZero) {
    const onDisk = Math.max(0, Math.min(window.length, device.sizeBytes - window.offset));
    await device.read(window.offset, buffer.subarray(0, onDisk));
    buffer.fill(0, onDisk, window.length);
  }
  const changes: Change[] = [];
  for (let offset = window.offset; offset < endOf(window); offset += GRANULE_BYTES) {
    const granule = buffer.subarray(offset - window.offset).subarray(0, GRANULE_BYTES);
    const digest = window.isZero || Buffer.compare(granule, ZEROES) === 0 ? undefined : digestOf(granule);
    if (!digests.replace(offset / GRANULE_BYTES, digest)) continue;
    const kind = digest === undefined ? "zero" : "data";
    const last = changes.at(-1);
    if (last !== undefined && last.kind === kind && endOf(last) === offset) {
      changes[changes.length - 1] = { ...last, length: last.length + GRANULE_BYTES };
    } else changes.push({ offset, length: GRANULE_BYTES, kind });
  }
  return changes;
}
