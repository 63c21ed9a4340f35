import type { FileHandle } from "@leeward/world";
import { SECTOR_BYTES } from "./bitmap-sector.ts";
import { Rounds } from "./rounds.ts";

const RUN_SECTORS_MAX = 2_048;

/**
 * Brings changed sectors of a bitmap to its file; see DurableBitmap for the order that this keeps.
 *
 * Sectors are copied before they are written: the bits may change while the write is under way, and a sector must match its CRC.
 */
export class BitmapWriter {
  readonly #handle: FileHandle;
  readonly #encode: (target: Uint8Array, sector: number) => void;
  readonly #writes = new Rounds(() => this.#writeChanged());
  readonly #syncs = new Rounds(() => this.#syncWritten());
  /** Changed in memory, not written. */
  #changed = new Set<number>();
  /** Written, and no datasync that began afterwards has succeeded. */
  #undurable = new Set<number>();
  #writing = false;
  #syncing = false;

  constructor(handle: FileHandle, encode: (target: Uint8Array, sector: number) => void) {
    this.#handle = handle;
    this.#encode = encode;
  }

  touch(sector: number): void {
    this.#changed.add(sector);
  }

  get unsynced(): boolean {
    return this.#changed.size > 0 || this.#undurable.size > 0 || this.#writing || this.#syncing;
  }

  written(): Promise<void> {
    return this.#changed.size > 0 || this.#writing ? this.#writes.run() : Promise.resolve();
  }

  sync(): Promise<void> {
    return this.unsynced ? this.#syncs.run() : Promise.resolve();
  }

  async writeHead(head: Uint8Array): Promise<void> {
    await this.#handle.write([head], 0);
    await this.#handle.datasync();
  }

  /** Sectors from `sectors` on are no more. */
  limit(sectors: number): void {
    for (const set of [this.#changed, this.#undurable]) {
      for (const sector of set) if (sector >= sectors) set.delete(sector);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #writeChanged(): Promise<void> {
    const sectors = [...this.#changed].sort((a, b) => a - b);
    this.#changed = new Set();
    this.#writing = true;
    try {
      for (const run of runsOf(sectors)) {
        const bytes = new Uint8Array(run.count * SECTOR_BYTES);
        for (let index = 0; index < run.count; index += 1)
          this.#encode(bytes.subarray(index * SECTOR_BYTES), run.first + index);
        await this.#handle.write([bytes], (1 + run.first) * SECTOR_BYTES);
      }
      for (const sector of sectors) this.#undurable.add(sector);
    } catch (error) {
      for (const sector of sectors) this.#changed.add(sector);
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  async #syncWritten(): Promise<void> {
    await this.#writes.run();
    const syncing = this.#undurable;
    this.#undurable = new Set();
    this.#syncing = true;
    try {
      await this.#handle.datasync();
    } catch (error) {
      // The kernel may have dropped any of them, also those written while the datasync ran.
      for (const sector of syncing) this.#changed.add(sector);
      for (const sector of this.#undurable) this.#changed.add(sector);
      this.#undurable = new Set();
      throw error;
    } finally {
      this.#syncing = false;
    }
  }
}

function* runsOf(sectors: readonly number[]): IterableIterator<{ readonly first: number; readonly count: number }> {
  let first: number | undefined;
  let count = 0;
  for (const sector of sectors) {
    if (first !== undefined && sector === first + count && count < RUN_SECTORS_MAX) {
      count += 1;
      continue;
    }
    if (first !== undefined) yield { first, count };
    first = sector;
    count = 1;
  }
  if (first !== undefined) yield { first, count };
}
