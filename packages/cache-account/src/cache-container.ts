import { isFault } from "@leeward/base";
import {
  type ObjectStatus,
  type ObjectStore,
  openStore,
  type PutCondition,
  type StorePlace,
  sourceOfBytes,
} from "@leeward/object-store";
import type { Message } from "@leeward/proto";
import type { World } from "@leeward/world";
import { cacheObjectDamaged } from "./cache-faults.ts";
import type { CacheLink } from "./cache-link.ts";
import { CACHE_LIMITS } from "./limits.ts";
import { decodeMessages, encodeMessages } from "./message-list.ts";
import { openObject, type SealingWorld, sealObject } from "./sealed-object.ts";

export interface FoundObject {
  readonly messages: readonly Message[];
  readonly status: ObjectStatus;
}

/** Opens the store of a container. @throws as openStore */
export async function openCacheContainer(
  place: StorePlace,
  link: CacheLink,
  world: SealingWorld & Pick<World, "clock">,
): Promise<CacheContainer> {
  return new CacheContainer(await openStore(place, world), link, world);
}

/** A machine's container, as one end of one link sees it: messages by key, sealed. */
export class CacheContainer {
  readonly store: ObjectStore;
  readonly link: CacheLink;
  readonly #world: SealingWorld;

  constructor(store: ObjectStore, link: CacheLink, world: SealingWorld) {
    this.store = store;
    this.link = link;
    this.#world = world;
  }

  /** Messages, each as its parts, as the object for `key`. */
  seal(key: string, messages: readonly (readonly Uint8Array[])[]): Promise<Uint8Array> {
    return sealObject(encodeMessages(messages), { link: this.link, key }, this.#world);
  }

  /** Puts what was sealed for `key`. Where the store honours no conditions, the condition is passed over. @throws as ObjectStore.put */
  async put(
    key: string,
    object: Uint8Array,
    condition: PutCondition | undefined,
    signal: AbortSignal,
  ): Promise<ObjectStatus> {
    const options = condition === undefined || !this.store.isConditional ? {} : { condition };
    return await this.store.put(key, sourceOfBytes(object), options, signal);
  }

  /** Whether this very object is there: a put of which nothing was heard may have succeeded. */
  async holds(key: string, object: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const found = await this.#bytes(key, object.length, signal);
    return found !== undefined && Buffer.compare(found.object, object) === 0;
  }

  /** What is there; undefined where nothing is. What is longer than `firstBytes` costs a second request. @throws Fault `cache-object-damaged`, and as ObjectStore.read */
  async read(
    key: string,
    signal: AbortSignal,
    firstBytes: number = CACHE_LIMITS.firstReadBytes,
  ): Promise<FoundObject | undefined> {
    const found = await this.#bytes(key, firstBytes, signal);
    if (found === undefined) return undefined;
    const raw = await openObject(found.object, { link: this.link, key }, this.#world);
    return { messages: decodeMessages(raw, key), status: found.status };
  }

  /** Whether there is anything. */
  async has(key: string, signal: AbortSignal): Promise<boolean> {
    return (await this.store.status(key, signal)) !== undefined;
  }

  async #bytes(
    key: string,
    firstBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly object: Uint8Array; readonly status: ObjectStatus } | undefined> {
    const first = new Uint8Array(firstBytes);
    try {
      const { bytes, status } = await this.store.read(key, first, 0, {}, signal);
      if (status.sizeBytes > CACHE_LIMITS.objectBytesMax) throw cacheObjectDamaged(key, "it is longer than any");
      if (status.sizeBytes <= bytes) return { object: first.subarray(0, bytes), status };
      const object = new Uint8Array(status.sizeBytes);
      object.set(first.subarray(0, bytes));
      const { tag } = status;
      const rest = await this.store.read(key, object.subarray(bytes), bytes, { tag }, signal);
      if (bytes + rest.bytes < object.length) throw cacheObjectDamaged(key, "it is cut off");
      return { object, status };
    } catch (error) {
      if (isFault(error, "object-missing")) return undefined;
      throw error;
    }
  }
}
