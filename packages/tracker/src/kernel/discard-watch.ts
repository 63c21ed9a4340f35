import { type Extent, ExtentSet } from "@leeward/block";

/**
 * Discards as the trace tells them. A discard request may hold the ranges of many bios, and its completion names the first place and the sum alone.
 * The ranges are known from where each bio was queued: so at every completion of a discard all ranges may have changed that were queued and are not
 * known to be done.
 *
 * Events come by processor: a completion may be read before what was queued. A range counts as changed when it is read, and again at each
 * completion; so whichever of the two is read last marks it, and both are read once they lie in the past. Ranges are forgotten only when as much was
 * completed as was queued, and a whole pass over all processors told of no discard: then nothing that began before that pass is unread.
 */
export class DiscardWatch {
  readonly #ranges = new ExtentSet();
  #sectorsOpen = 0;
  #quietPass = true;

  /** What to mark. */
  queued(extent: Extent, sectors: number): Extent {
    this.#quietPass = false;
    this.#sectorsOpen += sectors;
    this.#ranges.add(extent);
    return extent;
  }

  /** What to mark. */
  completed(sectors: number): Iterable<Extent> {
    this.#quietPass = false;
    this.#sectorsOpen -= sectors;
    return this.#ranges;
  }

  /** All processors have been read. */
  endPass(): void {
    if (this.#quietPass && this.#sectorsOpen === 0) this.#ranges.clear();
    this.#quietPass = true;
  }
}
