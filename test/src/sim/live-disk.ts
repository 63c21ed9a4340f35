import type { Random } from "@leeward/base";
import { type BlockDevice, diskReadFailed } from "@leeward/block";
import { type CrashableDevice, wrappedDevice } from "@leeward/block/testing";
import type { LiveSource } from "@leeward/mobility-agent";
import { mortalDevice } from "@leeward/splitter/testing";
import type { ChangeTracker } from "@leeward/tracker";
import { type MemoryTracker, memoryTracker } from "@leeward/tracker/testing";
import type { SimulatedClock } from "@leeward/world/testing";
import type { Life } from "./node-kit.ts";
import { WriterGate } from "./sim-freezer.ts";

const REGION_BYTES = 4_096;
const LATENCY_MICROS_MAX = 4_000;
/** One call in so many is as slow as a disk that has to try again. */
const SLOW_ONE_IN = 300;
const SLOW_MICROS_MAX = 3_000_000;
const COLLECT_MS_MAX = 3;

/**
 * A disk that applications use directly, through a file system that can be held still, from one boot of its machine to the next. What its
 * kernel notes stays when the agent ends, and goes with the power.
 */
export class SimLiveDisk {
  readonly gate = new WriterGate();
  /** As applications use it, also while no agent runs; none of their calls settles once the power has failed. */
  readonly device: BlockDevice;
  readonly #disk: BlockDevice;
  readonly #name: string;
  readonly #tracker: MemoryTracker;
  readonly #random: Random;
  readonly #died = Promise.withResolvers<void>();
  readonly #losePower: () => void;
  #tracked = false;
  /** The agent's reads fail. */
  failing = false;

  constructor(options: { name: string; disk: CrashableDevice; clock: SimulatedClock; random: Random }) {
    const { name, disk, clock, random } = options;
    this.#name = name;
    this.#random = random;
    const mortal = mortalDevice(disk);
    // A change is on the disk some time before whoever made it, and the kernel, know that it has ended.
    this.#disk = wrappedDevice(mortal, async (_call, pass) => {
      await this.#latency(clock);
      const outcome = await pass();
      await this.#latency(clock);
      return outcome;
    });
    this.#tracker = memoryTracker(this.#disk, { random, regionBytes: REGION_BYTES });
    this.device = wrappedDevice(this.#tracker.device, (_call, pass) => this.gate.pass(pass));
    this.#losePower = () => {
      mortal.die();
      this.#died.resolve();
    };
  }

  /** Settles when the power has failed. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  losePower(): void {
    this.#losePower();
  }

  /** Changes are missed from now on, if any were noted. */
  loseTracking(): void {
    if (this.#tracked) this.#tracker.lose();
  }

  async openSource(): Promise<LiveSource> {
    const device = wrappedDevice(this.#disk, async (call, pass) => {
      const { operation, extent } = call;
      if (this.failing && operation === "read" && extent !== undefined)
        throw diskReadFailed({ disk: this.#name, operation, extent }, undefined);
      return pass();
    });
    const { sizeBytes } = device;
    return {
      device,
      physicalBlockBytes: 512,
      identity: `disk ${this.#name}`,
      witness: async () => "tracked",
      sizeNow: async () => sizeBytes,
    };
  }

  /** For one life of an agent. */
  async openTracker(life: Life): Promise<ChangeTracker> {
    const tracker = await this.#tracker.open();
    this.#tracked = true;
    const never = new AbortController().signal;
    const pause = (): Promise<void> => life.world.clock.sleep(this.#random.below(COLLECT_MS_MAX), never);
    return livingTracker(tracker, { pause, isAlive: life.isAlive });
  }

  #latency(clock: SimulatedClock): Promise<void> {
    const isSlow = this.#random.below(SLOW_ONE_IN) === 0;
    const micros = this.#random.below(isSlow ? SLOW_MICROS_MAX : LATENCY_MICROS_MAX);
    return clock.sleep(micros / 1_000, new AbortController().signal);
  }
}

/** A tracker in the hands of one process: it takes time, and a process that has died does nothing more with it. */
function livingTracker(
  tracker: ChangeTracker,
  { pause, isAlive }: { readonly pause: () => Promise<void>; readonly isAlive: () => boolean },
): ChangeTracker {
  return {
    backend: tracker.backend,
    trackingId: tracker.trackingId,
    begunAnewBecause: tracker.begunAnewBecause,
    get sizeBytes() {
      return tracker.sizeBytes;
    },
    get regionBytes() {
      return tracker.regionBytes;
    },
    get waitingCount() {
      return tracker.waitingCount;
    },
    get takenCount() {
      return tracker.takenCount;
    },
    get isProved() {
      return tracker.isProved;
    },
    async collect() {
      await pause();
      await tracker.collect();
    },
    take: () => (isAlive() ? tracker.take() : 0),
    taken: (bytesMax) => tracker.taken(bytesMax),
    waitsWithin: (extent) => tracker.waitsWithin(extent),
    settle: () => {
      if (isAlive()) tracker.settle();
    },
    giveBack: () => {
      if (isAlive()) tracker.giveBack();
    },
    wait: (extent) => {
      if (isAlive()) tracker.wait(extent);
    },
    async grow(sizeBytes) {
      await pause();
      await tracker.grow(sizeBytes);
    },
    async end() {
      await pause();
      await tracker.end();
    },
    async [Symbol.asyncDispose]() {
      await pause();
      await tracker[Symbol.asyncDispose]();
    },
  };
}
