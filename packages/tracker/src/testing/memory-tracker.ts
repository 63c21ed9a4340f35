import { assert, type Random, randomId } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import { wrappedDevice } from "@leeward/block/testing";
import { type ChangeTracker, REGION_BYTES } from "../change-tracker.ts";
import { incomplete } from "../kernel/tracking-faults.ts";
import { type Noting, notingTracker } from "../noting-tracker.ts";
import { bitmapWords, noteExtent, PendingRegions } from "../pending-regions.ts";

export interface MemoryTrackerOptions {
  readonly random: Random;
  /** What is tracked of the device until it grows; all of it when not given. */
  readonly sizeBytes?: number;
  /** A power of two; that of the kernel's trackers when not given. */
  readonly regionBytes?: number;
}

/** A device in memory whose changes are noted as a kernel notes them: when they have ended, also when they failed. */
export interface MemoryTracker {
  /** What is done through it is noted. */
  readonly device: BlockDevice;
  /** Opens the tracker; what an earlier one left is there, unless it was ended or incomplete. One is open at a time. */
  open(): Promise<ChangeTracker>;
  /** From here on the tracker is incomplete: it notes nothing more. */
  lose(): void;
}

/** A whole tracker for simulations: it outlives whoever opened it, as the kernel's does. */
export function memoryTracker(device: BlockDevice, options: MemoryTrackerOptions): MemoryTracker {
  const { random, sizeBytes = device.sizeBytes, regionBytes = REGION_BYTES } = options;
  let noting: MemoryNoting | undefined;
  return {
    device: wrappedDevice(device, async (call, pass) => {
      try {
        return await pass();
      } finally {
        if (call.extent !== undefined && ["write", "zero", "discard"].includes(call.operation))
          noting?.note(call.extent);
      }
    }),
    async open() {
      if (noting === undefined || noting.ended || noting.lost)
        noting = new MemoryNoting(randomId(random), { sizeBytes, regionBytes });
      noting.pending.giveBack();
      return notingTracker(noting);
    },
    lose() {
      assert(noting !== undefined, "somebody tracks the device");
      noting.lost = true;
    },
  };
}

class MemoryNoting implements Noting {
  readonly backend = "memory";
  readonly isProved = true;
  readonly trackingId: string;
  lost = false;
  ended = false;
  #noted: Uint32Array;
  #pending: PendingRegions;

  constructor(trackingId: string, device: TrackedSize) {
    this.trackingId = trackingId;
    this.#noted = new Uint32Array(bitmapWords(device.sizeBytes, device.regionBytes));
    this.#pending = emptyRegions(device);
  }

  get pending(): PendingRegions {
    return this.#pending;
  }

  note(extent: Extent): void {
    if (!this.lost) noteExtent(this.#noted, extent, this.#pending);
  }

  async gather(): Promise<void> {
    this.#pending.absorb(this.#noted);
    if (this.lost) throw incomplete("memory", "the simulation lost some");
  }

  async grow(sizeBytes: number): Promise<void> {
    await this.gather();
    const { regionBytes } = this.#pending;
    const larger = emptyRegions({ sizeBytes, regionBytes });
    this.#pending.carryTo(larger);
    this.#noted = new Uint32Array(bitmapWords(sizeBytes, regionBytes));
    this.#pending = larger;
  }

  async end(): Promise<void> {
    this.ended = true;
  }

  async close(): Promise<void> {}
}

interface TrackedSize {
  readonly sizeBytes: number;
  readonly regionBytes: number;
}

function emptyRegions({ sizeBytes, regionBytes }: TrackedSize): PendingRegions {
  const words = bitmapWords(sizeBytes, regionBytes);
  return new PendingRegions({
    waiting: new Uint32Array(words),
    taken: new Uint32Array(words),
    sizeBytes,
    regionBytes,
  });
}
