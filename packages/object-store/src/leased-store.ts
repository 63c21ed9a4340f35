/**
 * A store that does not honour conditions, written to by one server at a time: who has the lease looks first and puts then.
 *
 * ```
 *  free ──put mine──► settling ──still mine after a while──► held ──renewed by the next change──► held
 *    ▲                   │ another's                           │ not renewed in time
 *    └───────────────────┴──────────── lapsed ◄────────────────┘        another's meanwhile: Fault `store-busy`
 * ```
 *
 * It rests on clocks that run equally fast, and on a put of a few bytes that arrives within the lease or not at all: weaker than conditions, and said so wherever the store
 * is shown. Worst outcome: two servers that both were away for longer than a lease write to one journal.
 */
import { anySignal, Fault, formatTime, isFault, MICROS_PER_MS, Mutex, type Random, randomId } from "@leeward/base";
import type { Clock } from "@leeward/world";
import {
  type HoldObject,
  type Listed,
  type ObjectSource,
  type ObjectStatus,
  type ObjectStore,
  type PutOptions,
  type ReadObject,
  type RequestCounts,
  sourceOfBytes,
} from "./object-store.ts";
import { objectConflict } from "./store-faults.ts";

const KEY = "writer.lease";
const BYTES_MAX = 512;
const LASTS_MICROS = 90_000 * MICROS_PER_MS;
/** The first change after this looks at it again, and renews it. */
const RENEWED_AFTER_MICROS = 8_000 * MICROS_PER_MS;
/** Nothing is changed any more when so little is left of it. */
const REST_MICROS = 30_000 * MICROS_PER_MS;
/** Whoever had it, or took it at the same time, has looked at it by then, and found another's. */
const SETTLES_MS = 10_000;
/** So long giving it back may take. */
const GIVING_BACK_MS = 5_000;
const FORM = /^\{"owner":"([0-9a-f]{32})","until":(\d{1,16})\}$/;

interface Lease {
  readonly owner: string;
  /** By the clock of whoever put it, microseconds since 1970. */
  readonly until: number;
}

export interface LeasedStoreOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

export class LeasedStore implements ObjectStore {
  readonly isConditional = true;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #alone = new Mutex();
  /** By the monotonic clock; undefined when it is not held. */
  #renewedMicros: number | undefined;

  /** Nothing is taken before the first change. */
  constructor({ store, clock, random }: LeasedStoreOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = randomId(random);
  }

  get kind(): ObjectStore["kind"] {
    return this.#store.kind;
  }

  get place(): string {
    return this.#store.place;
  }

  get requests(): RequestCounts {
    return this.#store.requests;
  }

  /** It takes no lease: no hold undoes another. */
  get hold(): HoldObject | undefined {
    return this.#store.hold;
  }

