import { assert, isFault, Mutex } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { ChangeTracker } from "./change-tracker.ts";
import type { PendingRegions } from "./pending-regions.ts";

/** The part of a tracker that its backends do differently: who notes, and how that is brought to what waits. One call at a time. */
export interface Noting {
  readonly backend: ChangeTracker["backend"];
  readonly trackingId: string;
  /** See ChangeTracker. */
  readonly begunAnewBecause?: string | undefined;
  /** Another one after `grow`. */
  readonly pending: PendingRegions;
  /** See ChangeTracker. */
  readonly isProved: boolean;
  /** Makes wait what changed before the call. @throws Fault `tracking-incomplete` when that cannot be proved */
  gather(): Promise<void>;
  /** To a larger size. @throws Fault `tracking-unsupported`, after which all is as before, or `tracking-incomplete` */
  grow(sizeBytes: number): Promise<void>;
  /** Nothing is noted any more, and nothing of it is left. */
  end(): Promise<void>;
  /** This process lets go of it. */
  close(): Promise<void>;
}

/** The tracker of what one backend notes. What is incomplete once stays so. */
export function notingTracker(noting: Noting): ChangeTracker {
  return new NotingTracker(noting);
}

class NotingTracker implements ChangeTracker {
  readonly backend: ChangeTracker["backend"];
  readonly trackingId: string;
  readonly begunAnewBecause: string | undefined;
  readonly #noting: Noting;
  readonly #alone = new Mutex();
  #failure: Error | undefined;
  #open = true;

  constructor(noting: Noting) {
    this.#noting = noting;
    this.backend = noting.backend;
    this.trackingId = noting.trackingId;
    this.begunAnewBecause = noting.begunAnewBecause;
  }

  get sizeBytes(): number {
    return this.#noting.pending.sizeBytes;
  }

  get regionBytes(): number {
    return this.#noting.pending.regionBytes;
  }

  get waitingCount(): number {
    return this.#noting.pending.waitingCount;
  }

  get takenCount(): number {
    return this.#noting.pending.takenCount;
  }

  get isProved(): boolean {
    return this.#noting.isProved;
  }

  collect(): Promise<void> {
    return this.#unlessIncomplete(() => this.#noting.gather());
  }

  take(): number {
    return this.#noting.pending.take();
  }

  taken(bytesMax: number): Iterable<Extent> {
    return this.#noting.pending.taken(bytesMax);
  }

  waitsWithin(extent: Extent): boolean {
    return this.#noting.pending.waitsWithin(extent);
  }

  settle(): void {
    this.#noting.pending.settle();
  }

  giveBack(): void {
    this.#noting.pending.giveBack();
  }

  wait(extent: Extent): void {
    this.#noting.pending.wait(extent);
  }

  grow(sizeBytes: number): Promise<void> {
    assert(sizeBytes >= this.sizeBytes, "a device that became smaller is another one");
    return this.#unlessIncomplete(async () => {
      if (sizeBytes > this.sizeBytes) await this.#noting.grow(sizeBytes);
    });
  }

  end(): Promise<void> {
    return this.#close(() => this.#noting.end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close(() => this.#noting.close());
  }

  #unlessIncomplete(work: () => Promise<void>): Promise<void> {
    return this.#alone.hold(async () => {
      assert(this.#open, "a tracker is used while it is open");
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await work();
      } catch (error) {
        if (isFault(error, "tracking-incomplete")) this.#failure = error;
        throw error;
      }
    });
  }

  #close(work: () => Promise<void>): Promise<void> {
    return this.#alone.hold(async () => {
      if (!this.#open) return;
      this.#open = false;
      await work();
    });
  }
}
