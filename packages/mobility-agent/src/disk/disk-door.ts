import { Waiters } from "@leeward/base";
import {
  type Allocation,
  type BlockDevice,
  type DeviceOperation,
  diskReadOnly,
  type Extent,
  type WriteOptions,
} from "@leeward/block";

/** Says whether the machine is fenced: whether its disks take no writes. */
export interface WriteFence {
  fenced(): boolean;
}

/** Of a disk that nobody writes to through a door. */
export const NO_FENCE: WriteFence = { fenced: () => false };

/**
 * The disk as applications reach it, whatever stands behind it: `exchange` puts another device there without any application noticing more
 * than a pause.
 *
 * Invariant: a call goes whole to one device, and none is under way on a device that was taken away; while the machine is fenced, no write gets in.
 * Worst outcome if broken: a write that no log holds, or one that another copy of the machine knows nothing of.
 */
export class DiskDoor implements BlockDevice {
  readonly #idle = new Waiters();
  readonly #quiet = new Waiters();
  readonly #fence: WriteFence;
  #device: BlockDevice;
  #held: PromiseWithResolvers<void> | undefined;
  #underWay = 0;
  #writing = 0;

  constructor(device: BlockDevice, fence: WriteFence = NO_FENCE) {
    this.#device = device;
    this.#fence = fence;
  }

  get sizeBytes(): number {
    return this.#device.sizeBytes;
  }

  get blockBytes(): number {
    return this.#device.blockBytes;
  }

  get readOnly(): boolean {
    return this.#fence.fenced() || this.#device.readOnly;
  }

  /** Settles when no write is under way: once the machine is fenced, none will be again. */
  async settleWrites(): Promise<void> {
    while (this.#writing > 0) await this.#quiet.next();
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
    return this.#change("write", (device) => device.write(offset, data, options));
  }

  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    return this.#change("zero", (device) => device.zero(extent, options));
  }

  discard(extent: Extent, options: WriteOptions): Promise<void> {
    return this.#change("discard", (device) => device.discard(extent, options));
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

  /** One that waits for another device may find the machine fenced by then. */
  #change(operation: DeviceOperation, call: (device: BlockDevice) => Promise<void>): Promise<void> {
    if (this.#fence.fenced()) return Promise.reject(diskReadOnly({ disk: "the disk of a fenced machine", operation }));
    if (this.#held !== undefined) return this.#held.promise.then(() => this.#change(operation, call));
    this.#writing += 1;
    const calling = this.#pass(call);
    calling.then(this.#written, this.#written);
    return calling;
  }

  #pass<T>(call: (device: BlockDevice) => Promise<T>): Promise<T> {
    if (this.#held !== undefined) return this.#held.promise.then(() => this.#pass(call));
    this.#underWay += 1;
    const calling = call(this.#device);
    calling.then(this.#ended, this.#ended);
    return calling;
  }

  readonly #written = (): void => {
    this.#writing -= 1;
    if (this.#writing === 0) this.#quiet.notify();
  };

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
