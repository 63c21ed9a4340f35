import type { Mark } from "@leeward/proto";
import { MarkHistory } from "./mark-history.ts";
import type { MarkSource } from "./splitter-options.ts";

/**
 * Which marks a disk's log has to have, and where they stand: see MarkHistory for what a place promises.
 *
 * While no points are possible (a gap, a catch-up, a resync, the first copy) no mark is put, and those that are raised meanwhile are
 * lost for this disk: a later place would have writes before it that came after the mark.
 */
export class PointMarks {
  readonly #source: MarkSource;
  readonly #history: MarkHistory;
  #possible = false;

  constructor(source: MarkSource) {
    this.#source = source;
    this.#history = new MarkHistory(source.number());
  }

  get possible(): boolean {
    return this.#possible;
  }

  set possible(possible: boolean) {
    if (possible && !this.#possible) this.#history.lose(this.#source.number());
    this.#possible = possible;
  }

  /** The mark that has to stand before the next record; undefined when none was raised since the last one. */
  raised(): Mark | undefined {
    return this.#possible && this.#source.number() > this.#history.number ? this.#source.current() : undefined;
  }

  place(number: number, sequence: number): void {
    this.#history.place(number, sequence);
  }

  /**
   * Where the mark stands; `unplaced` when its record may be put now. When nothing was logged since the last mark, `last` being the last
   * sequence, it stands there too.
   */
  placeOf(mark: Mark, last: number): number | "unplaced" | "lost" {
    const standing = this.#history.standing(mark.number);
    if (standing !== "unplaced") return standing;
    if (!this.#possible) return "lost";
    const { newest } = this.#history;
    if (newest === undefined || newest !== last) return "unplaced";
    this.#history.place(mark.number, newest);
    return newest;
  }

  /** The log lost what is above `durable`. */
  cut(durable: number): void {
    this.#history.cut(durable);
  }
}
