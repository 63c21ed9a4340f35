import { assert } from "@leeward/base";
import type { Allocation, BlockDevice, WriteOptions } from "./block-device.ts";
import { assertFits, fits } from "./device-range.ts";
import { type Extent, endOf, intersection } from "./extent.ts";

/** A part of a device that is a part of another one. */
export interface Stretch extends Extent {
  readonly device: BlockDevice;
}

/** A stretch with where it begins in the whole. */
interface Placed extends Stretch {
  readonly at: number;
}

/**
 * Stretches of devices, one after another, as a disk: a logical volume. Nothing else of the devices is reached. Disposing of it leaves them
 * open.
 */
export class SplicedDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly: boolean;
  readonly #placed: readonly Placed[];

  /** At least one; each is whole blocks of its device, and of every other's. */
  constructor(stretches: readonly Stretch[]) {
    this.blockBytes = Math.max(...stretches.map(({ device }) => device.blockBytes));
    const placed: Placed[] = [];
    let at = 0;
    for (const stretch of stretches) {
      const { sizeBytes } = stretch.device;
      assert(
        fits({ sizeBytes, blockBytes: this.blockBytes }, stretch),
        "a stretch is whole blocks inside of its device",
      );
      placed.push({ ...stretch, at });
      at += stretch.length;
    }
    this.#placed = placed;
    this.sizeBytes = at;
    this.readOnly = stretches.some(({ device }) => device.readOnly);
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    await this.#each({ offset, length: target.length }, (device, extent, from) =>
      device.read(extent.offset, target.subarray(from, from + extent.length)),
    );
  }

  async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    assertFits(this, offset, data.length);
    await this.#each({ offset, length: data.length }, (device, extent, from) =>
      device.write(extent.offset, data.subarray(from, from + extent.length), options),
    );
  }

  async zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    await this.#each(extent, (device, part) => device.zero(part, options));
  }

  async discard(extent: Extent, options: WriteOptions): Promise<void> {
    await this.#each(extent, (device, part) => device.discard(part, options));
  }

  async flush(): Promise<void> {
    await Promise.all([...new Set(this.#placed.map(({ device }) => device))].map((device) => device.flush()));
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    const runs: Allocation[] = [];
    for (const { device, part, from } of this.#parts(extent))
      for (const { offset, length, kind } of await device.allocation(part))
        runs.push({ offset: extent.offset + from + offset - part.offset, length, kind });
    return runs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The devices are whoever's opened them.
  }

  async #each(extent: Extent, work: (device: BlockDevice, part: Extent, from: number) => Promise<void>): Promise<void> {
    await Promise.all(this.#parts(extent).map(({ device, part, from }) => work(device, part, from)));
  }

  /** What of each device the extent is, and how far into the extent that begins. */
  #parts(extent: Extent): { readonly device: BlockDevice; readonly part: Extent; readonly from: number }[] {
    assert(endOf(extent) <= this.sizeBytes, "a device is asked for what is inside of it");
    return this.#placed.flatMap(({ device, offset, length, at }) => {
      const common = intersection(extent, { offset: at, length });
      if (common === undefined) return [];
      const part = { offset: offset + common.offset - at, length: common.length };
      return [{ device, part, from: common.offset - extent.offset }];
    });
  }
}
