import { assert, type Random } from "@leeward/base";
import { fileFault } from "../file-faults.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { StoredFile } from "./stored-file.ts";

export type FileOperationKind =
  | "open"
  | "list"
  | "makeFolder"
  | "rename"
  | "remove"
  | "removeFolder"
  | "status"
  | "space"
  | "syncFolder"
  | "read"
  | "write"
  | "datasync"
  | "truncate"
  | "sizeBytes";

export interface FileOperation {
  /** 1 for the first on this disk; goes on counting over kills and losses of power. */
  readonly number: number;
  readonly kind: FileOperationKind;
  readonly path: string;
}

/**
 * Called before each operation takes effect. What it throws, the operation fails with (a write may by then have been done in
 * part, a failed datasync loses what chance wants); a promise delays the operation. It may also call `crash` or `kill`.
 */
export type OperationHook = (operation: FileOperation) => void | Promise<void>;

export interface SimulatedDiskOptions {
  readonly random: Random;
  /** Needed for `latencyMicrosMax`. */
  readonly clock?: SimulatedClock;
  /** Each operation takes up to this long before its effect, and again before it settles. Default 0: no time at all. */
  readonly latencyMicrosMax?: number;
  /** How much all files together may take, in whole pages of 4 KiB. Default: no limit. */
  readonly capacityBytes?: number;
  readonly onOperation?: OperationHook;
}

/** A change that is under way: chance decides how much of it happens when it is cut off. */
interface UnderWay {
  readonly view: object;
  readonly doPart: () => void;
}

const PIECE_BYTES = 4096;

/** What the views of one disk have in common, and what outlives a loss of power. */
export class SimulatedDisk {
  readonly random: Random;
  readonly underWay = new Set<UnderWay>();
  capacityBytes: number;
  onOperation: OperationHook | undefined;
  operations = 0;
  /** Rises at each loss of power: what began under another number is dead. */
  boot = 1;
  #usedBytes = 0;
  readonly #removed = new WeakSet<StoredFile>();
  readonly #clock: SimulatedClock | undefined;
  readonly #latencyMicrosMax: number;

  constructor(options: SimulatedDiskOptions) {
    this.random = options.random;
    this.#clock = options.clock;
    this.#latencyMicrosMax = options.latencyMicrosMax ?? 0;
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.onOperation = options.onOperation;
    assert(this.#latencyMicrosMax === 0 || this.#clock !== undefined, "latency needs a clock");
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.#usedBytes);
  }

  /** The time that passes before an effect, and again after it. */
  async pause(): Promise<void> {
    const clock = this.#clock;
    if (clock === undefined || this.#latencyMicrosMax === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.schedule(this.random.below(this.#latencyMicrosMax + 1), resolve);
    await promise;
  }

  nowMicros(): number {
    return this.#clock?.wallMicros() ?? this.operations;
  }

  /** Chance cuts off what is under way, of one view or of all. */
  cutOff(view?: object): void {
    for (const each of [...this.underWay]) {
      if (view !== undefined && each.view !== view) continue;
      this.underWay.delete(each);
      if (this.random.below(2) === 0) each.doPart();
    }
  }

  /**
   * Writes as much as there is room for, page by page.
   * @throws Fault `disk-full`
   */
  write(file: StoredFile, bytes: Uint8Array, where: { readonly position: number; readonly path: string }): void {
    for (let done = 0; done < bytes.length; ) {
      const position = where.position + done;
      const rest = bytes.subarray(done);
      const fits = file.now.growthBytes(position, rest.length) <= this.freeBytes;
      const piece = fits ? rest : rest.subarray(0, PIECE_BYTES - (position % PIECE_BYTES));
      if (file.now.growthBytes(position, piece.length) > this.freeBytes) throw fileFault("ENOSPC", where.path);
      this.#account(file, () => file.write(piece, position));
      done += piece.length;
    }
    file.modifiedMicros = this.nowMicros();
  }

  resize(file: StoredFile, sizeBytes: number): void {
    this.#account(file, () => file.resize(sizeBytes));
    file.modifiedMicros = this.nowMicros();
  }

  removed(files: readonly StoredFile[]): void {
    for (const file of files) {
      this.#removed.add(file);
      this.#usedBytes -= file.now.allocatedBytes;
    }
  }

  /** After a loss of power: what there is now. */
  recount(files: Iterable<StoredFile>): void {
    this.#usedBytes = 0;
    for (const file of files) this.#usedBytes += file.now.allocatedBytes;
  }

  #account(file: StoredFile, change: () => void): void {
    const before = file.now.allocatedBytes;
    change();
    if (!this.#removed.has(file)) this.#usedBytes += file.now.allocatedBytes - before;
  }
}
