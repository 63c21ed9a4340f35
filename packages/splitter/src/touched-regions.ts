import type { DurableBitmap } from "./durable-bitmap.ts";

/**
 * The change-bitmap regions of records that are appended and not yet durable: what has to be copied again when the log loses them.
 *
 * Invariant: a region is in it from the append until a sync of the log that began afterwards has succeeded. Its size is bounded
 * by the activity log: what is not durable lies in active regions.
 */
export class TouchedRegions {
  readonly #changes: DurableBitmap;
  #now = new Set<number>();
  #syncing = new Set<number>();

  constructor(changes: DurableBitmap) {
    this.#changes = changes;
  }

  add(offset: number, length: number): void {
    const { regionBytes } = this.#changes;
    const first = Math.floor(offset / regionBytes);
    const last = Math.floor((offset + length - 1) / regionBytes);
    this.#now.add(first);
    for (let region = first + 1; region <= last; region += 1) this.#now.add(region);
  }

  /** A sync of the log begins; one at a time. */
  beginSync(): void {
    this.#syncing = this.#now;
    this.#now = new Set();
  }

  /** It has succeeded. */
  endSync(): void {
    this.#syncing = new Set();
  }

  /** Puts all of them into the change bitmap, in memory. */
  moveToBitmap(): void {
    for (const region of this.#syncing) this.#changes.set(region);
    for (const region of this.#now) this.#changes.set(region);
    this.#now = new Set();
    this.#syncing = new Set();
  }
}
