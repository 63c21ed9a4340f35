import { assert } from "@leeward/base";
import { type FileHandle, type Files, replaceFile } from "@leeward/world";
import {
  type BitmapHead,
  decodeHead,
  encodeHead,
  encodeSector,
  isWhole,
  SECTOR_BITS_BYTES,
  SECTOR_BYTES,
  SECTOR_REGIONS,
} from "./bitmap-sector.ts";
import { BitmapWriter } from "./bitmap-writer.ts";

/**
 * One bit for each region of a disk, in memory and in a file of checked sectors that is made whole once and then written in place,
 * so that a full file system does not stop it.
 *
 * Invariant: a bit that was set and made durable reads as set after any crash, until it was cleared. The file may show more than was
 * ever set, never less: a sector that a crash tore (wrong CRC), or that is missing, reads as all set, and a head that is torn makes
 * everything set. Worst outcome if broken: a changed region is taken for unchanged and never copied.
 *
 * Order: `set` changes memory at once; `written` puts it into the kernel (survives a kill); `sync` makes it durable (survives a
 * power loss), many callers sharing one fdatasync. `clear` changes memory alone and reaches the file with a later write of its
 * sector; a crash before leaves the bit set, which costs a copy. A datasync that failed makes all that was written since
 * the last good one be written again. What `open` found may have been written by a process that was killed before its datasync, so
 * it counts as changed, and the next `sync` writes it again.
 */
export interface DurableBitmapOptions {
  readonly files: Files;
  readonly folder: string;
  readonly name: string;
  /** Of a new file; one that exists keeps its own. A power of two. */
  readonly regionBytes: number;
  readonly diskBytes: number;
  /** What a file that is not there means: nothing was ever set, or nothing is known. */
  readonly whenMissing: "clear" | "set";
}

const READ_SECTORS = 2_048;

export class DurableBitmap implements AsyncDisposable {
  readonly regionBytes: number;
  readonly #writer: BitmapWriter;
  #bits: Uint8Array;
  #regionCount: number;
  #setCount = 0;

  private constructor(handle: FileHandle, head: BitmapHead) {
    this.regionBytes = head.regionBytes;
    this.#regionCount = head.regionCount;
    this.#bits = new Uint8Array(sectorsOf(head.regionCount) * SECTOR_BITS_BYTES);
    this.#writer = new BitmapWriter(handle, (target, sector) => encodeSector(target, this.#sectorBits(sector)));
  }

