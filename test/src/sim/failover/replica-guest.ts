// A replica machine: one writer on each of its disks, so that what a disk holds is known to the byte, but for the write that was under way when the current was cut.
import type { Random } from "@leeward/base";
import type { ReplicaSpec } from "@leeward/recovery-host";
import type { SimulatedClock } from "@leeward/world/testing";
import { fillSector, SECTOR_BYTES } from "../../oracle/sector.ts";
import type { ReplicaRack } from "./replica-rack.ts";

const SECTORS_MAX = 8;
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 180;
/** Numbers of a replica machine's writes; those of the source are below. */
const FIRST_OPERATION = 1_000_000;
const NEVER = new AbortController().signal;

export interface GuestOptions {
  readonly spec: ReplicaSpec;
  readonly rack: ReplicaRack;
  readonly clock: SimulatedClock;
  readonly random: Random;
  /** Told when a write was acknowledged. */
  readonly onWritten: () => void;
  readonly onProblem: (problem: string) => void;
}

interface GuestDisk {
  readonly path: string;
  readonly index: number;
  /** As the machine found it; undefined before. */
  base: Buffer | undefined;
  /** With every acknowledged write. */
  content: Buffer;
  pending: { readonly offset: number; readonly data: Buffer } | undefined;
}

export class ReplicaGuest {
  state: "fresh" | "running" | "off" = "fresh";
  resumedMicros: number | undefined;
  readonly disks: readonly GuestDisk[];
  writes = 0;
  readonly #options: GuestOptions;
  readonly #before: ReplicaGuest | undefined;
  readonly #cut = new AbortController();
  #isPressed = false;

  /** `before` had the same disks. */
  constructor(options: GuestOptions, before: ReplicaGuest | undefined) {
    this.#options = options;
    this.#before = before;
    // In the order of the source's; the machine has them in the order of its point.
    const disks = options.spec.disks.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    this.disks = disks.map(({ nbdSocket }, index) => {
      return { path: nbdSocket, index, base: undefined, content: Buffer.alloc(0), pending: undefined };
    });
  }

  hasDisksOf(spec: ReplicaSpec): boolean {
    return spec.disks.every(({ nbdSocket }) => this.disks.some(({ path }) => path === nbdSocket));
  }

  resume(): void {
    if (this.state !== "fresh") return;
    this.state = "running";
    this.resumedMicros = this.#options.clock.wallMicros();
    const running = Promise.all(this.disks.map((disk) => this.#use(disk)));
    void running.then(() => {
      if (!this.#cut.signal.aborted) this.state = "off";
    });
  }

  press(): void {
    this.#isPressed = true;
  }

  cut(): void {
    this.#cut.abort();
    this.state = "off";
  }

  /** Where the bytes are not what the machine left on the disk. */
  differences(index: number, bytes: Buffer): string[] {
    const disk = this.disks[index];
    if (disk?.base === undefined) return [];
    const problems: string[] = [];
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
      const found = bytes.subarray(at, at + SECTOR_BYTES);
      if (found.equals(disk.content.subarray(at, at + SECTOR_BYTES))) continue;
      const { offset = 0, data } = disk.pending ?? {};
      const late = data?.subarray(Math.max(0, at - offset), Math.max(0, at - offset + SECTOR_BYTES));
      if (at < offset || late?.length !== SECTOR_BYTES || !found.equals(late))
        problems.push(`sector ${at / SECTOR_BYTES} of disk ${index}`);
    }
    return problems;
  }

  async #use(disk: GuestDisk): Promise<void> {
    const { rack, clock, random, onProblem } = this.#options;
    const base = await rack.reach(disk.path, (device) => contentOf(device), this.#cut.signal);
    if (base === undefined) return;
    for (const problem of this.#before?.differences(disk.index, base) ?? [])
      onProblem(`a machine that was started again found another ${problem}`);
    disk.base = base;
    disk.content = Buffer.from(base);
    while (!this.#cut.signal.aborted && !this.#isPressed) {
      await clock.sleep(PAUSE_MS_MIN + random.below(PAUSE_MS_MAX - PAUSE_MS_MIN), NEVER);
      if (this.#cut.signal.aborted) return;
      if (random.below(5) === 0) await this.#read(disk);
      else await this.#write(disk);
    }
    await rack.reach(disk.path, (device) => device.flush(), this.#cut.signal);
  }

  async #read(disk: GuestDisk): Promise<void> {
    const { rack, onProblem } = this.#options;
    const { offset, length } = this.#extentOf(disk);
    const found = await rack.reach(
      disk.path,
      async (device) => {
        const bytes = Buffer.alloc(length);
        await device.read(offset, bytes);
        return bytes;
      },
      this.#cut.signal,
    );
    if (found !== undefined && !found.equals(disk.content.subarray(offset, offset + length)))
      onProblem(`a replica machine reads something else than it wrote at ${offset} of disk ${disk.index}`);
  }

  async #write(disk: GuestDisk): Promise<void> {
    const { rack, random, onWritten } = this.#options;
    const { offset, length } = this.#extentOf(disk);
    const data = Buffer.alloc(length);
    const operation = FIRST_OPERATION + this.writes;
    this.writes += 1;
    for (let at = 0; at < length; at += SECTOR_BYTES) {
      const index = (offset + at) / SECTOR_BYTES;
      fillSector(data.subarray(at, at + SECTOR_BYTES), { disk: disk.index, index, operation });
    }
    disk.pending = { offset, data };
    const fua = random.below(6) === 0;
    const done = await rack.reach(
      disk.path,
      async (device) => {
        await device.write(offset, data, { fua });
        return "done";
      },
      this.#cut.signal,
    );
    if (done === undefined || this.#cut.signal.aborted) return;
    disk.pending = undefined;
    data.copy(disk.content, offset);
    onWritten();
  }

  #extentOf({ content }: GuestDisk): { readonly offset: number; readonly length: number } {
    const { random } = this.#options;
    const sectors = 1 + random.below(SECTORS_MAX);
    const offset = random.below(content.length / SECTOR_BYTES - sectors) * SECTOR_BYTES;
    return { offset, length: sectors * SECTOR_BYTES };
  }
}

async function contentOf(device: {
  readonly sizeBytes: number;
  read(offset: number, target: Uint8Array): Promise<void>;
}): Promise<Buffer> {
  const bytes = Buffer.alloc(device.sizeBytes);
  await device.read(0, bytes);
  return bytes;
}
