/** How many of the newest marks are remembered: settling one comes at most a few marks later. */
const ENTRIES_MAX = 64;

interface Entry {
  readonly number: number;
  /** undefined: the marks from the entry before up to this number have no place and never get one. */
  readonly sequence: number | undefined;
}

/**
 * Where the newest marks stand in a disk's log.
 *
 * Invariant: a placed mark's sequence has before it exactly the writes of this disk that were submitted before the mark was raised
 * (those still in flight at that moment may lie on either side). A disk that nobody wrote to between two raised marks has
 * one place for both. A mark that was raised while the log was not whole is lost for this disk. Worst outcome if broken: a recovery
 * point whose disks are of different moments.
 */
export class MarkHistory {
  /** By rising number. */
  #entries: Entry[];

  /** Marks up to `raised` were raised before the log was open, and have no place. */
  constructor(raised: number) {
    this.#entries = [{ number: raised, sequence: undefined }];
  }

  /** The sequence of the newest mark; undefined when it has none. */
  get newest(): number | undefined {
    return this.#entries.at(-1)?.sequence;
  }

  /** The number of the newest mark, placed or lost. */
  get number(): number {
    return this.#entries.at(-1)?.number ?? 0;
  }

  /** A mark's place. Numbers rise. */
  place(number: number, sequence: number): void {
    this.#add({ number, sequence });
  }

  /** Every mark up to `raised` that has no place by now gets none. */
  lose(raised: number): void {
    if (raised > this.number) this.#add({ number: raised, sequence: undefined });
  }

  standing(number: number): number | "unplaced" | "lost" {
    for (const entry of this.#entries) if (entry.number >= number) return entry.sequence ?? "lost";
    return "unplaced";
  }

  /** The log lost what is above `durable`. */
  cut(durable: number): void {
    this.#entries = this.#entries.map((entry) =>
      entry.sequence !== undefined && entry.sequence > durable ? { number: entry.number, sequence: undefined } : entry,
    );
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= ENTRIES_MAX) return;
    this.#entries.shift();
    const [oldest] = this.#entries;
    // What was before it is forgotten, so it can no longer stand for lower numbers.
    if (oldest !== undefined) this.#entries[0] = { number: oldest.number, sequence: undefined };
  }
}
