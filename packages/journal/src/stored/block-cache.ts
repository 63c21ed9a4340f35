import type { ObjectStore } from "@leeward/object-store";

/** Small reads fetch so much around them at once: a request costs more than its bytes. */
export const STORE_BLOCK_BYTES = 256 * 1024;

/** Blocks of objects that were read lately, in memory. Objects never change under one key while they are read: each block is of one tag. */
export class BlockCache {
  readonly #bytesMax: number;
  /** In the order of use, the oldest first. */
  readonly #blocks = new Map<string, Promise<Uint8Array>>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The block with the number of the object with the tag; shorter at the object's end. @throws as ObjectStore.read */
  async block(
    store: ObjectStore,
    { key, tag }: { readonly key: string; readonly tag: string },
    number: number,
  ): Promise<Uint8Array> {
    const name = `${number} ${tag} ${key}`;
    const known = this.#blocks.get(name);
    const block = known ?? fetched(store, { key, tag }, number);
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
    if (known !== undefined) return known;
    block.catch(() => this.#blocks.delete(name));
    this.#shrink();
    return block;
  }

  /** Keeps a block that was read already. */
  keep({ key, tag }: { readonly key: string; readonly tag: string }, number: number, bytes: Uint8Array): void {
    this.#blocks.set(`${number} ${tag} ${key}`, Promise.resolve(bytes));
    this.#shrink();
  }

  #shrink(): void {
    const most = Math.max(1, Math.floor(this.#bytesMax / STORE_BLOCK_BYTES));
    for (const name of this.#blocks.keys()) {
      if (this.#blocks.size <= most) return;
      this.#blocks.delete(name);
    }
  }
}

async function fetched(
  store: ObjectStore,
  { key, tag }: { readonly key: string; readonly tag: string },
  number: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(STORE_BLOCK_BYTES);
  const read = await store.read(key, bytes, number * STORE_BLOCK_BYTES, { tag });
  return bytes.subarray(0, read.bytes);
}
