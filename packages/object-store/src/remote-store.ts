// A store behind a network. Of what passes by itself each request is sent again, here and nowhere else (the libraries' own retries are switched off), for about a minute.
//
// What it keeps true: a put settles well only when the object at the key is the whole of what was put. An answer that was lost is never guessed: a conditional put that is sent again and then
// refused looks whether its own id stands at the key. The worst outcome of a fault here is an owner that believes it lost its journal, or that it holds one that another has.
import { type Fault, isFault, MICROS_PER_MS, MICROS_PER_SECOND, MiB, randomId, reconnectDelayMs } from "@leeward/base";
import { BufferPool, type World } from "@leeward/world";
import { checkKey, checkPrefix } from "./object-key.ts";
import type {
  HoldObject,
  Listed,
  ObjectSource,
  ObjectStatus,
  ObjectStore,
  PutOptions,
  ReadObject,
  RequestCounts,
} from "./object-store.ts";
import { putInParts } from "./parted-put.ts";
import { noRequests } from "./request-counts.ts";
import {
  objectConflict,
  objectHeld,
  objectMissing,
  storeDenied,
  storeFailed,
  storeMissing,
  storeUnconditional,
  storeUnreachable,
  storeUntrusted,
} from "./store-faults.ts";
import type { PutFacts, Refusal, StoreRequests } from "./store-requests.ts";

export type RemoteStoreWorld = Pick<World, "clock" | "random">;

/** A request is not sent again later than this after it was sent first. */
const TRYING_MS = 60_000;
/** How often parts that another put has swept away are sent once more. */
const PARTED_TRIES = 5;
/** What is left behind is removed although who asked has gone. */
const DROPPING_MS = 10_000;

/** Free buffers that are kept for the next object. A request that was sent again was answered, or its connection is gone: what it may still read changes nothing. */
const BUFFERS_KEPT_BYTES = 48 * MiB;

type Counted = "puts" | "gets" | "lists" | "removes";

/** What a request that was refused for good ended with. */
class Refused extends Error {
  readonly refusal: Refusal;
  /** Whether it was sent before, with an answer that may have been lost. */
  readonly wasSentBefore: boolean;

  constructor(refusal: Refusal, wasSentBefore: boolean, cause: unknown) {
    super(refusal.kind, { cause });
    this.refusal = refusal;
    this.wasSentBefore = wasSentBefore;
  }
}

export class RemoteStore implements ObjectStore {
  readonly #requests: StoreRequests;
  readonly #world: RemoteStoreWorld;
  readonly #counts = noRequests();
  readonly #buffers = new BufferPool({ keptBytesMax: BUFFERS_KEPT_BYTES });
  readonly isConditional: boolean;
  #holds = false;

  constructor(requests: StoreRequests, world: RemoteStoreWorld, isConditional: boolean) {
    this.#requests = requests;
    this.#world = world;
    this.isConditional = isConditional;
  }

