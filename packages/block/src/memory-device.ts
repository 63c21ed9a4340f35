import { assert, ceilTo, floorTo, KiB } from "@leeward/base";
import type { Allocation, BlockDevice } from "./block-device.ts";
import { diskReadOnly } from "./device-fault.ts";
import { assertFits } from "./device-range.ts";
import { type Extent, endOf } from "./extent.ts";
import { ExtentSet } from "./extent-set.ts";

const PAGE_BYTES = 64 * KiB;

export interface MemoryDeviceOptions {
  /** 512 or 4096; 512 when not given. */
  readonly blockBytes?: number;
  readonly readOnly?: boolean;
  /** For people, in faults; "memory" when not given. */
  readonly name?: string;
}

/** A disk in memory. It takes memory only where it was written, so it may be of any size; it holds zeroes at first. */
export function memoryDevice(sizeBytes: number, options: MemoryDeviceOptions = {}): BlockDevice {
  return new MemoryDevice(sizeBytes, options);
}

class MemoryDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly: boolean;
  readonly #name: string;
  readonly #pages = new Map<number, Uint8Array>();
  /** Block-aligned extents that were written and not zeroed since. */
  readonly #data = new ExtentSet();

  constructor(sizeBytes: number, options: MemoryDeviceOptions) {
    const { blockBytes = 512, readOnly = false, name = "memory" } = options;
    assert(sizeBytes > 0 && sizeBytes % blockBytes === 0, "a disk is a whole number of blocks");
    this.sizeBytes = sizeBytes;
    this.blockBytes = blockBytes;
    this.readOnly = readOnly;
    this.#name = name;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    for (const part of partsOf({ offset, length: target.length })) {
      const into = target.subarray(part.at, part.at + part.length);
      const page = this.#pages.get(part.page);
      if (page === undefined) into.fill(0);
      else into.set(page.subarray(part.from, part.from + part.length));
    }
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    const extent = { offset, length: data.length };
    this.#refuseReadOnly("write", extent);
    assertFits(this, offset, data.length);
    for (const part of partsOf(extent)) {
      let page = this.#pages.get(part.page);
      if (page === undefined) {
        page = new Uint8Array(PAGE_BYTES);
        this.#pages.set(part.page, page);
      }
      page.set(data.subarray(part.at, part.at + part.length), part.from);
    }
    this.#data.add(extent);
  }

  async zero(extent: Extent): Promise<void> {
    this.#refuseReadOnly("zero", extent);
    this.#clear(extent);
  }

  async discard(extent: Extent): Promise<void> {
    this.#refuseReadOnly("discard", extent);
    this.#clear(extent);
  }

  async flush(): Promise<void> {}

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    const runs: Allocation[] = [];
    let at = extent.offset;
    for (const data of this.#data.within(extent)) {
      if (data.offset > at) runs.push({ kind: "zero", offset: at, length: data.offset - at });
      runs.push({ kind: "data", ...data });
      at = endOf(data);
    }
    if (at < endOf(extent)) runs.push({ kind: "zero", offset: at, length: endOf(extent) - at });
    return runs;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Walks the pages that exist, or those in the extent, whichever are fewer: a whole-disk zero must not walk a whole disk. */
  #clear(extent: Extent): void {
    assertFits(this, extent.offset, extent.length);
    this.#data.remove(extent);
    const firstWhole = ceilTo(extent.offset, PAGE_BYTES) / PAGE_BYTES;
    const afterWhole = floorTo(endOf(extent), PAGE_BYTES) / PAGE_BYTES;
    if (afterWhole - firstWhole > this.#pages.size) {
      for (const page of this.#pages.keys()) if (page >= firstWhole && page < afterWhole) this.#pages.delete(page);
    } else {
      for (let page = firstWhole; page < afterWhole; page += 1) this.#pages.delete(page);
    }
    for (const part of edgesOf(extent)) this.#pages.get(part.page)?.fill(0, part.from, part.from + part.length);
  }

  #refuseReadOnly(operation: "write" | "zero" | "discard", extent: Extent): void {
    if (this.readOnly) throw diskReadOnly({ disk: this.#name, operation, extent });
  }
}

interface Part {
  readonly page: number;
  /** In the page. */
  readonly from: number;
  /** In the extent. */
  readonly at: number;
  readonly length: number;
}

function* partsOf(extent: Extent): IterableIterator<Part> {
  let at = 0;
  while (at < extent.length) {
    const from = (extent.offset + at) % PAGE_BYTES;
    const length = Math.min(PAGE_BYTES - from, extent.length - at);
    yield { page: (extent.offset + at - from) / PAGE_BYTES, from, at, length };
    at += length;
  }
}

/** The first and the last page's part of the extent, where whole pages between them do not matter. */
function edgesOf(extent: Extent): Part[] {
  const from = extent.offset % PAGE_BYTES;
  const head = {
    page: (extent.offset - from) / PAGE_BYTES,
    from,
    at: 0,
    length: Math.min(PAGE_BYTES - from, extent.length),
  };
  const end = endOf(extent);
  const tail = end % PAGE_BYTES;
  const page = (end - tail) / PAGE_BYTES;
  return page === head.page || tail === 0 ? [head] : [head, { page, from: 0, at: extent.length - tail, length: tail }];
}
