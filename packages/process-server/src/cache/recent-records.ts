import type { ByteBudget } from "@leeward/base";
import type { DecodedLogFrame } from "@leeward/proto";

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
    const [first, last] = [frames[0], frames.at(-1)];
    if (first === undefined || last === undefined || !this.#budget.take(bytes)) return;
    this.#runs.push({ from: first.from, to: last.to, bytes, frames });
  }

  /** The frames that came with the one that holds the sequence; undefined when they are not kept. */
  framesWith(sequence: number): readonly DecodedLogFrame[] | undefined {
    const run = this.#runs.find(({ to }) => to >= sequence);
    return run !== undefined && run.from <= sequence ? run.frames : undefined;
  }

  /** Where what is kept goes on after a sequence that is not; infinite when it does not. */
  nextAfter(sequence: number): number {
    return this.#runs.find(({ from }) => from > sequence)?.from ?? Number.POSITIVE_INFINITY;
  }

  /** What lies wholly at or before the sequence is needed no more. */
  forgetThrough(sequence: number): void {
    const kept = this.#runs.findIndex(({ to }) => to > sequence);
    for (const { bytes } of this.#runs.splice(0, kept === -1 ? this.#runs.length : kept)) this.#budget.give(bytes);
  }
}
