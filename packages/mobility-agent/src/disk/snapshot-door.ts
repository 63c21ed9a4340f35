import { Waiters } from "@leeward/base";
import {
  type Allocation,
  type BlockDevice,
  type DeviceCall,
  diskClosed,
  diskReadOnly,
  type Extent,
} from "@leeward/block";

export interface SnapshotDoorOptions {
  /** For people. */
  readonly disk: string;
  readonly sizeBytes: number;
  readonly blockBytes: number;
}

/**
 * A disk as its snapshots show it, one after another: who reads while there is none waits for the next.
 *
 * Invariant: a read goes whole to one snapshot, and none is under way on one that was taken away. Worst outcome if broken: content of two moments in
 * one read, or a read of what does not exist any more. Before `serve`, and after `end`, a read without a snapshot is refused, so that nothing waits
 * for what nobody will bring.
 */
export class SnapshotDoor implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly = true;
  readonly #disk: string;
  readonly #changed = new Waiters();
  #snapshot: BlockDevice | undefined;
  #failure: PromiseWithResolvers<never> | undefined;
  #underWay = 0;
  #waits = false;

  constructor({ disk, sizeBytes, blockBytes }: SnapshotDoorOptions) {
    this.#disk = disk;
    this.sizeBytes = sizeBytes;
    this.blockBytes = blockBytes;
  }

  /** From now on who reads without a snapshot waits. */
  serve(): void {
    this.#waits = true;
  }

  /** Nobody brings a snapshot any more. */
  end(): void {
    this.#waits = false;
    this.#changed.notify();
  }

  /** Reads go to this snapshot until `close`. What settles is the first fault of one: it rejects, and never resolves. */
  open(snapshot: BlockDevice): Promise<never> {
    this.#failure = Promise.withResolvers<never>();
    this.#failure.promise.catch(() => undefined);
    this.#snapshot = snapshot;
    this.#changed.notify();
    return this.#failure.promise;
  }

  /** Settles when nothing is read of the snapshot any more. */
  async close(): Promise<void> {
    this.#snapshot = undefined;
    while (this.#underWay > 0) await this.#changed.next();
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    return this.#pass({ operation: "read", extent: { offset, length: target.length } }, (device) =>
      device.read(offset, target),
    );
  }

  allocation(extent: Extent): Promise<readonly Allocation[]> {
    return this.#pass({ operation: "allocation", extent }, (device) => device.allocation(extent));
  }

  write(offset: number, data: Uint8Array): Promise<void> {
    return this.#refuse({ operation: "write", extent: { offset, length: data.length } });
  }

  zero(extent: Extent): Promise<void> {
    return this.#refuse({ operation: "zero", extent });
  }

  discard(extent: Extent): Promise<void> {
    return this.#refuse({ operation: "discard", extent });
  }

  /** Nothing is written through it. */
  async flush(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  async #pass<T>(call: Omit<DeviceCall, "disk">, work: (device: BlockDevice) => Promise<T>): Promise<T> {
    while (this.#snapshot === undefined) {
      if (!this.#waits) throw diskClosed({ disk: this.#disk, ...call });
      await this.#changed.next();
    }
    this.#underWay += 1;
    const failure = this.#failure;
    try {
      return await work(this.#snapshot);
    } catch (error) {
      failure?.reject(error);
      throw error;
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#changed.notify();
    }
  }

  #refuse(call: Omit<DeviceCall, "disk">): Promise<never> {
    return Promise.reject(diskReadOnly({ disk: this.#disk, ...call }));
  }
}
