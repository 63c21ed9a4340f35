import { MiB } from "@leeward/base";
import { RUN_BLOCKS_MAX, STORE_BLOCK_BYTES } from "./block-cache.ts";

/** From so many bytes on that were read one after another, more is fetched than was asked for. */
const FOLLOWS_FROM_BYTES = 512 * 1024;
const AHEAD_BYTES_MAX = 32 * MiB;
/** A row goes on over so much that nobody asked for. */
const GAP_BYTES_MAX = MiB;
/** Several reads are under way at once, and do not come quite in order. */
const BEHIND_BYTES_MAX = 8 * MiB;

export interface BlockRun {
  readonly first: number;
  readonly count: number;
}

/**
 * What is to be fetched ahead of the reads of one object: at most twice as much as was read of it one after another before, so that reads here and there fetch what they ask for,
 * and what is read from end to end comes in a few large requests at once.
 */
export class ReadAhead {
  readonly #sizeBytes: number;
  readonly #aheadBytesMax: number;
  /** Where the next read in a row begins. */
  #next = 0;
  /** How much was read in a row. */
  #followedBytes = 0;
  /** The first block that was not fetched in this row. */
  #fetchedTo = 0;

  constructor({ sizeBytes, aheadBytesMax }: { readonly sizeBytes: number; readonly aheadBytesMax: number }) {
    this.#sizeBytes = sizeBytes;
    this.#aheadBytesMax = Math.min(AHEAD_BYTES_MAX, aheadBytesMax);
  }

  /** Takes a read into account. The runs that are to be fetched for it and ahead of it; undefined when it is in no row. */
  follow(position: number, bytes: number): readonly BlockRun[] | undefined {
    const end = position + bytes;
    if (position > this.#next + GAP_BYTES_MAX || position < this.#next - BEHIND_BYTES_MAX) {
      this.#followedBytes = 0;
      this.#next = position;
      this.#fetchedTo = 0;
    }
    const aheadBytes = Math.min(2 * this.#followedBytes, this.#aheadBytesMax);
    this.#followedBytes += Math.max(0, end - this.#next);
    this.#next = Math.max(this.#next, end);
    return aheadBytes < 2 * FOLLOWS_FROM_BYTES ? undefined : this.#runs(position, aheadBytes);
  }

  #runs(position: number, aheadBytes: number): BlockRun[] {
    const runs: BlockRun[] = [];
    const blocks = Math.ceil(this.#sizeBytes / STORE_BLOCK_BYTES);
    const neededTo = Math.min(blocks, Math.ceil(this.#next / STORE_BLOCK_BYTES));
    const to = Math.min(blocks, Math.ceil((this.#next + aheadBytes) / STORE_BLOCK_BYTES));
    // As long as half of it is there it is not fetched block by block.
    const runBlocks = Math.min(RUN_BLOCKS_MAX, Math.ceil(aheadBytes / 2 / STORE_BLOCK_BYTES));
    let from = Math.max(this.#fetchedTo, Math.floor(position / STORE_BLOCK_BYTES));
    while (from < neededTo || (from < to && (to - from >= runBlocks || to === blocks))) {
      const count = Math.min(RUN_BLOCKS_MAX, to - from);
      runs.push({ first: from, count });
      from += count;
    }
    this.#fetchedTo = from;
    return runs;
  }
}
