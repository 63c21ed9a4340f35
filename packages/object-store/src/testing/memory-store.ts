import type { Clock } from "@leeward/world";
import { checkKey, checkPrefix } from "../object-key.ts";
import type {
  Listed,
  ObjectSource,
  ObjectStatus,
  ObjectStore,
  PutOptions,
  ReadObject,
  RequestCounts,
} from "../object-store.ts";
import { noRequests } from "../request-counts.ts";
import { objectConflict, objectMissing, storeUnconditional } from "../store-faults.ts";

interface Held {
  readonly bytes: Uint8Array;
  readonly status: ObjectStatus;
}

export interface MemoryStoreHooks {
  /** Told the keys that a listing would name, in order: those that it does name. A stale one lacks some, or names some that are gone. */
  readonly listed?: (keys: readonly string[]) => readonly string[];
  /** Called before each operation, which then fails with what this throws. */
  readonly before?: (operation: "put" | "read" | "status" | "remove" | "list", key: string) => unknown;
  /** Called after each operation that changes something took effect: what this throws is an answer that was lost. */
  readonly after?: (operation: "put" | "remove", key: string) => unknown;
}

export interface MemoryStoreOptions extends MemoryStoreHooks {
  readonly clock: Clock;
  /** Whether conditions are honoured; true unless told. */
  readonly isConditional?: boolean;
}

/** An object store in memory: survives the processes of a simulation, and is seen by all that have a door to it. */
export class MemoryStore implements ObjectStore {
  readonly kind = "memory";
  readonly place = "memory";
  readonly #options: MemoryStoreOptions;
  readonly #held: { readonly objects: Map<string, Held>; tags: number };
  readonly #counts = noRequests();

  constructor(options: MemoryStoreOptions, held?: { readonly objects: Map<string, Held>; tags: number }) {
    this.#options = options;
    this.#held = held ?? { objects: new Map(), tags: 0 };
  }

  /** The same objects, with hooks of its own. */
  door(hooks: MemoryStoreHooks): MemoryStore {
    const { before: _, after: __, listed: ___, ...options } = this.#options;
    return new MemoryStore({ ...options, ...hooks }, this.#held);
  }

  get isConditional(): boolean {
    return this.#options.isConditional ?? true;
  }

  get requests(): RequestCounts {
    return { ...this.#counts };
  }

  /** Every key, in order. */
  get keys(): string[] {
    return Array.from(this.#held.objects.keys()).sort();
  }

  async put(
    key: string,
    source: ObjectSource,
    { condition }: PutOptions = {},
    signal?: AbortSignal,
  ): Promise<ObjectStatus> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.puts += 1;
    await this.#options.before?.("put", key);
    if (condition !== undefined && !this.isConditional) throw storeUnconditional(this.place, key);
    const bytes = new Uint8Array(source.sizeBytes);
    await source.read(bytes, 0);
    signal?.throwIfAborted();
    const held = this.#held.objects.get(key);
    const holds =
      condition === undefined ||
      (condition.kind === "absent" ? held === undefined : held?.status.tag === condition.tag);
    if (!holds) throw objectConflict(key);
    this.#held.tags += 1;
    const status = {
      key,
      sizeBytes: bytes.length,
      modifiedMicros: this.#options.clock.wallMicros(),
      tag: String(this.#held.tags),
    };
    this.#held.objects.set(key, { bytes, status });
    this.#counts.sentBytes += bytes.length;
    await this.#options.after?.("put", key);
    return status;
  }

  // oxlint-disable-next-line max-params -- the interface has them, and a signal is always the last
  async read(
    key: string,
    target: Uint8Array,
    position: number,
    { tag }: { readonly tag?: string } = {},
    signal?: AbortSignal,
  ): Promise<ReadObject> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.gets += 1;
    await this.#options.before?.("read", key);
    const held = this.#held.objects.get(key);
    if (held === undefined) throw objectMissing(key);
    if (tag !== undefined && tag !== held.status.tag) throw objectConflict(key);
    const part = held.bytes.subarray(position, position + target.length);
    target.set(part);
    this.#counts.receivedBytes += part.length;
    return { bytes: part.length, status: held.status };
  }

  async status(key: string, signal?: AbortSignal): Promise<ObjectStatus | undefined> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.gets += 1;
    await this.#options.before?.("status", key);
    return this.#held.objects.get(key)?.status;
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.removes += 1;
    await this.#options.before?.("remove", key);
    this.#held.objects.delete(key);
    await this.#options.after?.("remove", key);
  }

  async *list(
    prefix: string,
    { shallow = false }: { readonly shallow?: boolean } = {},
    signal?: AbortSignal,
  ): AsyncIterable<Listed> {
    checkPrefix(prefix);
    signal?.throwIfAborted();
    this.#counts.lists += 1;
    await this.#options.before?.("list", prefix);
    const told = new Set<string>();
    const keys = this.#options.listed?.(this.keys) ?? this.keys;
    for (const key of keys.filter((each) => each.startsWith(prefix))) {
      const slash = shallow ? key.indexOf("/", prefix.length) : -1;
      const held = this.#held.objects.get(key);
      if (slash < 0) yield { kind: "object", status: held?.status ?? gone(key) };
      const deeper = key.slice(0, slash + 1);
      if (slash < 0 || told.has(deeper)) continue;
      told.add(deeper);
      yield { kind: "prefix", prefix: deeper };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}

/** As a stale listing still tells of it. */
function gone(key: string): ObjectStatus {
  return { key, sizeBytes: 0, modifiedMicros: 0, tag: "gone" };
}