  /**
   * Finds out whether the store holds objects: until then, and where that question is not answered (a right may lack), it holds none.
   * @throws Fault `store-unreachable`
   */
  async findHold(): Promise<void> {
    try {
      this.#holds = await this.#sent("gets", never, () => this.#requests.holds(never));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  get hold(): HoldObject | undefined {
    return this.#holds ? (key, untilMicros, signal) => this.#hold(key, untilMicros, signal) : undefined;
  }

  get kind() {
    return this.#requests.kind;
  }

  get place(): string {
    return this.#requests.place;
  }

  get requests(): RequestCounts {
    return { ...this.#counts };
  }

  async put(
    key: string,
    source: ObjectSource,
    { condition }: PutOptions = {},
    signal: AbortSignal = never,
  ): Promise<ObjectStatus> {
    checkKey(key);
    signal.throwIfAborted();
    if (condition !== undefined && !this.isConditional) throw storeUnconditional(this.place, key);
    const facts = { putId: randomId(this.#world.random), condition };
    try {
      return await (source.sizeBytes < this.#requests.partedFromBytes
        ? this.#putWhole(key, source, facts, signal)
        : this.#putParts(key, source, facts, signal));
    } catch (error) {
      return await this.#clearedUp(key, facts, error, signal);
    }
  }

  async #putWhole(key: string, source: ObjectSource, facts: PutFacts, signal: AbortSignal): Promise<ObjectStatus> {
    const bytes = this.#buffers.take(source.sizeBytes);
    await source.read(bytes, 0);
    signal.throwIfAborted();
    const status = await this.#sent("puts", signal, () => {
      this.#counts.sentBytes += bytes.length;
      return this.#requests.put(key, bytes, facts, signal);
    });
    this.#buffers.give(bytes);
    return status;
  }

  /** Two puts of one key may sweep away each other's parts; without a condition both are to come out well. */
  async #putParts(key: string, source: ObjectSource, facts: PutFacts, signal: AbortSignal): Promise<ObjectStatus> {
    for (let left = PARTED_TRIES; ; left -= 1) {
      try {
        return await this.#putPartsOnce(key, source, facts, signal);
      } catch (error) {
        const isSwept = error instanceof Refused && error.refusal.kind === "parts-lost";
        if (!isSwept || facts.condition !== undefined || left === 0) throw error;
        const found = error.wasSentBefore ? await this.#statusOf(key, signal) : undefined;
        if (found?.putId === facts.putId) return found.status;
        this.#counts.retries += 1;
      }
    }
  }

  async #putPartsOnce(key: string, source: ObjectSource, facts: PutFacts, signal: AbortSignal): Promise<ObjectStatus> {
    const uploadId = await this.#sent("puts", signal, () => this.#requests.beginParts(key, facts, signal));
    const put = { ...facts, key, uploadId };
    const { partsMax } = this.#requests;
    let isDone = false;
    try {
      const parts = await putInParts({ source, partsMax, buffers: this.#buffers, signal }, (index, bytes, either) =>
        this.#sent("puts", either, () => {
          this.#counts.sentBytes += bytes.length;
          return this.#requests.putPart(put, index, bytes, either);
        }),
      );
      const end = () => this.#requests.endParts(put, parts, source.sizeBytes, signal);
      const status = await this.#sent("puts", signal, end);
      isDone = true;
      return status;
    } finally {
      if (!isDone && uploadId !== undefined) await this.#drop(() => this.#requests.dropParts(put, never));
    }
  }

  /** Gives up what was begun; why it is given up matters more than that this failed too. */
  async #drop(work: () => Promise<void>): Promise<void> {
    const ending = new AbortController();
    const limit = this.#world.clock.sleep(DROPPING_MS, ending.signal).catch(() => {});
    await Promise.race([this.#sent("removes", ending.signal, work).catch(() => {}), limit]);
    ending.abort();
  }

  /** The put failed, or it took effect and its answer was lost. */
  async #clearedUp(key: string, facts: PutFacts, error: unknown, signal: AbortSignal): Promise<ObjectStatus> {
    if (!(error instanceof Refused)) throw error;
    const mayBeDone = error.wasSentBefore && ["conflict", "no-object", "parts-lost"].includes(error.refusal.kind);
    if (mayBeDone) {
      const found = await this.#statusOf(key, signal);
      if (found?.putId === facts.putId) return found.status;
    }
    // Where an object is to be as it was, one that is not there is another one; so is one whose put swept the parts away.
    const isConflict = facts.condition !== undefined && ["no-object", "parts-lost"].includes(error.refusal.kind);
    throw isConflict ? objectConflict(key, error.cause) : this.#faultOf(error, key);
  }

  // oxlint-disable-next-line max-params -- the interface has them, and a signal is always the last
  async read(
    key: string,
    target: Uint8Array,
    position: number,
    { tag }: { readonly tag?: string } = {},
    signal: AbortSignal = never,
  ): Promise<ReadObject> {
    checkKey(key);
    if (target.length === 0) return this.#readNothing(key, tag, signal);
    try {
      const found = await this.#sent("gets", signal, () => this.#requests.read({ key, target, position, tag }, signal));
      this.#counts.receivedBytes += found.bytes;
      // Whether the store knows conditions of reads is not asked: what it says of the object is.
      if (tag !== undefined && found.status.tag !== tag) throw objectConflict(key);
      return found;
    } catch (error) {
      const refused = error instanceof Refused ? error.refusal.kind : undefined;
      if (refused === "past-end") return this.#readNothing(key, tag, signal);
      // What is not there does not have the tag either.
      if (refused === "conflict" && (await this.status(key, signal)) === undefined) throw objectMissing(key, error);
      throw this.#faultOf(error, key);
    }
  }

  async #readNothing(key: string, tag: string | undefined, signal: AbortSignal): Promise<ReadObject> {
    const status = await this.status(key, signal);
    if (status === undefined) throw objectMissing(key);
    if (tag !== undefined && tag !== status.tag) throw objectConflict(key);
    return { bytes: 0, status };
  }

  async status(key: string, signal: AbortSignal = never): Promise<ObjectStatus | undefined> {
    checkKey(key);
    try {
      return (await this.#statusOf(key, signal))?.status;
    } catch (error) {
      throw this.#faultOf(error, key);
    }
  }

  async #statusOf(key: string, signal: AbortSignal) {
    return this.#unlessMissing(this.#sent("gets", signal, () => this.#requests.status(key, signal)));
  }

  async remove(key: string, signal: AbortSignal = never): Promise<void> {
    checkKey(key);
    try {
      await this.#unlessMissing(this.#sent("removes", signal, () => this.#requests.remove(key, signal)));
    } catch (error) {
      throw (await this.#heldAgainst(error, key, signal)) ?? this.#faultOf(error, key);
    }
  }

  /** Stores do not agree on what they say of a hold: whether there is one is asked. */
  async #heldAgainst(error: unknown, key: string, signal: AbortSignal): Promise<Fault | undefined> {
    const isRefused = error instanceof Refused && ["denied", "failed", "conflict"].includes(error.refusal.kind);
    if (!isRefused || !this.#holds) return undefined;
    try {
      const untilMicros = await this.#heldUntilMicros(key, signal);
      return untilMicros > this.#world.clock.wallMicros() ? objectHeld(key, untilMicros, error.cause) : undefined;
    } catch (other) {
      // What was refused first is what is told.
      if (other instanceof Refused || isFault(other)) return undefined;
      throw other;
    }
  }

  async #hold(key: string, untilMicros: number, signal: AbortSignal = never): Promise<void> {
    checkKey(key);
    const until = Math.ceil(untilMicros / MICROS_PER_SECOND) * MICROS_PER_SECOND;
    try {
      if ((await this.#heldUntilMicros(key, signal)) >= until) return;
      await this.#sent("puts", signal, () => this.#requests.hold(key, until, signal));
    } catch (error) {
      throw this.#faultOf(error, key);
    }
  }

  #heldUntilMicros(key: string, signal: AbortSignal): Promise<number> {
    return this.#sent("gets", signal, () => this.#requests.heldUntilMicros(key, signal));
  }

  async #unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Refused && error.refusal.kind === "no-object") return undefined;
      throw error;
    }
  }

  async *list(
    prefix: string,
    { shallow = false }: { readonly shallow?: boolean } = {},
    signal: AbortSignal = never,
  ): AsyncIterable<Listed> {
    checkPrefix(prefix);
    let from: string | undefined;
    do {
      const request = { prefix, shallow, from };
      try {
        const page = await this.#sent("lists", signal, () => this.#requests.list(request, signal));
        yield* page.listed;
        from = page.next;
      } catch (error) {
        // A listing is of the whole: what is not there is the store.
        const isMissing = error instanceof Refused && error.refusal.kind === "no-object";
        throw isMissing ? storeMissing(this.place, error.cause) : this.#faultOf(error, prefix);
      }
    } while (from !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#requests.close();
    await Promise.resolve();
  }

  /** Sends a request until it is answered, for about a minute. @throws Refused, Fault `store-unreachable` */
  async #sent<T>(counted: Counted, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    const { clock } = this.#world;
    const until = clock.monotonicMicros() + TRYING_MS * MICROS_PER_MS;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      this.#counts[counted] += 1;
      try {
        return await request();
      } catch (error) {
        signal.throwIfAborted();
        const refusal = isFault(error) ? undefined : this.#requests.refusalOf(error);
        if (refusal === undefined) throw error;
        if (refusal.kind !== "later") throw new Refused(refusal, attempt > 1, error);
        const delayMs = Math.max(refusal.afterMs ?? 0, this.#delayMs(attempt));
        if (clock.monotonicMicros() + delayMs * MICROS_PER_MS > until) {
          throw storeUnreachable(this.place, refusal.why, error);
        }
        this.#counts.retries += 1;
        await clock.sleep(delayMs, signal);
      }
    }
  }

  /** Half of each wait is random, so that many do not come back at once. */
  #delayMs(attempt: number): number {
    const halfMs = reconnectDelayMs(attempt) / 2;
    return halfMs + this.#world.random.below(Math.ceil(halfMs));
  }

  #faultOf(error: unknown, key: string): unknown {
    return error instanceof Refused ? faultOfRefusal(error.refusal, { key, place: this.place }, error.cause) : error;
  }
}

const never = new AbortController().signal;

/** What a refusal is to whoever asked. */
export function faultOfRefusal(
  refusal: Refusal,
  { key, place }: { key: string; place: string },
  cause: unknown,
): Fault {
  switch (refusal.kind) {
    case "no-object":
      return objectMissing(key, cause);
    case "conflict":
      return objectConflict(key, cause);
    case "no-store":
      return storeMissing(place, cause);
    case "denied":
      return storeDenied(place, refusal.why, cause);
    case "untrusted":
      return storeUntrusted(place, refusal.why, cause);
    case "past-end":
    case "parts-lost":
      return storeFailed(place, `its answer about ${key} is none to what was asked (${refusal.kind})`, cause);
    case "later":
    case "failed":
      return storeFailed(place, refusal.why, cause);
  }
}
