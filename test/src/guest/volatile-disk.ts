// A disk with a volatile write cache, whose power can fail.
//
// What was written and neither flushed nor written with FUA when the power fails is lost, kept, or torn between two sectors: each write by
// itself, in any combination, as `random` decides. Of several writes to one sector any may be what is left there, or none of them.
//
// From `cut` to `restore` the disk is silent: no call is answered, also none that was under way. A machine that goes on for some milliseconds
// behind the cut must not learn of it: told of an error, it would do what no machine without power does. (That is what
// CrashableDevice is for: a process that is told.) Changes are made in one turn, so a cut lies between two of them; a flush takes its time, in which
// the cut may come.
//
//   on ──cut──► silent ──refuse──► refusing ──restore──► on
import { setTimeout as delay } from "node:timers/promises";
import { assert, type Random } from "@leeward/base";
import type { WriteOptions } from "@leeward/block";
import { type Allocation, type BlockDevice, diskClosed, type Extent, endOf, memoryDevice } from "@leeward/block";

const SECTOR_BYTES = 512;

/** A change that is in the cache alone. */
interface Unflushed extends Extent {
  /** undefined is zeroes. */
  readonly data: Uint8Array | undefined;
  /** The turn in which it came. */
  readonly turn: number;
}

export interface VolatileDiskOptions {
  readonly readOnly?: boolean;
  /** How long a flush takes, milliseconds; until its end what it covers may be lost. Default: 0. */
  readonly flushMs?: number;
}

/** What a loss of power did. */
export interface PowerLoss {
  /** What stood in the cache, all writes added up. */
  readonly unflushedBytes: number;
  /** How much of that never came to the disk. */
  readonly lostBytes: number;
  /** Writes of which a part came to the disk. */
  readonly tornWrites: number;
}

