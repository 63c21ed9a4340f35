import { seededRandom } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { CrashableDevice } from "@leeward/block/testing";
import {
  type MortalClock,
  mortalClock,
  type OperationHook,
  type SimulatedClock,
  type SimulatedFiles,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
} from "@leeward/world/testing";
import { Splitter } from "../splitter.ts";
import type { SplitterLimits } from "../splitter-limits.ts";
import type { SplitterOptions } from "../splitter-options.ts";
import { type MortalDevice, mortalDevice } from "./mortal-device.ts";
import { contentOf, readLog, replay } from "./replay.ts";
import { TestMarks } from "./test-marks.ts";

export const RIG_FOLDER = "/home/disk";

/** Small, so that limits are met in a test. */
export const RIG_LIMITS: SplitterLimits = {
  logBytesMax: 64 << 20,
  logFreeBytesMin: 0,
  logFileBytesMax: 256 << 10,
  activityRegionBytes: 16 << 10,
  activeRegionsMax: 8,
  changeRegionBytes: 4 << 10,
  changeBitmapBytesMax: 1 << 20,
  syncIntervalMs: 50,
  syncBytes: 1 << 20,
  retireIntervalMs: 1_000,
  copyChunkBytes: 16 << 10,
  copyAheadBytesMax: 4 << 20,
  holeWindowBytes: 64 << 10,
  retryMs: 100,
};

export interface RigOptions {
  readonly seed: number;
  readonly diskBytes?: number;
  readonly limits?: Partial<SplitterLimits>;
  readonly latencyMicrosMax?: number;
  /** Stands between the splitter and its disk. What it passes on after the process has ended is not done any more. */
  readonly wrap?: (device: BlockDevice, clock: SimulatedClock) => BlockDevice;
  readonly parent?: { readonly branch: string; readonly sequence: number };
  readonly seeded?: boolean;
}

/** A machine with one disk that is captured, whose process can be killed and whose power can be cut. */
export class SplitterRig {
  readonly clock: SimulatedClock;
  readonly marks = new TestMarks();
  readonly #options: RigOptions;
  files: SimulatedFiles;
  disk: CrashableDevice;
  bootId = "b0".repeat(16);
  #boots = 0;
  #opens = 0;
  #lives: { readonly clock: MortalClock; readonly device: MortalDevice }[] = [];

  constructor(options: RigOptions) {
    this.#options = options;
    this.clock = simulatedClock();
    const random = seededRandom(options.seed);
    const { latencyMicrosMax } = options;
    this.files = simulatedFiles({
      random: seededRandom(random.below(2 ** 32)),
      clock: this.clock,
      ...(latencyMicrosMax === undefined ? {} : { latencyMicrosMax }),
    });
    this.disk = CrashableDevice.create(options.diskBytes ?? 256 << 10, seededRandom(random.below(2 ** 32)));
  }

  async open(more: Partial<SplitterOptions> = {}): Promise<Splitter> {
    await this.files.makeFolder("/home");
    await this.files.syncFolder("/");
    const clock = mortalClock(this.clock);
    this.#opens += 1;
    const device = mortalDevice(this.disk, () => this.#event());
    this.files.onOperation = (operation) => {
      this.#event();
      return this.onOperation?.(operation);
    };
    this.#lives.push({ clock, device });
    const { parent, seeded = false } = this.#options;
    return await Splitter.open({
      world: {
        clock,
        random: seededRandom(this.#options.seed + this.#opens),
        files: this.files,
        compute: simulatedCompute(),
      },
      source: this.#options.wrap?.(device, this.clock) ?? device,
      folder: RIG_FOLDER,
      identity: {
        machineId: "01".repeat(16),
        diskId: "02".repeat(16),
        branch: "03".repeat(16),
        bootId: this.bootId,
        physicalBlockBytes: 4096,
        source: "test disk",
        ...(parent === undefined ? {} : { parent, seeded }),
      },
      marks: this.marks,
      limits: { ...RIG_LIMITS, ...this.#options.limits },
      ...more,
    });
  }

  /** How often files or disk were called; what hits a moment counts these. */
  events = 0;
  /** As SimulatedFiles.onOperation. */
  onOperation: OperationHook | undefined;
  /** Called at each of them. */
  onEvent: ((number: number) => void) | undefined;

  /** The process ends and the kernel lives, or the power fails; at once. `restart` comes next. */
  stop(how: "kill" | "crash"): void {
    for (const life of this.#lives.splice(0)) {
      life.clock.die();
      life.device.die();
    }
    this.files = how === "kill" ? this.files.kill() : this.files.crash();
  }

  async restart(how: "kill" | "crash"): Promise<void> {
    if (how === "kill") return;
    this.disk = await this.disk.crash();
    this.#boots += 1;
    this.bootId = `b${this.#boots}`.padEnd(32, "0");
  }

  /** What a target holds that was given all that the log has up to `through`. */
  async replica(through: number): Promise<Buffer> {
    return replay(await readLog(this.files, RIG_FOLDER, through), this.disk.sizeBytes);
  }

  content(): Promise<Buffer> {
    return contentOf(this.disk);
  }

  #event(): void {
    this.events += 1;
    this.onEvent?.(this.events);
  }
}
