import { assert, ceilTo, floorTo, Mutex } from "@leeward/base";
import { type Allocation, assertFits, type BlockDevice, type Extent, endOf, type WriteOptions } from "@leeward/block";

/**
 * A partition as a disk of its own, which takes single bytes, as tools write them into files. Whoever is given it reaches nothing else of the disk: what
 * lies around what is written, in the same block, is read and written as it was, one call after another. Disposing of it leaves the disk open.
 */
export class PartitionDevice implements BlockDevice {
  readonly blockBytes = 1;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  readonly #disk: BlockDevice;
  readonly #offset: number;
  readonly #alone = new Mutex();

  constructor(disk: BlockDevice, { offset, length }: Extent) {
    assert(endOf({ offset, length }) <= disk.sizeBytes, "a partition lies inside of its disk");
    this.#disk = disk;
    this.#offset = offset;
    this.sizeBytes = length;
    this.readOnly = disk.readOnly;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    const { bytes, at } = await this.#around({ offset, length: target.length });
    target.set(bytes.subarray(at, at + target.length));
  }

  async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    assertFits(this, offset, data.length);
    await this.#alone.hold(async () => {
      const { start, bytes, at } = await this.#around({ offset, length: data.length });
      bytes.set(data, at);
      await this.#disk.write(start, bytes, options);
    });
  }

  async zero({ offset, length }: Extent, options: WriteOptions): Promise<void> {
    await this.write(offset, new Uint8Array(length), options);
  }

  async discard(extent: Extent, options: WriteOptions): Promise<void> {
    await this.zero(extent, options);
  }

  async flush(): Promise<void> {
    await this.#disk.flush();
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    return [{ ...extent, kind: "data" }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The disk is whoever's opened it.
  }

  /** The disk's blocks that the extent touches, and where it begins in them. */
  async #around({ offset, length }: Extent): Promise<{ start: number; bytes: Uint8Array; at: number }> {
    const { blockBytes } = this.#disk;
    const [from, to] = [this.#offset + offset, this.#offset + offset + length];
    const start = floorTo(from, blockBytes);
    const bytes = new Uint8Array(ceilTo(to, blockBytes) - start);
    await this.#disk.read(start, bytes);
    return { start, bytes, at: from - start };
  }
}