export class VolatileDisk implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes = SECTOR_BYTES;
  readonly readOnly: boolean;
  readonly #random: Random;
  /** What is there after the worst loss. */
  readonly #durable: BlockDevice;
  /** What is read. */
  readonly #current: BlockDevice;
  readonly #flushMs: number;
  #cache: Unflushed[] = [];
  #turn = 0;
  #dark: PromiseWithResolvers<never> | undefined;
  #flushes = 0;

  /** A disk of zeroes, in memory. */
  constructor(sizeBytes: number, random: Random, { readOnly = false, flushMs = 0 }: VolatileDiskOptions = {}) {
    this.sizeBytes = sizeBytes;
    this.readOnly = readOnly;
    this.#flushMs = flushMs;
    this.#random = random;
    this.#durable = memoryDevice(sizeBytes);
    this.#current = memoryDevice(sizeBytes, { readOnly });
  }

  /** How often its cache was flushed. */
  get flushes(): number {
    return this.#flushes;
  }

  /** Between the loss of its power and the return. */
  get isSilent(): boolean {
    return this.#dark !== undefined;
  }

  /** What a loss of power could take now. */
  get unflushedBytes(): number {
    return bytesOf(this.#cache);
  }

  /** The power fails. Several disks of one machine lose it at one moment when nothing is awaited in between. */
  cut(): void {
    assert(this.#dark === undefined, "power fails where there is some");
    this.#dark = Promise.withResolvers<never>();
    // Nobody may wait for an answer.
    this.#dark.promise.catch(() => undefined);
  }

  /**
   * The machine that used the disk is gone. Whoever waits for an answer, or asks from now on, gets the Fault `disk-closed`: so whatever held the disk for
   * that machine lets go of what it still had to write.
   */
  refuse(): void {
    assert(this.#dark !== undefined, "a disk with power refuses nothing");
    this.#dark.reject(diskClosed({ disk: "without power", operation: "read" }));
  }

  /** The power returns, once nobody has the disk any more. */
  async restore(): Promise<PowerLoss> {
    this.refuse();
    const cache = this.#cache;
    this.#cache = [];
    const unflushedBytes = bytesOf(cache);
    let lostBytes = 0;
    let tornWrites = 0;
    for (const change of cache) {
      const kept = this.#survivors(change);
      const keptBytes = bytesOf(kept);
      lostBytes += change.length - keptBytes;
      if (keptBytes > 0 && keptBytes < change.length) tornWrites += 1;
      for (const part of kept) await put(this.#durable, part);
    }
    for (const { offset, length } of cache) {
      const data = new Uint8Array(length);
      await this.#durable.read(offset, data);
      await this.#current.write(offset, data, { fua: false });
    }
    this.#dark = undefined;
    return { unflushedBytes, lostBytes, tornWrites };
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    await this.#dark?.promise;
    await this.#current.read(offset, target);
  }

  async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    await this.#dark?.promise;
    await this.#change({ offset, length: data.length, data: data.slice(), turn: this.#nextTurn() }, options);
  }

  async zero(extent: Extent, options: WriteOptions): Promise<void> {
    await this.#dark?.promise;
    await this.#change({ ...extent, data: undefined, turn: this.#nextTurn() }, options);
  }

  async discard(extent: Extent, options: WriteOptions): Promise<void> {
    await this.#dark?.promise;
    await this.#change({ ...extent, data: undefined, turn: this.#nextTurn() }, options);
  }

  async flush(): Promise<void> {
    await this.#dark?.promise;
    const before = this.#turn;
    if (this.#flushMs > 0) await delay(this.#flushMs);
    await this.#dark?.promise;
    this.#flushes += 1;
    const covered = this.#cache.filter(({ turn }) => turn <= before);
    this.#cache = this.#cache.filter(({ turn }) => turn > before);
    await Promise.all(covered.map((change) => put(this.#durable, change)));
    await this.#dark?.promise;
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    await this.#dark?.promise;
    return this.#current.allocation(extent);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** All of it in one turn: memory is changed before the first wait. */
  async #change(change: Unflushed, { fua }: WriteOptions): Promise<void> {
    const done = [put(this.#current, change)];
    if (this.readOnly) return done[0];
    if (fua) {
      // What was written there before cannot come over it any more.
      this.#cache = this.#cache.flatMap((earlier) => outside(earlier, change));
      done.push(put(this.#durable, change));
    } else this.#cache.push(change);
    await Promise.all(done);
    await this.#dark?.promise;
  }

  #nextTurn(): number {
    this.#turn += 1;
    return this.#turn;
  }

  #survivors(change: Unflushed): Unflushed[] {
    const fate = this.#random.below(3);
    if (fate === 0) return [];
    if (fate === 1) return [change];
    const kept: Unflushed[] = [];
    let from: number | undefined;
    for (let at = 0; at <= change.length; at += SECTOR_BYTES) {
      const isKept = at < change.length && this.#random.below(2) === 0;
      if (isKept) from ??= at;
      else if (from !== undefined) {
        kept.push(slice(change, change.offset + from, change.offset + at));
        from = undefined;
      }
    }
    return kept;
  }
}

function put(device: BlockDevice, { offset, length, data }: Unflushed): Promise<void> {
  if (data === undefined) return device.discard({ offset, length }, { fua: false });
  return device.write(offset, data, { fua: false });
}

function slice({ offset, data, turn }: Unflushed, from: number, to: number): Unflushed {
  return { turn, offset: from, length: to - from, data: data?.subarray(from - offset, to - offset) };
}

/** The parts of a change that lie outside of an extent. */
function outside(change: Unflushed, extent: Extent): Unflushed[] {
  const end = endOf(change);
  if (endOf(extent) <= change.offset || extent.offset >= end) return [change];
  const parts: Unflushed[] = [];
  if (change.offset < extent.offset) parts.push(slice(change, change.offset, extent.offset));
  if (endOf(extent) < end) parts.push(slice(change, endOf(extent), end));
  return parts;
}

function bytesOf(changes: readonly Extent[]): number {
  return changes.reduce((sum, { length }) => sum + length, 0);
}
