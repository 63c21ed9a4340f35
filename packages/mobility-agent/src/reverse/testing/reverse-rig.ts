import assert from "node:assert/strict";
import { type Random, seededRandom } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { CrashableDevice, wrappedDevice } from "@leeward/block/testing";
import { LogCursor } from "@leeward/change-log";
import { decodeFrames, FRAME_BYTES_MAX, type LogRecord, type PlannedOrigin, type PlannedReverse } from "@leeward/proto";
import {
  contentOf,
  firstDifference,
  type MortalDevice,
  mortalDevice,
  replay,
  TestMarks,
} from "@leeward/splitter/testing";
import { type MemoryTracker, memoryTracker } from "@leeward/tracker/testing";
import type { World } from "@leeward/world";
import {
  type MortalClock,
  mortalClock,
  type SimulatedClock,
  type SimulatedFiles,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
} from "@leeward/world/testing";
import { NO_FENCE } from "../../disk/disk-door.ts";
import type { DiskFacts, DiskHost, DiskSettings } from "../../disk/disk-host.ts";
import { ServedDisk } from "../../disk/served-disk.ts";
import { TrackedDisk } from "../../disk/tracked-disk.ts";
import { ReversedDisk } from "../reversed-disk.ts";
import { TestReplica, type TestReplicaOptions } from "./test-replica.ts";

const NEVER = new AbortController().signal;
const FOLDER = "/agent/disks/d";
const REGION_BYTES = 4_096;

export interface RigOptions {
  readonly seed: number;
  readonly sizeBytes: number;
  readonly capture?: "splitter" | "tracker";
  readonly stepBytes?: number;
  /** The disk says nothing of who wrote to it, as a block device does. */
  readonly isSilent?: boolean;
}

/** A source machine with one disk, whose process or power can be ended at any call to its files or its disk, and what its target has of it. */
export class ReverseRig {
  readonly clock: SimulatedClock = simulatedClock();
  readonly random: Random;
  readonly marks = Object.assign(new TestMarks(), NO_FENCE);
  files: SimulatedFiles;
  disk: CrashableDevice;
  /** Of a tracked disk; others write through it. */
  tracker: MemoryTracker;
  /** What the target took of the branch in `taken`. */
  records: LogRecord[] = [];
  taken = "";
  events = 0;
  onEvent: ((number: number) => void) | undefined;
  /** Somebody else has the disk. */
  isMounted = false;
  /** Writes that reached the disk, through whatever it was: as a file's time of modification. */
  #writes = 0;
  /** Writes of a replica machine's content. */
  reverseWrites = 0;
  reverseZeroBytes = 0;
  #boots = 0;
  #opens = 0;
  readonly #options: RigOptions;
  #lives: { readonly clock: MortalClock; readonly device: MortalDevice }[] = [];

  constructor(options: RigOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    this.files = simulatedFiles({ random: seededRandom(this.random.below(2 ** 32)), clock: this.clock });
    this.disk = CrashableDevice.create(options.sizeBytes, seededRandom(this.random.below(2 ** 32)));
    this.tracker = this.#followed();
  }

  /** Another disk lies in the place of the present one, and nothing tells the two apart. */
  replace(sizeBytes: number): void {
    this.disk = CrashableDevice.create(sizeBytes, seededRandom(this.random.below(2 ** 32)));
    this.tracker = this.#followed();
  }

  settings(way: { readonly reverse?: PlannedReverse; readonly origin?: PlannedOrigin } = {}): DiskSettings {
    return {
      diskId: "dd".repeat(16),
      machineId: "aa".repeat(16),
      name: "data",
      capture: this.#options.capture ?? "splitter",
      path: "/disk",
      folder: FOLDER,
      socketPath: "/nbd",
      bootId: `${this.#boots}`.padStart(32, "0"),
      policy: { logBytesMax: 1 << 24, copyBytesPerSecondMax: 0 },
      ...way,
    };
  }

