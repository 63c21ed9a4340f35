import type { ByteBudget } from "@leeward/base";
import type { DecodedLogFrame } from "@leeward/proto";

/** What a decoded record takes beside its data, in bytes: many small ones count for what they are. */
const RECORD_MEMORY_BYTES = 256;

/** Frames that came in one message, one after another. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly frames: readonly DecodedLogFrame[];
}

/**
 * What a branch took in lately, kept in memory until it is cut, so that it need not be read from the cache again. The oldest stay when there
 * is no room: they are cut first.
 */
export class RecentRecords {
  readonly #budget: ByteBudget;
  /** In order, with gaps where there was no room. */
  #runs: Run[] = [];

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Keeps frames that were just taken in, if there is room; their records' data are views of an array of `bytes` that nobody changes. */
  note(bytes: number, frames: readonly DecodedLogFrame[]): void {
    const [from, to] = [frames[0]?.from, frames.at(-1)?.to];
    if (from === undefined || to === undefined) return;
    const held = bytes + (to - from + 1) * RECORD_MEMORY_BYTES;
    if (this.#budget.take(held)) this.#runs.push({ from, to, bytes: held, frames });
  }

  /** The frames that came with the one that holds the sequence; undefined when they are not kept. */
  framesWith(sequence: number): readonly DecodedLogFrame[] | undefined {
    const run = this.#runs[this.#endingAfter(sequence - 1)];
    return run !== undefined && run.from <= sequence ? run.frames : undefined;
  }

  /** Where what is kept goes on after a sequence that is not; infinite when it does not. */
  nextAfter(sequence: number): number {
    return this.#runs[this.#endingAfter(sequence)]?.from ?? Number.POSITIVE_INFINITY;
  }

  /** What lies wholly at or before the sequence is needed no more. */
  forgetThrough(sequence: number): void {
    for (const { bytes } of this.#runs.splice(0, this.#endingAfter(sequence))) this.#budget.give(bytes);
  }

  /** Index of the first run that goes on after the sequence. */
  #endingAfter(sequence: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.to ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
