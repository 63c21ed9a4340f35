import type { Clock } from "@leeward/world";
import { checkKey, checkPrefix } from "../object-key.ts";
import type {
  HoldObject,
  Listed,
  ObjectSource,
  ObjectStatus,
  ObjectStore,
  PutOptions,
  ReadObject,
  RequestCounts,
} from "../object-store.ts";
import { noRequests } from "../request-counts.ts";
import { objectConflict, objectHeld, objectMissing, storeUnconditional } from "../store-faults.ts";

interface Held {
  readonly bytes: Uint8Array;
  readonly status: ObjectStatus;
  /** Until when it is held; 0 when it is not. */
  readonly untilMicros: number;
}

interface Objects {
  readonly objects: Map<string, Held>;
  /** What was held and put over: it stays behind its key. */
  readonly versions: Map<string, Held[]>;
  tags: number;
}

export interface MemoryStoreHooks {
  /** Told the keys that a listing would name, in order: those that it does name. A stale one lacks some, or names some that are gone. */
  readonly listed?: (keys: readonly string[]) => readonly string[];
  /** Called before each operation, which then fails with what this throws. */
  readonly before?: (operation: "put" | "read" | "status" | "remove" | "list" | "hold", key: string) => unknown;
  /** Called after each operation that changes something took effect: what this throws is an answer that was lost. */
  readonly after?: (operation: "put" | "remove", key: string) => unknown;
}

export interface MemoryStoreOptions extends MemoryStoreHooks {
  readonly clock: Clock;
  /** Whether conditions are honoured; true unless told. */
  readonly isConditional?: boolean;
  /** Whether objects can be held; false unless told. What is held refuses to be removed, and is kept as a version where it is put over. */
  readonly holds?: boolean;
}

/** An object store in memory: survives the processes of a simulation, and is seen by all that have a door to it. */
export class MemoryStore implements ObjectStore {
  readonly kind = "memory";
  readonly place = "memory";
  readonly #options: MemoryStoreOptions;
  readonly #held: Objects;
  readonly #counts = noRequests();

  constructor(options: MemoryStoreOptions, held?: Objects) {
    this.#options = options;
    this.#held = held ?? { objects: new Map(), versions: new Map(), tags: 0 };
  }

  /** The same objects, with hooks of its own. */
  door(hooks: MemoryStoreHooks): MemoryStore {
    const { before: _, after: __, listed: ___, ...options } = this.#options;
    return new MemoryStore({ ...options, ...hooks }, this.#held);
  }

  get isConditional(): boolean {
    return this.#options.isConditional ?? true;
  }

  get hold(): HoldObject | undefined {
    if (this.#options.holds !== true) return undefined;
    return async (key, untilMicros, signal) => {
      checkKey(key);
      signal?.throwIfAborted();
      this.#counts.puts += 1;
      await this.#options.before?.("hold", key);
      const held = this.#held.objects.get(key);
      if (held === undefined) throw objectMissing(key);
      this.#held.objects.set(key, { ...held, untilMicros: Math.max(held.untilMicros, untilMicros) });
    };
  }

  /** Until when what the key names is held; 0 when it is not. */
  heldUntilMicros(key: string): number {
    return this.#held.objects.get(key)?.untilMicros ?? 0;
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
    if (held !== undefined && this.#isHeld(held))
      this.#held.versions.set(key, [...(this.#held.versions.get(key) ?? []), held]);
    this.#held.objects.set(key, { bytes, status, untilMicros: 0 });
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
    const held = this.#held.objects.get(key);
    if (held !== undefined && this.#isHeld(held)) throw objectHeld(key, held.untilMicros);
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

  #isHeld({ untilMicros }: Held): boolean {
    return untilMicros > this.#options.clock.wallMicros();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}

/** As a stale listing still tells of it. */
function gone(key: string): ObjectStatus {
  return { key, sizeBytes: 0, modifiedMicros: 0, tag: "gone" };
}
