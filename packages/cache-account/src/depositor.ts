// The agent's end of a cache container: what a session sends, as deposits; what it receives, out of the process server's word (proto/cache-account.md).
//
// What it keeps true: deposits of a course are put one after another, each only where none is, so that a number that is there says that all before it were; each names by itself what its records
// belong to, so that whoever collects needs nothing else; nothing is removed that the other end has not said to be done with. This end alone removes. It needs nobody at the other end
// but for what a disk's offer waits for: with a disk's position once known, it goes on for as long as the container has room.
// Order: messages gathered → sealed → put → told as deposited → collected and journaled by the other end → removed. A crash anywhere ends the course; the next one claims the head, and begins as a session
// does. The worst outcome of a fault here is a deposit that is removed too early: what it held is copied again.
import { anySignal, Fault, firstOf, isFault, reconnectDelayMs, Waiters } from "@leeward/base";
import type { RequestCounts } from "@leeward/object-store";
import {
  type CacheWord,
  type ControlResponse,
  encodeEnvelope,
  type Hello,
  type Message,
  type RequestBody,
} from "@leeward/proto";
import {
  type Answers,
  type Conversation,
  faultOfReport,
  type RequestKind,
  RequestTable,
  type SessionBody,
  type SessionMessage,
} from "@leeward/wire";
import type { Clock } from "@leeward/world";
import type { CacheContainer } from "./cache-container.ts";
import { cacheContested, cacheUnanswered, cacheWordOld } from "./cache-faults.ts";
import { answerKey, depositKey, wordKey } from "./cache-link.ts";
import { allOf, type Claimed, claimCourse, removeLeft } from "./course-claim.ts";
import { DepositDraft } from "./deposit-draft.ts";
import type { CourseRuns } from "./home-runs.ts";
import { CACHE_LIMITS } from "./limits.ts";
import { MessageQueue } from "./message-queue.ts";
import { WordReader } from "./word-reader.ts";

export interface DepositorOptions {
  readonly container: CacheContainer;
  readonly clock: Clock;
  /** What a session would begin with. */
  readonly hello: Hello;
  /** Whose courses this one may end. */
  readonly runs: CourseRuns;
  /** What may wait in the container at most, bytes of deposits; records wait while there is as much. */
  readonly bytesMax: number;
  /** What is in the way of the container now; undefined when nothing is any more. */
  readonly onFault: (fault: Fault | undefined) => void;
  /** All of the branch up to `sequence` is in the container. */
  readonly onDeposited: (diskId: string, branch: string, sequence: number) => void;
}

export interface ContainerStatus {
  /** Deposits that the other end has not done with. */
  readonly waitingBytes: number;
  readonly bytesMax: number;
  readonly place: string;
  /** Since the store was opened. */
  readonly requests: RequestCounts;
}

interface Waiting {
  readonly number: number;
  readonly bytes: number;
}

/** What is asked of the store; each is in its own trouble. */
type StoreWork = "put" | "look" | "remove";

export class Depositor implements Conversation {
  readonly #options: DepositorOptions;
  readonly #course: number;
  readonly #lifetime = new AbortController();
  readonly #draft = new DepositDraft();
  readonly #incoming = new MessageQueue<SessionMessage>();
  readonly #requests: RequestTable;
  readonly #word: WordReader;
  readonly #changed = new Waiters();
  /** Deposits of this course that are in the container, in order. */
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Of courses before this one. */
  #leftBytes: number;
  #number = 0;
  #done: CacheWord | undefined;
  readonly #faults = new Map<StoreWork, Fault>();

  private constructor(options: DepositorOptions, { course, leftBytes }: Claimed) {
    this.#options = options;
    this.#course = course;
    this.#leftBytes = leftBytes;
    this.#requests = new RequestTable("the process server");
    this.#word = new WordReader(course, (message) => this.#incoming.put(message));
  }

  /** Claims the container: a course that was there before is over. @throws Fault `cache-contested`, `cache-unconfirmed`, and as ObjectStore */
  static async open(options: DepositorOptions, signal: AbortSignal): Promise<Depositor> {
    return new Depositor(options, await claimCourse(options.container, options, signal));
  }

  /** In the container, bytes. */
  get waitingBytes(): number {
    return this.#leftBytes + this.#waitingBytes;
  }

  get status(): ContainerStatus {
    const { bytesMax, container } = this.#options;
    return {
      waitingBytes: this.waitingBytes,
      bytesMax,
      place: container.store.place,
      requests: container.store.requests,
    };
  }

  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /** Goes on until the signal aborts, or the course ends. @throws Fault what ended it */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#end(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const { signal: own } = this.#lifetime;
    const loops = [this.#deposit(own), this.#listen(own), this.#remove(own)].map(async (loop) => {
      await loop.catch((error: unknown) => this.#end(error));
    });
    try {
      await Promise.all(loops);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    if (isFault(own.reason, "cache-contested")) await this.#options.runs.contested();
    if (!signal.aborted && own.reason !== CLOSED) throw own.reason;
  }

