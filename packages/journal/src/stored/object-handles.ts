import { assert, Fault, isFault } from "@leeward/base";
import type { ObjectStore } from "@leeward/object-store";
import { type FileHandle, fileFault } from "@leeward/world";
import { type BlockCache, STORE_BLOCK_BYTES } from "./block-cache.ts";
import { ReadAhead } from "./read-ahead.ts";

/** An object as a file that is read. What is read in a row is fetched ahead; other reads past the block cache are as long as they are asked for. */
export class ObjectHandle implements FileHandle {
  readonly #store: ObjectStore;
  readonly #cache: BlockCache;
  readonly #object: { readonly key: string; readonly tag: string; readonly sizeBytes: number };
  readonly #ahead: ReadAhead;

  private constructor(
    store: ObjectStore,
    cache: BlockCache,
    object: { readonly key: string; readonly tag: string; readonly sizeBytes: number },
  ) {
    this.#store = store;
    this.#cache = cache;
    this.#object = object;
    this.#ahead = new ReadAhead({ sizeBytes: object.sizeBytes, aheadBytesMax: cache.aheadBytesMax });
  }

  /** Reads the first block, which says how long the object is. @throws Fault `file-missing`, and what the store throws */
  static async open(
    store: ObjectStore,
    cache: BlockCache,
    { key, path }: { key: string; path: string },
  ): Promise<ObjectHandle> {
    try {
      const first = new Uint8Array(STORE_BLOCK_BYTES);
      const { bytes, status } = await store.read(key, first, 0);
      const object = { key, tag: status.tag, sizeBytes: status.sizeBytes };
      cache.keep(object, 0, first.subarray(0, bytes));
      return new ObjectHandle(store, cache, object);
    } catch (error) {
      if (isFault(error, "object-missing")) throw fileFault("ENOENT", path, error);
      throw error;
    }
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const { sizeBytes, tag, key } = this.#object;
    const wanted = Math.max(0, Math.min(target.length, sizeBytes - position));
    const runs = this.#ahead.follow(position, wanted);
    for (const run of runs ?? []) this.#cache.ahead(this.#store, this.#object, run);
    if (runs === undefined && wanted > STORE_BLOCK_BYTES) {
      const { bytes } = await this.#store.read(key, target.subarray(0, wanted), position, { tag });
      if (bytes < wanted) throw objectShort(key, sizeBytes);
      return wanted;
    }
    for (let done = 0; done < wanted; ) {
      const at = position + done;
      const number = Math.floor(at / STORE_BLOCK_BYTES);
      const block = await this.#cache.block(this.#store, this.#object, number);
      const part = block.subarray(at - number * STORE_BLOCK_BYTES, at - number * STORE_BLOCK_BYTES + wanted - done);
      if (part.length === 0) throw objectShort(key, sizeBytes);
      target.set(part, done);
      done += part.length;
      // Read to its end in a row, it has been read.
      if (runs !== undefined && at + part.length === (number + 1) * STORE_BLOCK_BYTES)
        this.#cache.drop(this.#object, number);
    }
    return wanted;
  }

  sizeBytes(): Promise<number> {
    return Promise.resolve(this.#object.sizeBytes);
  }

  write(): Promise<void> {
    return unwritable(this.#object.key);
  }

  truncate(): Promise<void> {
    return unwritable(this.#object.key);
  }

  async datasync(): Promise<void> {
    // An object is durable from its put on.
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A few bytes as a file: what is read whole at the open. */
export class BytesHandle implements FileHandle {
  readonly #bytes: Uint8Array;
  readonly #path: string;

  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#path = path;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    const part = this.#bytes.subarray(position, position + target.length);
    target.set(part);
    return Promise.resolve(part.length);
  }

  sizeBytes(): Promise<number> {
    return Promise.resolve(this.#bytes.length);
  }

  write(): Promise<void> {
    return unwritable(this.#path);
  }

  truncate(): Promise<void> {
    return unwritable(this.#path);
  }

  async datasync(): Promise<void> {
    // What was read was durable.
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A file on its way to the store. No start finds it any more, so nothing waits for the local disk: its object is what is durable. */
export function passingHandle(local: FileHandle): FileHandle {
  return {
    read: (target, position) => local.read(target, position),
    write: (parts, position) => local.write(parts, position),
    datasync: () => Promise.resolve(),
    truncate: (sizeBytes) => local.truncate(sizeBytes),
    sizeBytes: () => local.sizeBytes(),
    close: () => local.close(),
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}

/** A manifest that is being written: what comes between two datasyncs becomes one object. */
export class AppendHandle implements FileHandle {
  readonly #put: (number: number, bytes: Uint8Array) => Promise<void>;
  #waiting: Uint8Array[] = [];
  #sizeBytes = 0;
  #number = 0;
  #failed: Error | undefined;

  constructor(put: (number: number, bytes: Uint8Array) => Promise<void>) {
    this.#put = put;
  }

  write(parts: readonly Uint8Array[], position: number): Promise<void> {
    assert(position === this.#sizeBytes, "a manifest is appended");
    for (const part of parts) {
      this.#waiting.push(part.slice());
      this.#sizeBytes += part.length;
    }
    return Promise.resolve();
  }

  async datasync(): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    const number = this.#number;
    this.#number += 1;
    try {
      await this.#put(number, bytes);
    } catch (error) {
      // Whether it is there is not known: nothing is put behind it.
      this.#failed = error instanceof Error ? error : new Error(String(error));
      throw this.#failed;
    }
  }

  sizeBytes(): Promise<number> {
    return Promise.resolve(this.#sizeBytes);
  }

  read(): Promise<number> {
    return Promise.reject(new Error("a manifest is not read while it is written"));
  }

  truncate(): Promise<void> {
    return Promise.reject(new Error("a manifest is appended alone"));
  }

  async close(): Promise<void> {
    this.#waiting = [];
    await Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function unwritable(path: string): Promise<never> {
  return Promise.reject(new Error(`${path} lies in a store and is not changed in place`));
}

function objectShort(key: string, sizeBytes: number): Fault {
  return new Fault({
    code: "journal-object-short",
    kind: "corruption",
    message: `The store gave less of ${key} than its ${sizeBytes} bytes.`,
    detail: { key, sizeBytes },
  });
}
