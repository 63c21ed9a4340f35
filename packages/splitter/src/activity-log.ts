import { assert, Waiters } from "@leeward/base";
import type { Files } from "@leeward/world";
import { DurableBitmap } from "./durable-bitmap.ts";
import { Rounds } from "./rounds.ts";

/**
 * The regions of a disk that may differ from what is durable in its log.
 *
 * Invariant: whenever a byte of the disk may have been written and not yet both be durable on the disk and be named durably in the
 * log (or the change bitmap), its region is set in the file, durably. After a power loss these regions alone are in doubt.
 * Worst outcome if broken: a changed region is not read again, and the replica differs from the disk without anyone knowing.
 *
 * Order: region set, datasync, and only then the first disk write into it. A region leaves after `settle` (flush of the disk and
 * sync of log and bitmap) that began when nobody was writing to it, if nobody began since; its bit leaves the file with a later
 * write. A crash between leaves it set, which costs reading it again.
 */
export interface ActivityLogOptions {
  readonly files: Files;
  readonly folder: string;
  readonly name: string;
  readonly diskBytes: number;
  /** Bytes; a power of two. */
  readonly regionBytes: number;
  /** How many regions may be active at once: what is read again after an unclean stop. */
  readonly activeRegionsMax: number;
  readonly whenMissing: "clear" | "set";
  /** Every write that was acknowledged before the call is durable on the disk, and in the log or the bitmap, when it settles. */
  readonly settle: () => Promise<void>;
}

interface ActiveRegion {
  readonly region: number;
  /** Writes under way. */
  users: number;
  /** The file has it, durably. */
  durable: boolean;
  /** The turn of its last use. */
  used: number;
}

export class ActivityLog implements AsyncDisposable {
  readonly regionBytes: number;
  readonly #bitmap: DurableBitmap;
  readonly #max: number;
  readonly #settle: () => Promise<void>;
  readonly #active = new Map<number, ActiveRegion>();
  readonly #left = new Waiters();
  readonly #evictions = new Rounds(() => this.#evict());
  #turn = 0;

  private constructor(bitmap: DurableBitmap, options: ActivityLogOptions) {
    this.regionBytes = bitmap.regionBytes;
    this.#bitmap = bitmap;
    this.#max = options.activeRegionsMax;
    this.#settle = options.settle;
  }

  /** Regions that an unclean stop left active are found by `leftActive`, and stay until `clear`. */
  static async open(options: ActivityLogOptions): Promise<ActivityLog> {
    const bitmap = await DurableBitmap.open(options);
    return new ActivityLog(bitmap, options);
  }

  /** How many regions are active now. */
  get activeCount(): number {
    return this.#active.size;
  }

  /** The most bytes that one `enter` may cover. */
  get spanBytesMax(): number {
    return Math.max(1, this.#max >>> 2) * this.regionBytes;
  }

  /** Regions that are set in the file. Before the first `enter`: what the last owner left in doubt. */
  *leftActive(): IterableIterator<{ readonly offset: number; readonly length: number }> {
    for (let region = this.#bitmap.nextSet(0); region !== undefined; region = this.#bitmap.nextSet(region + 1)) {
      yield { offset: region * this.regionBytes, length: this.regionBytes };
    }
  }

  /** Takes note of a write when all its regions are active already; false when `admit` must be awaited instead. */
  enter(offset: number, length: number): boolean {
    const first = Math.floor(offset / this.regionBytes);
    const last = Math.floor((offset + length - 1) / this.regionBytes);
    if (first === last) {
      const only = this.#active.get(first);
      if (only === undefined || !only.durable) return false;
      only.users += 1;
      return true;
    }
    for (let region = first; region <= last; region += 1) {
      if (this.#active.get(region)?.durable !== true) return false;
    }
    this.#take(first, last);
    return true;
  }

  /** As `enter`, once the regions are active, durably. Waits for others to leave when too many are. Rejects as the file or `settle` do. */
  async admit(offset: number, length: number): Promise<void> {
    const first = Math.floor(offset / this.regionBytes);
    const last = Math.floor((offset + length - 1) / this.regionBytes);
    assert(length <= this.spanBytesMax, "a write covers a part of the activity log at most");
    while (this.#active.size + this.#absent(first, last) > this.#max) await this.#evictions.run();
    // From here to the marking nothing is awaited, so the room that was found is still there.
    this.#take(first, last);
    try {
      await this.#bitmap.sync();
    } catch (error) {
      this.leave(offset, length);
      throw error;
    }
    for (let region = first; region <= last; region += 1) {
      const active = this.#active.get(region);
      if (active !== undefined) active.durable = true;
    }
  }

  /** The write that `enter` or `admit` took note of has ended, well or not. */
  leave(offset: number, length: number): void {
    const last = Math.floor((offset + length - 1) / this.regionBytes);
    this.#turn += 1;
    for (let region = Math.floor(offset / this.regionBytes); region <= last; region += 1) {
      const active = this.#active.get(region);
      assert(active !== undefined && active.users > 0, "who leaves has entered");
      active.users -= 1;
      active.used = this.#turn;
    }
    this.#left.notify();
  }

  /** Lets go of the regions that were not used since the last call. */
  async retireIdle(): Promise<void> {
    const since = this.#idleSince;
    this.#idleSince = this.#turn;
    const idle = [...this.#active.values()].filter((active) => active.users === 0 && active.used <= since);
    if (idle.length > 0) await this.#retire(idle);
    await this.#bitmap.written();
  }
  #idleSince = 0;

  /** Makes what is active durable in the file, also what could not be before. */
  sync(): Promise<void> {
    return this.#bitmap.sync();
  }

  /** Nothing is in doubt any more: the caller has made disk and log durable, and nobody writes. Durable when it settles. */
  async clear(): Promise<void> {
    for (const active of this.#active.values())
      assert(active.users === 0, "nobody writes while the activity log is cleared");
    this.#active.clear();
    this.#bitmap.clearAll();
    await this.#bitmap.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bitmap[Symbol.asyncDispose]();
  }

  #absent(first: number, last: number): number {
    let absent = 0;
    for (let region = first; region <= last; region += 1) if (!this.#active.has(region)) absent += 1;
    return absent;
  }

  #take(first: number, last: number): void {
    for (let region = first; region <= last; region += 1) {
      let active = this.#active.get(region);
      if (active === undefined) {
        active = { region, users: 0, durable: false, used: this.#turn };
        this.#active.set(region, active);
        this.#bitmap.set(region);
      }
      active.users += 1;
    }
  }

  /** Makes room: the regions that were not used for longest leave, an eighth of all at once. */
  async #evict(): Promise<void> {
    const waiting = this.#left.next();
    const idle = [...this.#active.values()].filter((active) => active.users === 0).sort((a, b) => a.used - b.used);
    if (idle.length === 0) return waiting;
    await this.#retire(idle.slice(0, Math.max(1, this.#max >>> 3)));
  }

  async #retire(regions: readonly ActiveRegion[]): Promise<void> {
    const used = regions.map((active) => active.used);
    await this.#settle();
    for (const [index, active] of regions.entries()) {
      if (active.users > 0 || active.used !== used[index] || this.#active.get(active.region) !== active) continue;
      this.#active.delete(active.region);
      this.#bitmap.clear(active.region);
    }
  }
}