  /** Opens the file, or makes it; grows it when the disk has grown. */
  static async open(options: DurableBitmapOptions): Promise<DurableBitmap> {
    const { files, folder, name, regionBytes, diskBytes } = options;
    assert(regionBytes > 0 && diskBytes > 0, "a bitmap has regions");
    const fresh = { regionBytes, regionCount: Math.ceil(diskBytes / regionBytes) };
    const missing = (await files.status(`${folder}/${name}`)) === undefined;
    if (missing) await replaceFile(files, folder, name, encodeClear(fresh));
    const handle = await files.open(`${folder}/${name}`, "update");
    try {
      const head = await readHead(handle);
      const bitmap = new DurableBitmap(handle, head ?? fresh);
      if (head === undefined) await bitmap.#makeAgain();
      else await bitmap.#load(handle);
      if (missing && options.whenMissing === "set") {
        bitmap.setAll();
        await bitmap.sync();
      }
      await bitmap.resize(diskBytes);
      return bitmap;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get regionCount(): number {
    return this.#regionCount;
  }

  /** How many regions are set. */
  get setCount(): number {
    return this.#setCount;
  }

  has(region: number): boolean {
    return ((this.#bits[region >>> 3] ?? 0) & (1 << (region & 7))) !== 0;
  }

  /** In memory; returns whether it was clear. */
  set(region: number): boolean {
    assert(region >= 0 && region < this.#regionCount, "a region lies inside of the disk");
    if (this.has(region)) return false;
    this.#bits[region >>> 3] = (this.#bits[region >>> 3] ?? 0) | (1 << (region & 7));
    this.#setCount += 1;
    this.#writer.touch(Math.floor(region / SECTOR_REGIONS));
    return true;
  }

  /** Every region that the range touches; returns whether any was clear. */
  setRange(offset: number, length: number): boolean {
    const last = Math.floor((offset + length - 1) / this.regionBytes);
    let changed = false;
    for (let region = Math.floor(offset / this.regionBytes); region <= last; region += 1) {
      if (this.set(region)) changed = true;
    }
    return changed;
  }

  setAll(): void {
    for (let region = 0; region < this.#regionCount; region += 1) this.set(region);
  }

  clear(region: number): void {
    if (!this.has(region)) return;
    this.#bits[region >>> 3] = (this.#bits[region >>> 3] ?? 0) & ~(1 << (region & 7));
    this.#setCount -= 1;
    this.#writer.touch(Math.floor(region / SECTOR_REGIONS));
  }

  clearAll(): void {
    for (let region = this.nextSet(0); region !== undefined; region = this.nextSet(region + 1)) this.clear(region);
  }

  /** The first set region at or after `from`, and below `before`. */
  nextSet(from: number, before = this.#regionCount): number | undefined {
    if (this.#setCount === 0) return undefined;
    const end = Math.min(before, this.#regionCount);
    for (let region = from; region < end; ) {
      if ((region & 7) === 0 && this.#bits[region >>> 3] === 0) region += 8;
      else if (this.has(region)) return region;
      else region += 1;
    }
    return undefined;
  }

  /** Sets the regions and makes them durable. */
  mark(regions: Iterable<number>): Promise<void> {
    for (const region of regions) this.set(region);
    return this.sync();
  }

  /** Whether something was changed that is not durable yet. */
  get unsynced(): boolean {
    return this.#writer.unsynced;
  }

  /** All changes before the call are in the kernel when it settles: they survive the end of this process. */
  written(): Promise<void> {
    return this.#writer.written();
  }

  /** All changes before the call are durable when it settles. */
  sync(): Promise<void> {
    return this.#writer.sync();
  }

  /**
   * Follows a disk that has grown or shrunk; durable when it settles. The new regions are clear. A crash leaves the old head, and
   * the next open grows again.
   */
  async resize(diskBytes: number): Promise<void> {
    const regionCount = Math.ceil(diskBytes / this.regionBytes);
    if (regionCount === this.#regionCount) return;
    for (let region = regionCount; region < this.#regionCount; region += 1) this.clear(region);
    const sectors = sectorsOf(regionCount);
    const before = sectorsOf(this.#regionCount);
    const bits = new Uint8Array(sectors * SECTOR_BITS_BYTES);
    bits.set(this.#bits.subarray(0, Math.min(bits.length, this.#bits.length)));
    this.#bits = bits;
    this.#regionCount = regionCount;
    this.#writer.limit(sectors);
    for (let sector = before; sector < sectors; sector += 1) this.#writer.touch(sector);
    await this.sync();
    await this.#writer.writeHead(encodeHead({ regionBytes: this.regionBytes, regionCount }));
  }

  /** Does not make anything durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
  }

  #sectorBits(sector: number): Uint8Array {
    return this.#bits.subarray(sector * SECTOR_BITS_BYTES, (sector + 1) * SECTOR_BITS_BYTES);
  }

  /** Nothing that the file says is believed: every region counts as set. The sectors come before the head that vouches for them. */
  async #makeAgain(): Promise<void> {
    for (let sector = 0; sector < sectorsOf(this.#regionCount); sector += 1) this.#writer.touch(sector);
    this.setAll();
    await this.sync();
    await this.#writer.writeHead(encodeHead({ regionBytes: this.regionBytes, regionCount: this.#regionCount }));
  }

  async #load(handle: FileHandle): Promise<void> {
    const sectors = sectorsOf(this.#regionCount);
    for (let first = 0; first < sectors; first += READ_SECTORS) {
      const count = Math.min(READ_SECTORS, sectors - first);
      const bytes = new Uint8Array(count * SECTOR_BYTES);
      await handle.read(bytes, (1 + first) * SECTOR_BYTES);
      for (let index = 0; index < count; index += 1) {
        this.#take(first + index, bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES));
      }
    }
  }

  #take(sector: number, stored: Uint8Array): void {
    const whole = isWhole(stored);
    const before = this.#setCount;
    const last = Math.min(this.#regionCount, (sector + 1) * SECTOR_REGIONS);
    for (let region = sector * SECTOR_REGIONS; region < last; region += 1) {
      const bit = region - sector * SECTOR_REGIONS;
      if (whole && ((stored[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
      this.#bits[region >>> 3] = (this.#bits[region >>> 3] ?? 0) | (1 << (region & 7));
      this.#setCount += 1;
    }
    if (!whole || this.#setCount > before) this.#writer.touch(sector);
  }
}

function sectorsOf(regionCount: number): number {
  return Math.ceil(regionCount / SECTOR_REGIONS);
}

async function readHead(handle: FileHandle): Promise<BitmapHead | undefined> {
  const sector = new Uint8Array(SECTOR_BYTES);
  return (await handle.read(sector, 0)) === SECTOR_BYTES ? decodeHead(sector) : undefined;
}

function encodeClear(head: BitmapHead): Uint8Array {
  const sectors = sectorsOf(head.regionCount);
  const bytes = new Uint8Array((1 + sectors) * SECTOR_BYTES);
  bytes.set(encodeHead(head), 0);
  const none = new Uint8Array(SECTOR_BITS_BYTES);
  for (let sector = 1; sector <= sectors; sector += 1) encodeSector(bytes.subarray(sector * SECTOR_BYTES), none);
  return bytes;
}
