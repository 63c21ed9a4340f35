import { Waiters } from "@leeward/base";
import type { Allocation, BlockDevice, Extent, WriteOptions } from "@leeward/block";

/**
 * The disk as applications reach it, whatever stands behind it: `exchange` puts another device there without any application noticing more
 * than a pause.
 *
 * Invariant: a call goes whole to one device, and none is under way on a device that was taken away. Worst outcome if broken: a write that
 * no log holds.
 */
export class DiskDoor implements BlockDevice {
  readonly #idle = new Waiters();
  #device: BlockDevice;
  #held: PromiseWithResolvers<void> | undefined;
  #underWay = 0;

  constructor(device: BlockDevice) {
    this.#device = device;
  }

  get sizeBytes(): number {
    return this.#device.sizeBytes;
  }

  get blockBytes(): number {
    return this.#device.blockBytes;
  }

  get readOnly(): boolean {
    return this.#device.readOnly;
  }

  /** Calls that come meanwhile wait; once those under way have ended, they all go to the other device. */
  async exchange(device: BlockDevice): Promise<void> {
    const held = Promise.withResolvers<void>();
    this.#held = held;
    while (this.#underWay > 0) await this.#idle.next();
    this.#device = device;
    this.#held = undefined;
    held.resolve();
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    return this.#pass((device) => device.read(offset, target));
  }

  write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    return this.#pass((device) => device.write(offset, data, options));
  }

  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    return this.#pass((device) => device.zero(extent, options));
  }

  discard(extent: Extent, options: WriteOptions): Promise<void> {
    return this.#pass((device) => device.discard(extent, options));
  }

  flush(): Promise<void> {
    return this.#pass((device) => device.flush());
  }

  allocation(extent: Extent): Promise<readonly Allocation[]> {
    return this.#pass((device) => device.allocation(extent));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever put a device here closes it.
  }

  #pass<T>(call: (device: BlockDevice) => Promise<T>): Promise<T> {
    if (this.#held !== undefined) return this.#held.promise.then(() => this.#pass(call));
    this.#underWay += 1;
    const calling = call(this.#device);
    calling.then(this.#ended, this.#ended);
    return calling;
  }

  readonly #ended = (): void => {
    this.#underWay -= 1;
    if (this.#underWay === 0 && this.#held !== undefined) this.#idle.notify();
  };
}

/** The device for someone who disposes of it without its being theirs. */
export function lent(device: BlockDevice): BlockDevice {
  return {
    sizeBytes: device.sizeBytes,
    blockBytes: device.blockBytes,
    readOnly: device.readOnly,
    read: (offset, target) => device.read(offset, target),
    write: (offset, data, options) => device.write(offset, data, options),
    zero: (extent, options) => device.zero(extent, options),
    discard: (extent, options) => device.discard(extent, options),
    flush: () => device.flush(),
    allocation: (extent) => device.allocation(extent),
    [Symbol.asyncDispose]: async () => {},
  };
}
