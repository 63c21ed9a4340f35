import { NumberRows } from "./number-rows.ts";

/** How far apart the places lie that are remembered: what a read by sequence passes at most before its frame. */
const STEP_BYTES = 32 * 1024;

/** Where some of a log file's frames begin, so that one is found by sequence without reading the file from its start. */
export class PlaceTable {
  readonly #rows = new NumberRows(2);
  readonly #start: number;
  #last = Number.NEGATIVE_INFINITY;

  /** `start`: where the first frame begins. */
  constructor(start: number) {
    this.#start = start;
  }

  /** Frames are told in order. */
  add(from: number, position: number): void {
    if (position - this.#last < STEP_BYTES) return;
    this.#rows.push([from, position]);
    this.#last = position;
  }

  /** The beginning of a frame at or before the one that holds `sequence`. */
  before(sequence: number): number {
    let low = 0;
    let high = this.#rows.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows.at(middle, 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#start : this.#rows.at(low - 1, 1);
  }
}
