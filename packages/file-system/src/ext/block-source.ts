import { assert } from "@leeward/base";
import { damaged } from "../faults.ts";
import type { Volume } from "../volume.ts";

/** Where a block's newest content is, when its journal has not been written back. */
export interface Replayed {
  /** The block of the journal that holds it. */
  readonly block: number;
  /** Its first four bytes were the journal's own mark, and are zeroes there. */
  readonly escaped: boolean;
}

export const JOURNAL_MAGIC = 0xc03b_3998;

/** The blocks of an ext file system: as they lie, or as they are once its journal is replayed. */
export class BlockSource {
  readonly blockBytes: number;
  readonly #volume: Volume;
  readonly #blocks: number;
  readonly #replayed: ReadonlyMap<number, Replayed>;

  constructor(
    volume: Volume,
    { blockBytes, blocks }: { readonly blockBytes: number; readonly blocks: number },
    replayed: ReadonlyMap<number, Replayed> = new Map(),
  ) {
    this.#volume = volume;
    this.blockBytes = blockBytes;
    this.#blocks = blocks;
    this.#replayed = replayed;
  }

  /** The first of the blocks is `from`; nothing is kept of the target. @throws Fault `file-system-damaged` beyond the end */
  async read(from: number, target: Uint8Array): Promise<void> {
    assert(target.length % this.blockBytes === 0, "whole blocks are read");
    const count = target.length / this.blockBytes;
    if (from < 0 || from + count > this.#blocks)
      throw damaged("ext file system", `something in it refers to block ${from}, which it does not have`);
    for (let begun = 0; begun < count; ) {
      const end = this.#runEnd(from, begun, count);
      const part = target.subarray(begun * this.blockBytes, end * this.blockBytes);
      const replayed = this.#replayed.get(from + begun);
      await this.#volume.read((replayed?.block ?? from + begun) * this.blockBytes, part);
      if (replayed?.escaped === true) Buffer.from(part.buffer, part.byteOffset, 4).writeUInt32BE(JOURNAL_MAGIC);
      begun = end;
    }
  }

  async block(number: number): Promise<Buffer> {
    const block = Buffer.alloc(this.blockBytes);
    await this.read(number, block);
    return block;
  }

  /** A replayed block stands alone; others are read together up to the next one. */
  #runEnd(from: number, begun: number, count: number): number {
    if (this.#replayed.size === 0) return count;
    let end = begun + 1;
    if (this.#replayed.has(from + begun)) return end;
    while (end < count && !this.#replayed.has(from + end)) end += 1;
    return end;
  }
}