  /** The disk as it is served, or tracked. */
  async source(origin?: PlannedOrigin): Promise<ServedDisk | TrackedDisk> {
    const world = await this.#world();
    const settings = this.settings(origin === undefined ? {} : { origin });
    if (settings.capture === "tracker") {
      const openSource = async () => ({ ...this.#opened(), sizeNow: async () => this.disk.sizeBytes });
      return new TrackedDisk({
        world,
        settings,
        openSource,
        openTracker: () => this.tracker.open(),
        ownExtents: async () => [],
      });
    }
    const serve = async () => ({ uri: "nbd:", clients: () => 0, run: untilAborted });
    return new ServedDisk({ world, settings, marks: this.marks, openSource: async () => this.#opened(), serve });
  }

  /** The disk as it is made what the replica machine's is. */
  async reversed(replica: TestReplica, plan: PlannedReverse): Promise<ReversedDisk> {
    const { stepBytes } = this.#options;
    return new ReversedDisk({
      world: await this.#world(),
      settings: { ...this.settings(), reverse: plan },
      openSource: async () => {
        const opened = this.#opened();
        const device = wrappedDevice(opened.device, async ({ operation, extent }, pass) => {
          if (operation === "write" || operation === "zero") this.reverseWrites += 1;
          if (operation === "zero") this.reverseZeroBytes += extent?.length ?? 0;
          return pass();
        });
        return { ...opened, device };
      },
      ask: replica.answer,
      ...(stepBytes === undefined ? {} : { stepBytes }),
      ...(this.#options.capture === "tracker" ? { openTracker: () => this.tracker.open() } : {}),
    });
  }

  replica(options: Omit<TestReplicaOptions, "random" | "compute">): TestReplica {
    return new TestReplica({ random: this.random, compute: simulatedCompute(), ...options });
  }

  /** Plays with the disk while it runs, and closes it cleanly. */
  async live<T extends DiskHost>(host: T, scenario: (host: T) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const running = host.run(stop.signal);
    const failed = running.then(() => new Promise<never>(() => undefined));
    try {
      await Promise.race([scenario(host), failed]);
    } finally {
      stop.abort();
    }
    await running;
  }

  async until(host: DiskHost, holds: (facts: DiskFacts) => boolean, withinMs = 300_000): Promise<DiskFacts> {
    for (let ms = 0; ; ms += 10) {
      const facts = host.facts();
      if (facts !== undefined && holds(facts)) return facts;
      assert.ok(ms < withinMs, `not in time: ${holds.toString()} ${JSON.stringify(facts)}`);
      await this.clock.sleep(10, NEVER);
    }
  }

  /** The target takes what may be sent of the present branch; a new one begins from nothing. */
  async take(host: DiskHost): Promise<void> {
    const { branch, sendableSequence } = await this.until(
      host,
      ({ writtenSequence, sendableSequence: sendable }) => writtenSequence === sendable,
    );
    if (this.taken !== branch) this.records = [];
    this.taken = branch;
    await using cursor = new LogCursor(this.files, `${FOLDER}/${branch}/log`, (this.records.at(-1)?.sequence ?? 0) + 1);
    for (;;) {
      const frames = await cursor.next({ through: sendableSequence, bytesMax: FRAME_BYTES_MAX });
      if (frames === undefined) return;
      this.records.push(...decodeFrames(frames.bytes.slice()));
    }
  }

  /** What the target holds of the branch up to the sequence, over what it held where the branch began. */
  held(through = Number.MAX_SAFE_INTEGER, base: Uint8Array = Buffer.alloc(this.#options.sizeBytes)): Buffer {
    const length = base.length;
    const begin: LogRecord = { kind: "write", sequence: 0, timeMicros: 0, offset: 0, length, data: base };
    return replay([begin, ...this.records], length, through);
  }

  async assertIs(content: Uint8Array, what: string): Promise<void> {
    const at = firstDifference(await contentOf(this.disk), content);
    assert.equal(at, undefined, `${what}: they differ at ${at}`);
  }

  /** Somebody writes to the disk past the agent. */
  async writeUnseen(offset: number, data: Uint8Array): Promise<void> {
    await this.tracker.device.write(offset, data, { fua: true });
  }

  /** Runs the work until the Nth call from now on, then ends everything. Whether it came to that. */
  async stopsAt(calls: number, how: "kill" | "crash", work: () => Promise<void>): Promise<boolean> {
    const hit = Promise.withResolvers<boolean>();
    const at = this.events + calls;
    this.onEvent = (number) => {
      if (number !== at) return;
      this.onEvent = undefined;
      this.#end(how);
      hit.resolve(true);
    };
    const stopped = await Promise.race([work().then(() => false), hit.promise]);
    this.onEvent = undefined;
    if (stopped && how === "crash") {
      this.disk = await this.disk.crash();
      this.#boots += 1;
      // The kernel that noted changes has gone with the power.
      if (this.#options.capture === "tracker") this.tracker.lose();
    }
    return stopped;
  }

  #end(how: "kill" | "crash"): void {
    for (const life of this.#lives.splice(0)) {
      life.clock.die();
      life.device.die();
    }
    this.files = how === "kill" ? this.files.kill() : this.files.crash();
  }

  async #world(): Promise<World> {
    const { files } = this;
    this.#opens += 1;
    await files.makeFolder("/agent/disks");
    await files.syncFolder("/agent");
    await files.syncFolder("/");
    files.onOperation = () => this.#event();
    const clock = mortalClock(this.clock);
    const device = mortalDevice(this.tracker.device, () => this.#event());
    this.#lives.push({ clock, device });
    return {
      clock,
      files,
      random: seededRandom(this.#options.seed * 1_000 + this.#opens),
      compute: simulatedCompute(),
    };
  }

  #opened() {
    const life = this.#lives.at(-1);
    assert.ok(life !== undefined);
    const { capture, isSilent = capture === "tracker" } = this.#options;
    const witness = isSilent ? async () => "tracked" : async () => `${this.#writes}`;
    return { device: life.device, physicalBlockBytes: 512, identity: "disk", witness };
  }

  #followed(): MemoryTracker {
    const counted = wrappedDevice(this.#present(), async ({ operation }, pass) => {
      if (["write", "zero", "discard"].includes(operation)) this.#writes += 1;
      return pass();
    });
    return memoryTracker(counted, { random: this.random, regionBytes: REGION_BYTES });
  }

  /** The disk as it is now, over crashes. */
  #present(): BlockDevice {
    const disk = (): CrashableDevice => this.disk;
    const { sizeBytes, blockBytes } = this.disk;
    return {
      sizeBytes,
      blockBytes,
      readOnly: false,
      read: (offset, target) => disk().read(offset, target),
      write: (offset, data, options) => disk().write(offset, data, options),
      zero: (extent, options) => disk().zero(extent, options),
      discard: (extent, options) => disk().discard(extent, options),
      flush: () => disk().flush(),
      allocation: (extent) => disk().allocation(extent),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  #event(): void {
    this.events += 1;
    this.onEvent?.(this.events);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
