import { assert, ceilTo, floorTo, KiB, MiB } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import { damaged } from "./faults.ts";

const PAGE_BYTES = 64 * KiB;
/** Of small reads; a disk's pages are kept once, whatever reads them. */
const CACHE_PAGES_MAX = (16 * MiB) / PAGE_BYTES;

/** A disk, or a part of one, read at any offset and length. Small reads go through a cache; the disk must not change. */
export class Volume {
  readonly sizeBytes: number;
  /** The disk's logical block size. */
  readonly blockBytes: number;
  readonly #pages: PageCache;
  readonly #offset: number;

  private constructor(pages: PageCache, { offset, length }: Extent) {
    this.#pages = pages;
    this.#offset = offset;
    this.sizeBytes = length;
    this.blockBytes = pages.device.blockBytes;
  }

  static whole(device: BlockDevice): Volume {
    return new Volume(new PageCache(device), { offset: 0, length: device.sizeBytes });
  }

  /** The part of this volume, which holds it. */
  part(extent: Extent): Volume {
    assert(endOf(extent) <= this.sizeBytes, "a part lies inside of its volume");
    return new Volume(this.#pages, { offset: this.#offset + extent.offset, length: extent.length });
  }

  /** @throws Fault `file-system-damaged` when it asks for what lies beyond the end, and what the device throws */
  async read(offset: number, target: Uint8Array): Promise<void> {
    if (offset < 0 || offset + target.length > this.sizeBytes)
      throw damaged("disk's content", `something in it refers to byte ${offset}, beyond the end of its partition`);
    await this.#pages.read(this.#offset + offset, target);
  }

  /** `length` bytes, or those that there are. */
  async peek(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.sizeBytes - offset)));
    if (bytes.length > 0) await this.read(offset, bytes);
    return bytes;
  }
}

class PageCache {
  readonly device: BlockDevice;
  /** By number, the one used last at the end. */
  readonly #pages = new Map<number, Uint8Array>();

  constructor(device: BlockDevice) {
    this.device = device;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    const { blockBytes } = this.device;
    if (target.length >= PAGE_BYTES && offset % blockBytes === 0 && target.length % blockBytes === 0) {
      await this.device.read(offset, target);
      return;
    }
    for (let at = 0; at < target.length; ) {
      const from = offset + at;
      const start = floorTo(from, PAGE_BYTES);
      const page = await this.#page(start);
      const piece = page.subarray(from - start, from - start + target.length - at);
      target.set(piece, at);
      at += piece.length;
    }
  }

  async #page(start: number): Promise<Uint8Array> {
    const known = this.#pages.get(start);
    if (known !== undefined) {
      this.#pages.delete(start);
      this.#pages.set(start, known);
      return known;
    }
    const { sizeBytes, blockBytes } = this.device;
    const page = new Uint8Array(Math.min(PAGE_BYTES, ceilTo(sizeBytes - start, blockBytes)));
    await this.device.read(start, page);
    this.#pages.set(start, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > CACHE_PAGES_MAX && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}
