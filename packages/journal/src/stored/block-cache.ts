import type { ObjectStore } from "@leeward/object-store";

/** Small reads fetch so much around them at once: a request costs more than its bytes. */
export const STORE_BLOCK_BYTES = 256 * 1024;

/** Blocks of one request that is ahead of reads, at most. */
export const RUN_BLOCKS_MAX = 32;

/** The object with the tag, and nothing else that its key may come to name. */
export interface TaggedObject {
  readonly key: string;
  readonly tag: string;
}

/** Blocks of objects that were read lately, or are about to be, in memory. Objects never change under one key while they are read: each block is of one tag. */
export class BlockCache {
  readonly #bytesMax: number;
  /** In the order of use, the oldest first; undefined of what was to be there ahead of its reader, and failed. */
  readonly #blocks = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How far ahead of one reader may be fetched, in bytes: others have their room too. */
  get aheadBytesMax(): number {
    return this.#bytesMax / 4;
  }

  /** The block with the number; shorter at the object's end. @throws as ObjectStore.read */
  async block(store: ObjectStore, object: TaggedObject, number: number): Promise<Uint8Array> {
    const name = nameOf(object, number);
    const known = this.#blocks.get(name);
    if (known !== undefined) {
      this.#touch(name, known);
      const bytes = await known;
      if (bytes !== undefined) return bytes;
      // Another one may have asked for it meanwhile.
      if (this.#blocks.get(name) === known) this.#blocks.delete(name);
      return this.block(store, object, number);
    }
    const block = fetched(store, object, { first: number, count: 1 });
    block.catch(() => this.#blocks.delete(name));
    this.#touch(name, block);
    this.#shrink();
    return block;
  }

  /** Begins to fetch blocks that are going to be asked for, in one request. What fails of it is nobody's failure: who asks for a block fetches it then. */
  ahead(store: ObjectStore, object: TaggedObject, run: { readonly first: number; readonly count: number }): void {
    const fetching = fetched(store, object, run).catch(() => undefined);
    for (let index = 0; index < run.count; index += 1) {
      const name = nameOf(object, run.first + index);
      if (this.#blocks.has(name)) continue;
      const at = index * STORE_BLOCK_BYTES;
      this.#touch(
        name,
        // Apart from the others: one that stays keeps no more than itself.
        fetching.then((bytes) => bytes && new Uint8Array(bytes.subarray(at, at + STORE_BLOCK_BYTES))),
      );
    }
    this.#shrink();
  }

  /** Keeps a block that was read already. */
  keep(object: TaggedObject, number: number, bytes: Uint8Array): void {
    this.#touch(nameOf(object, number), Promise.resolve(bytes));
    this.#shrink();
  }

  /** Lets a block go that is not going to be asked for again. */
  drop(object: TaggedObject, number: number): void {
    this.#blocks.delete(nameOf(object, number));
  }

  #touch(name: string, block: Promise<Uint8Array | undefined>): void {
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
  }

  #shrink(): void {
    const most = Math.max(1, Math.floor(this.#bytesMax / STORE_BLOCK_BYTES));
    for (const name of this.#blocks.keys()) {
      if (this.#blocks.size <= most) return;
      this.#blocks.delete(name);
    }
  }
}

function nameOf({ key, tag }: TaggedObject, number: number): string {
  return `${number} ${tag} ${key}`;
}

async function fetched(
  store: ObjectStore,
  { key, tag }: TaggedObject,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(count * STORE_BLOCK_BYTES);
  const read = await store.read(key, bytes, first * STORE_BLOCK_BYTES, { tag });
  return bytes.subarray(0, read.bytes);
}
