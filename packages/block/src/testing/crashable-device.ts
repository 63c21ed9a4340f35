import type { Random } from "@leeward/base";
import type { Allocation, BlockDevice, WriteOptions } from "../block-device.ts";
import { type DeviceOperation, diskClosed } from "../device-fault.ts";
import { type Extent, endOf } from "../extent.ts";
import { memoryDevice } from "../memory-device.ts";

/** One block that was changed and is not durable yet. */
interface Unflushed {
  readonly offset: number;
  /** undefined is zeroes. */
  readonly data: Uint8Array | undefined;
}

/**
 * A disk with a volatile cache. What was written and neither flushed nor written with FUA may be lost by a crash: each
 * block by itself, in any combination, as `random` decides. For small disks in tests.
 */
export class CrashableDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly = false;
  readonly #random: Random;
  readonly #durable: BlockDevice;
  readonly #current: BlockDevice;
  #unflushed: Unflushed[] = [];
  #dead = false;

  private constructor(random: Random, durable: BlockDevice, current: BlockDevice) {
    this.sizeBytes = durable.sizeBytes;
    this.blockBytes = durable.blockBytes;
    this.#random = random;
    this.#durable = durable;
    this.#current = current;
  }

  /** A disk of zeroes. */
  static create(sizeBytes: number, random: Random, blockBytes: 512 | 4096 = 512): CrashableDevice {
    return new CrashableDevice(
      random,
      memoryDevice(sizeBytes, { blockBytes }),
      memoryDevice(sizeBytes, { blockBytes }),
    );
  }

  /** The power fails: this device refuses everything from now on (`disk-closed`), and what survived is the new one. */
  async crash(): Promise<CrashableDevice> {
    this.#dead = true;
    await this.#harden(this.#unflushed.filter(() => this.#random.below(2) === 0));
    const { sizeBytes, blockBytes } = this;
    const current = memoryDevice(sizeBytes, { blockBytes });
    for (const run of await this.#durable.allocation({ offset: 0, length: sizeBytes })) {
      if (run.kind === "zero") continue;
      const data = new Uint8Array(run.length);
      await this.#durable.read(run.offset, data);
      await current.write(run.offset, data, { fua: false });
    }
    return new CrashableDevice(this.#random, this.#durable, current);
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    this.#alive("read");
    await this.#current.read(offset, target);
  }

  async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    this.#alive("write");
    await this.#current.write(offset, data, options);
    await this.#note({ offset, length: data.length }, data.slice(), options);
  }

  async zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    this.#alive("zero");
    await this.#current.zero(extent, options);
    await this.#note(extent, undefined, options);
  }

  async discard(extent: Extent, options: WriteOptions): Promise<void> {
    this.#alive("discard");
    await this.#current.discard(extent, options);
    await this.#note(extent, undefined, options);
  }

  async flush(): Promise<void> {
    this.#alive("flush");
    const blocks = this.#unflushed;
    this.#unflushed = [];
    await this.#harden(blocks);
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    this.#alive("allocation");
    return this.#current.allocation(extent);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #note(extent: Extent, data: Uint8Array | undefined, options: WriteOptions): Promise<void> {
    // The power may have failed while the call was under way.
    this.#alive("write");
    const blocks: Unflushed[] = [];
    for (let at = 0; at < extent.length; at += this.blockBytes) {
      blocks.push({ offset: extent.offset + at, data: data?.subarray(at, at + this.blockBytes) });
    }
    if (!options.fua) {
      this.#unflushed.push(...blocks);
      return;
    }
    // What was written there before can no longer come back over it.
    this.#unflushed = this.#unflushed.filter((block) => block.offset < extent.offset || block.offset >= endOf(extent));
    await this.#harden(blocks);
  }

  /** All of them in one turn (memory is changed before the first wait), so that calls side by side keep their order. */
  async #harden(blocks: readonly Unflushed[]): Promise<void> {
    await Promise.all(blocks.map((block) => this.#put(this.#durable, block)));
  }

  async #put(device: BlockDevice, block: Unflushed): Promise<void> {
    if (block.data === undefined)
      await device.discard({ offset: block.offset, length: this.blockBytes }, { fua: false });
    else await device.write(block.offset, block.data, { fua: false });
  }

  #alive(operation: DeviceOperation): void {
    if (this.#dead) throw diskClosed({ disk: "crashed", operation });
  }
}