  /** Settles when the message is gathered: its deposit is put soon. Records wait for room. The payload is borrowed until then. */
  async send(body: SessionBody, payload?: Uint8Array): Promise<void> {
    const { signal } = this.#lifetime;
    const hasRoom = (): boolean =>
      this.#draft.bytes < CACHE_LIMITS.pendingBytesMax && this.waitingBytes < this.#options.bytesMax;
    if (body.kind === "records") await this.#changed.until(hasRoom, signal);
    signal.throwIfAborted();
    if (body.kind === "diskOffer") this.#word.await(body.value.diskId);
    this.#draft.add(body, encodeEnvelope(body, payload));
    this.#changed.notify();
  }

  messages(): AsyncIterable<SessionMessage> {
    return this.#incoming.messages();
  }

  /** @throws Fault `cache-unanswered`, what the process server answered, or what ended the course */
  async request<Kind extends RequestKind>(
    body: Extract<RequestBody, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    const over = new AbortController();
    const either = anySignal([signal, this.#lifetime.signal, over.signal]);
    const asking = this.#requests.ask(
      body,
      async (id) => {
        this.#draft.add({ kind: "controlRequest" }, encodeEnvelope({ kind: "controlRequest", value: { id, body } }));
        this.#changed.notify();
        this.#awaitAnswer(id, either)
          .catch((error: unknown) => over.abort(error))
          .finally(() => this.#requests.giveUp(id));
      },
      either,
    );
    return await asking.finally(() => over.abort(CLOSED));
  }

  async close(fault?: Fault): Promise<void> {
    this.#end(fault ?? CLOSED);
    await Promise.resolve();
  }

  #end(reason: unknown): void {
    if (this.#lifetime.signal.aborted) return;
    this.#lifetime.abort(reason);
    this.#incoming.end(reason === CLOSED || !(reason instanceof Error) ? undefined : reason);
  }

  async #deposit(signal: AbortSignal): Promise<never> {
    const isDue = (): boolean => this.#draft.bytes >= CACHE_LIMITS.depositBytes || this.#draft.isUrgent;
    for (;;) {
      await this.#changed.until(() => !this.#draft.isEmpty, signal);
      await firstOf(signal, [
        (either) => this.#options.clock.sleep(CACHE_LIMITS.lingerMs, either),
        (either) => this.#changed.until(isDue, either),
      ]);
      await this.#put(signal);
    }
  }

  async #put(signal: AbortSignal): Promise<void> {
    const { container, onDeposited } = this.#options;
    const { messages, records, offered } = this.#draft.take(CACHE_LIMITS.depositBytes);
    this.#number += 1;
    const number = this.#number;
    for (const diskId of offered) this.#word.offered(diskId, number);
    const key = depositKey(container.link, this.#course, number);
    const object = await container.seal(key, messages);
    await this.#persist(key, object, signal);
    this.#waiting.push({ number, bytes: object.length });
    this.#waitingBytes += object.length;
    for (const { diskId, branch, to } of records) onDeposited(diskId, branch, to);
    this.#changed.notify();
  }

  /** Whatever the store refuses may be mended: it is tried until it succeeds, and said meanwhile. @throws Fault `cache-contested` */
  async #persist(key: string, object: Uint8Array, signal: AbortSignal): Promise<void> {
    const { container, clock } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (attempt === 1 || !(await container.holds(key, object, signal)))
          await container.put(key, object, { kind: "absent" }, signal);
        return this.#note("put", undefined);
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        if (error.code === "object-conflict") throw cacheContested(container.store.place);
        this.#note("put", error);
        await clock.sleep(reconnectDelayMs(attempt), signal);
      }
    }
  }

  /** Told is what was in the way first. */
  #note(work: StoreWork, fault: Fault | undefined): void {
    const [before] = this.#faults.values();
    if (fault === undefined) this.#faults.delete(work);
    else this.#faults.set(work, fault);
    const [first] = this.#faults.values();
    if (first?.code !== before?.code) this.#options.onFault(first);
  }

  /** Reads the process server's word again and again, more often while something is awaited. */
  async #listen(signal: AbortSignal): Promise<never> {
    let lookMs: number = CACHE_LIMITS.lookMsMin;
    for (;;) {
      const isNew = await this.#look(signal);
      const isAwaiting = this.#waiting.length > 0 || !this.#draft.isEmpty || this.#leftBytes > 0;
      const most = isAwaiting ? CACHE_LIMITS.lookMsMax : CACHE_LIMITS.idleLookMs;
      lookMs = isNew ? CACHE_LIMITS.lookMsMin : Math.min(most, lookMs * 2);
      const number = this.#number;
      await firstOf(signal, [
        (either) => this.#options.clock.sleep(lookMs, either),
        async (either) => {
          await this.#changed.until(() => this.#number > number, either);
          lookMs = CACHE_LIMITS.lookMsMin;
          await this.#options.clock.sleep(lookMs, either);
        },
      ]);
    }
  }

  /** Whether it said something new. What the store refuses is said, and tried again with the next look. @throws Fault what the course ended with */
  async #look(signal: AbortSignal): Promise<boolean> {
    const word = await this.#lookedUp(signal);
    if (word?.course === this.#course && word.fault !== undefined)
      throw faultOfReport(word.fault, "the process server");
    if (word !== undefined && word.course > this.#course) throw cacheContested(this.#options.container.store.place);
    this.#done = word ?? this.#done;
    this.#changed.notify();
    return word !== undefined;
  }

  async #lookedUp(signal: AbortSignal): Promise<CacheWord | undefined> {
    try {
      const word = await this.#readWord(signal);
      this.#note("look", undefined);
      return word;
    } catch (error) {
      if (signal.aborted || !isFault(error)) throw error;
      this.#note("look", error);
      return undefined;
    }
  }

  async #readWord(signal: AbortSignal): Promise<CacheWord | undefined> {
    const { container } = this.#options;
    const key = wordKey(container.link);
    const found = await container.read(key, signal);
    const word = found === undefined ? "known" : this.#word.take(found.messages, found.status.tag);
    if (word === "old") throw cacheWordOld(key);
    return word === "known" ? undefined : word;
  }

  /** Removes what the other end has done with, while it is listened to. What the store refuses is tried again. */
  async #remove(signal: AbortSignal): Promise<never> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#changed.until(() => this.#hasLeft || this.#doneWith.length > 0, signal);
      try {
        if (this.#hasLeft) await this.#removeLeft(signal);
        await this.#removeDone(signal);
        this.#note("remove", undefined);
        attempt = 0;
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        this.#note("remove", error);
        await this.#options.clock.sleep(reconnectDelayMs(attempt), signal);
      }
    }
  }

  /** What courses before this one left is done with when this one is come to. */
  get #hasLeft(): boolean {
    return this.#leftBytes > 0 && (this.#done?.doneCourse ?? 0) >= this.#course;
  }

  get #doneWith(): readonly Waiting[] {
    const { doneCourse = 0, done = 0 } = this.#done ?? {};
    return doneCourse < this.#course ? [] : this.#waiting.filter(({ number }) => number <= done);
  }

  async #removeLeft(signal: AbortSignal): Promise<void> {
    const onRemoved = (bytes: number): void => {
      this.#leftBytes = Math.max(1, this.#leftBytes - bytes);
      this.#changed.notify();
    };
    await removeLeft(this.#options.container, { course: this.#course, onRemoved }, signal);
    this.#leftBytes = 0;
    this.#changed.notify();
  }

  async #removeDone(signal: AbortSignal): Promise<void> {
    const { link, store } = this.#options.container;
    const some = this.#doneWith.slice(0, CACHE_LIMITS.removalsAtOnce);
    await allOf(some.map(({ number }) => store.remove(depositKey(link, this.#course, number), signal)));
    this.#waiting.splice(0, some.length);
    for (const { bytes } of some) this.#waitingBytes -= bytes;
    this.#changed.notify();
  }

  async #awaitAnswer(id: number, signal: AbortSignal): Promise<void> {
    const { container, clock } = this.#options;
    const key = answerKey(container.link, this.#course, id);
    let lookMs: number = CACHE_LIMITS.lookMsMin;
    for (let waitedMs = 0; waitedMs < CACHE_LIMITS.answerMsMax; waitedMs += lookMs) {
      await clock.sleep(lookMs, signal);
      const found = await container.read(key, signal);
      const response = found === undefined ? undefined : responseIn(found.messages);
      if (response?.id === id) {
        this.#requests.settle(response);
        // What this leaves behind, the next course sweeps.
        await container.store.remove(key, this.#lifetime.signal).catch(() => undefined);
        return;
      }
      lookMs = Math.min(CACHE_LIMITS.lookMsMax, lookMs * 1.5);
    }
    throw cacheUnanswered(CACHE_LIMITS.answerMsMax);
  }
}

/** The reason of an end that is meant. */
const CLOSED = new Error("The course was closed.");

function responseIn(messages: readonly Message[]): ControlResponse | undefined {
  const [first] = messages;
  return first?.body.kind === "controlResponse" ? first.body.value : undefined;
}

/** Runs the course and the work on it, and ends both when either ends, as `workOn` does with a session. */
export async function workOnCourse(
  depositor: Depositor,
  signal: AbortSignal,
  work: (depositor: Depositor, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const running = depositor.run(signal);
  const working = work(depositor, depositor.signal).then(
    () => depositor.close(),
    async (error: unknown) => {
      await depositor.close(error instanceof Fault ? error : undefined);
      throw error;
    },
  );
  const [ran, worked] = await Promise.allSettled([running, working]);
  if (ran.status === "rejected") throw ran.reason;
  if (worked.status === "rejected" && worked.reason !== depositor.signal.reason) throw worked.reason;
}