  /** @throws Fault `store-busy` while another server has the lease, `object-conflict`, and what the store throws */
  async put(
    key: string,
    source: ObjectSource,
    { condition }: PutOptions = {},
    signal?: AbortSignal,
  ): Promise<ObjectStatus> {
    await this.#hold(signal);
    if (condition === undefined) return this.#store.put(key, source, {}, signal);
    return this.#alone.hold(async () => {
      // What is decided by looking is put while the lease lasts, or not at all.
      using lease = this.#untilItEnds(signal);
      const there = await this.#store.status(key, lease.signal);
      const holds = condition.kind === "absent" ? there === undefined : there?.tag === condition.tag;
      if (!holds) throw objectConflict(key);
      return await this.#store.put(key, source, {}, lease.signal);
    });
  }

  read(...given: Parameters<ObjectStore["read"]>): Promise<ReadObject> {
    return this.#store.read(...given);
  }

  status(key: string, signal?: AbortSignal): Promise<ObjectStatus | undefined> {
    return this.#store.status(key, signal);
  }

  /** @throws Fault `store-busy`, and what the store throws */
  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#hold(signal);
    await this.#store.remove(key, signal);
  }

  async *list(
    prefix: string,
    options: { readonly shallow?: boolean } = {},
    signal?: AbortSignal,
  ): AsyncIterable<Listed> {
    for await (const listed of this.#store.list(prefix, options, signal))
      if (listed.kind === "prefix" || listed.status.key !== KEY) yield listed;
  }

  /** Gives the lease back, so that another need not wait for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#isFresh(LASTS_MICROS)) await this.#giveBack();
    } finally {
      await this.#store[Symbol.asyncDispose]();
    }
  }

  /** Of a store that is away it lapses by itself. */
  async #giveBack(): Promise<void> {
    const done = new AbortController();
    const limit = new AbortController();
    this.#clock.sleep(GIVING_BACK_MS, done.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    try {
      if ((await this.#read(limit.signal))?.owner === this.#owner) await this.#store.remove(KEY, limit.signal);
    } catch (error) {
      if (!limit.signal.aborted && !isFault(error)) throw error;
    } finally {
      done.abort();
    }
  }

  /** Whether it was renewed less than so long ago. */
  #isFresh(micros: number): boolean {
    return this.#renewedMicros !== undefined && this.#clock.monotonicMicros() - this.#renewedMicros < micros;
  }

  /** Aborts when little is left of the lease. @throws Fault `store-busy` when that is so already */
  #untilItEnds(signal: AbortSignal | undefined): { readonly signal: AbortSignal } & Disposable {
    if (!this.#isFresh(LASTS_MICROS - REST_MICROS)) throw this.#busy(undefined);
    const leftMicros = LASTS_MICROS - REST_MICROS - (this.#clock.monotonicMicros() - (this.#renewedMicros ?? 0));
    const ended = new AbortController();
    const done = new AbortController();
    this.#clock.sleep(leftMicros / MICROS_PER_MS, done.signal).then(
      () => ended.abort(this.#busy(undefined)),
      () => undefined,
    );
    return {
      signal: anySignal([ended.signal, ...(signal === undefined ? [] : [signal])]),
      [Symbol.dispose]: () => done.abort(),
    };
  }

  async #hold(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isFresh(RENEWED_AFTER_MICROS)) return;
    await this.#alone.hold(async () => {
      if (this.#isFresh(RENEWED_AFTER_MICROS)) return;
      const found = await this.#read(signal);
      const isMine = found?.owner === this.#owner;
      if (found !== undefined && !isMine && found.until > this.#clock.wallMicros()) throw this.#busy(found);
      await this.#take(isMine && this.#isFresh(LASTS_MICROS - REST_MICROS), signal);
    });
  }

  /** One that never lapsed is renewed; any other is taken only when nobody else took it at the same time. */
  async #take(isHeld: boolean, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#clock.monotonicMicros();
    const until = this.#clock.wallMicros() + LASTS_MICROS;
    const text = JSON.stringify({ owner: this.#owner, until });
    await this.#store.put(KEY, sourceOfBytes(new TextEncoder().encode(text)), {}, signal);
    if (!isHeld) {
      await this.#clock.sleep(SETTLES_MS, signal ?? new AbortController().signal);
      const found = await this.#read(signal);
      if (found?.owner !== this.#owner) throw this.#busy(found);
    }
    this.#renewedMicros = before;
  }

  async #read(signal?: AbortSignal): Promise<Lease | undefined> {
    if ((await this.#store.status(KEY, signal)) === undefined) return undefined;
    const bytes = new Uint8Array(BYTES_MAX);
    const read = await this.#store.read(KEY, bytes, 0, {}, signal);
    const match = FORM.exec(new TextDecoder().decode(bytes.subarray(0, read.bytes)));
    return match === null ? undefined : { owner: match[1] ?? "", until: Number(match[2]) };
  }

  #busy(lease: Lease | undefined): Fault {
    this.#renewedMicros = undefined;
    const until = lease === undefined ? null : formatTime(lease.until);
    return new Fault({
      code: "store-busy",
      kind: "transient",
      message: `Another server writes to ${this.place}${until === null ? "" : `, until ${until} at least`}.`,
      remedy:
        "A store without conditional writes takes one server at a time: stop the other one, or give this one a prefix of its own.",
      detail: { store: this.place, until },
    });
  }
}
