// The process server's end of a machine's cache container: deposits in, a word out (proto/cache-account.md).
//
// What it keeps true: deposits are taken in the order in which they were put, each by the very code that serves a session; one counts as collected when all that it holds is durable in the cache, or was refused for good; it
// is done with when the main target has journaled that. It removes nothing. After a start it collects again from what is done with: whatever is held already is passed over by its sequence.
// A refusal that passes by itself (a full cache, a disk that is not open yet) holds the deposit, not the agent. A deposit that does not open, or is missing, ends the course, and the agent begins another from where the
// cache stands. Worst outcome of a fault here: a deposit is said to be done with too early, and what it held is copied again.
import { anySignal, type ByteBudget, Fault, isFault, reconnectDelayMs } from "@leeward/base";
import {
  answerKey,
  CACHE_LIMITS,
  type CacheContainer,
  cacheContested,
  coursePrefix,
  depositKey,
  depositMissing,
  type FoundObject,
  type Head,
  headIn,
  headKey,
  wordKey,
} from "@leeward/cache-account";
import { type Refusal, type Trace, together } from "@leeward/daemon";
import { encodeEnvelope, type Message, type PointRecord, type Records, WIRE_VERSION } from "@leeward/proto";
import { type RequestHandler, reportOfFault, versionIncompatible } from "@leeward/wire";
import type { Clock, PeerIdentity } from "@leeward/world";
import { Crew, changedOrAfter } from "../crew.ts";
import { messageUnexpected } from "../faults.ts";
import type { AgentDoor } from "../intake/agent-door.ts";
import { CollectedLedger, type DepositPlace, type Held } from "./collected-ledger.ts";
import { CollectedSession } from "./collected-session.ts";
import { KeptDeposit } from "./kept-deposit.ts";
import { Said } from "./said.ts";

export interface MachineCollectorOptions {
  readonly clock: Clock;
  readonly container: CacheContainer;
  readonly peer: PeerIdentity;
  readonly door: Pick<AgentDoor, "converse" | "intakeOf" | "isConnected">;
  readonly answer: RequestHandler;
  /** Whether the point waits for its target. */
  readonly isPending: (point: PointRecord) => boolean;
  /** What collectors of all machines may keep of deposits that wait to be taken again. */
  readonly memory: ByteBudget;
  readonly trace: Trace;
  /** The container could be read. */
  readonly onReached: () => void;
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

/** How often the head is looked at: each so many looks for a deposit that found none. */
const LOOKS_PER_HEAD = 2;
/** How often all of the course is listed, so. */
const LOOKS_PER_LIST = 12;
/** A disk that the plan does not name yet is waited for so often; then its agent is told, and offers it again. */
const UNPLANNED_TRIES = 8;

export class MachineCollector {
  readonly #options: MachineCollectorOptions;
  readonly #answering = new Crew<string>();
  /** Requests of the present deposit that were answered: it may be handed over again. */
  readonly #answered = new Set<number>();
  readonly #said = new Said();
  #ledger: CollectedLedger;
  #place: DepositPlace = { course: 1, number: 0 };
  #head: Head | undefined;
  /** Whose the present course is, as far as it is known. */
  #run: string | undefined;
  #session: CollectedSession | undefined;
  /** Why nothing more of the present course is taken. */
  #fault: Fault | undefined;
  #misses = 0;
  #largestBytes: number = CACHE_LIMITS.firstReadBytes;

  constructor(options: MachineCollectorOptions) {
    this.#options = options;
    this.#ledger = this.#ledgerFrom(this.#place);
  }

  /** Collects until the signal aborts. @throws Fault as ObjectStore: it is run again after a while */
  async run(signal: AbortSignal): Promise<void> {
    await this.#begin(signal);
    try {
      await together(signal, [
        (inner) => this.#collect(inner),
        (inner) => this.#say(inner),
        (inner) => this.#answering.run(inner),
      ]);
    } finally {
      this.#leave();
    }
  }

  #ledgerFrom(done: DepositPlace): CollectedLedger {
    const { isPending, door } = this.#options;
    return new CollectedLedger(done, { isPending, intakeOf: (id) => door.intakeOf(id), said: this.#said });
  }

  /** Goes on from what its own last word says is done with. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { container } = this.#options;
    const [first, ...rest] = (await this.#readOr(wordKey(container.link), signal))?.messages ?? [];
    const word = first?.body.kind === "cacheWord" ? first.body.value : undefined;
    this.#said.restore(rest);
    this.#place = { course: word?.doneCourse ?? 1, number: word?.done ?? 0 };
    this.#ledger = this.#ledgerFrom(this.#place);
    this.#noteHead(await this.#readHead(signal));
    this.#options.onReached();
  }

  async #collect(signal: AbortSignal): Promise<never> {
    let lookMs: number = CACHE_LIMITS.lookMsMin;
    for (;;) {
      // Answers about points come also where nothing is collected.
      if (this.#fault === undefined && this.#head !== undefined) await this.#opened(signal);
      if (this.#fault === undefined && (await this.#takeNext(signal))) {
        lookMs = CACHE_LIMITS.lookMsMin;
        this.#misses = 0;
        continue;
      }
      if (await this.#turn(signal)) continue;
      await this.#options.clock.sleep(lookMs, signal);
      lookMs = Math.min(CACHE_LIMITS.lookMsMax, lookMs * 1.5);
    }
  }

  #nextKey(ahead = 1): string {
    return depositKey(this.#options.container.link, this.#place.course, this.#place.number + ahead);
  }

  async #next(signal: AbortSignal): Promise<FoundObject | undefined> {
    try {
      const found = await this.#options.container.read(this.#nextKey(), signal, this.#largestBytes);
      this.#largestBytes = Math.max(this.#largestBytes, found?.status.sizeBytes ?? 0);
      return found;
    } catch (error) {
      if (!isFault(error, "cache-object-damaged")) throw error;
      this.#refuse(error);
      return undefined;
    }
  }

  /** Looks whether a newer course has begun, or a deposit is missing. Whether it is to be gone on at once. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    this.#misses += 1;
    if (this.#misses % LOOKS_PER_HEAD !== 1 && this.#fault === undefined) return false;
    this.#noteHead(await this.#readHead(signal));
    const { course } = this.#place;
    const newest = this.#head?.course ?? 0;
    const { container } = this.#options;
    // What the agent put before it began anew was there before the head was.
    if (this.#fault === undefined && (await container.has(this.#nextKey(), signal))) return true;
    if (newest > course) {
      const isContested = this.#fault === undefined && (await this.#isContested(signal));
      this.#turnTo(isContested ? newest : course + 1);
      if (isContested) this.#refuse(cacheContested(container.store.place));
      return true;
    }
    if (this.#fault !== undefined || newest < course || !(await this.#isLaterThere(signal))) return false;
    // Both may have been put since it was looked for.
    if (await container.has(this.#nextKey(), signal)) return true;
    this.#refuse(depositMissing(this.#nextKey()));
    return false;
  }

  #turnTo(course: number): void {
    this.#leave();
    this.#fault = undefined;
    this.#misses = 0;
    this.#place = { course, number: 0 };
    this.#run = undefined;
    this.#noteHead(undefined);
    this.#said.forgetPoints();
    this.#answered.clear();
    this.#ledger.add(this.#place, { records: [], points: [] });
  }

  #noteHead(head: Head | undefined): void {
    this.#head = head ?? this.#head;
    if (this.#head?.course === this.#place.course) this.#run = this.#head.hello.instance;
  }

  /** Whether another run has begun a course while that of the present one still deposits: they are two, and the course of neither is taken. */
  async #isContested(signal: AbortSignal): Promise<boolean> {
    const { clock, container } = this.#options;
    if (this.#run === undefined || this.#run === this.#head?.hello.instance) return false;
    for (let waitedMs = 0; waitedMs < CACHE_LIMITS.predecessorMs; waitedMs += CACHE_LIMITS.lookMsMin * 2) {
      await clock.sleep(CACHE_LIMITS.lookMsMin * 2, signal);
      if (await container.has(this.#nextKey(), signal)) return true;
    }
    return false;
  }

  /** Whether a deposit behind the next one is there: the one that follows it, or, seen less often, any of the course. */
  async #isLaterThere(signal: AbortSignal): Promise<boolean> {
    const { container } = this.#options;
    if (await container.has(this.#nextKey(2), signal)) return true;
    if (this.#misses % LOOKS_PER_LIST !== 1) return false;
    const prefix = coursePrefix(container.link, this.#place.course);
    for await (const listed of container.store.list(prefix, {}, signal)) {
      if (listed.kind === "object" && listed.status.key > this.#nextKey()) return true;
    }
    return false;
  }

  /** Hands the next deposit over until all in it is held, or refused for good. Whether there was one. */
  async #takeNext(signal: AbortSignal): Promise<boolean> {
    using kept = new KeptDeposit(this.#options.memory);
    for (let attempt = 1; ; attempt += 1) {
      const taken = await this.#tryNext(kept, attempt, signal);
      if (taken !== "later") return taken === "taken";
      await this.#options.clock.sleep(reconnectDelayMs(attempt), signal);
    }
  }

  /** What it holds in memory, beside what is kept, ends with it. */
  async #tryNext(kept: KeptDeposit, attempt: number, signal: AbortSignal): Promise<"none" | "taken" | "later"> {
    const messages = kept.messages ?? (await this.#next(signal))?.messages;
    if (messages === undefined) return "none";
    try {
      // Who has a session speaks for the machine: its disks are not taken from it.
      if (this.#isConnected) this.#leave();
      else if (await this.#isTaken(messages, attempt, signal)) return "taken";
    } catch (error) {
      if (signal.aborted || !isFault(error)) throw error;
      this.#leave();
      if (error.kind !== "transient") {
        this.#refuse(error);
        return "taken";
      }
      this.#options.trace.info("A deposit is taken again.", { peer: this.#options.peer.id, fault: error });
    }
    kept.keep(messages);
    return "later";
  }

  async #isTaken(messages: readonly Message[], attempt: number, signal: AbortSignal): Promise<boolean> {
    const session = await this.#opened(signal);
    const held = await this.#hand(session, messages, { attempt, signal: anySignal([signal, session.signal]) });
    if (held === undefined) return false;
    this.#place = { ...this.#place, number: this.#place.number + 1 };
    this.#answered.clear();
    this.#ledger.add(this.#place, held);
    return true;
  }

  get #isConnected(): boolean {
    return this.#options.door.isConnected(this.#options.peer.id);
  }

  /** What is held of it; undefined when some of it is to be tried again. */
  async #hand(
    session: CollectedSession,
    messages: readonly Message[],
    { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
  ): Promise<Held | undefined> {
    const given: Records[] = [];
    const points: PointRecord[] = [];
    const isWaitedFor = (diskId: string): boolean => {
      if (attempt < UNPLANNED_TRIES || this.#options.door.intakeOf(diskId) !== undefined) return true;
      session.tellRefusal(diskId);
      return false;
    };
    for (const { body, payload } of messages) {
      switch (body.kind) {
        case "diskOffer": {
          if (this.#isConnected) return undefined;
          const taken = await session.offer(body.value, signal);
          if (taken === "later" && isWaitedFor(body.value.diskId)) return undefined;
          break;
        }
        case "records": {
          const standing = session.standing(body.value.diskId);
          if (standing === "later" && isWaitedFor(body.value.diskId)) return undefined;
          if (standing !== "taken") break;
          session.hand({ body, payload });
          given.push(body.value);
          break;
        }
        case "pointRecord":
          session.hand({ body, payload });
          points.push(body.value);
          break;
        case "controlRequest":
          this.#answer(body.value.id, body.value.body);
          break;
        default:
          throw messageUnexpected(body.kind);
      }
    }
    await session.processed(signal);
    const held: Records[] = [];
    for (const records of given) {
      const taken = await session.held(records.diskId, records, signal);
      if (taken === "later" && isWaitedFor(records.diskId)) return undefined;
      if (taken === "taken") held.push(records);
    }
    return { records: held, points };
  }

  /** The session of the present course, which lives until the course is left, or what serves it fails. */
  async #opened(signal: AbortSignal): Promise<CollectedSession> {
    if (this.#session?.signal.aborted === false) return this.#session;
    const { container, peer, door, clock } = this.#options;
    if (this.#head === undefined || this.#head.course < this.#place.course)
      this.#noteHead(await this.#readHead(signal));
    const { hello } = this.#head ?? {};
    if (hello !== undefined && hello.wireVersionMin > WIRE_VERSION) throw versionIncompatible(hello);
    const from = { peer, address: container.store.place, epoch: hello?.epoch ?? 0 };
    const session = new CollectedSession(from, { clock, said: this.#said });
    this.#session = session;
    door.converse(session, anySignal([signal, session.signal])).then(
      () => session.end(LEFT),
      (error: unknown) => session.end(error),
    );
    return session;
  }

  #leave(): void {
    this.#session?.end(LEFT);
    this.#session = undefined;
  }

  /** Nothing more of the course is taken, and everybody is told. */
  #refuse(fault: Fault): void {
    const { trace, onRefused, peer, container } = this.#options;
    this.#leave();
    this.#fault = fault;
    const { code, message } = fault;
    trace.warn("A course of deposits is refused.", { peer: peer.id, fault });
    onRefused?.({ code, what: "a deposit", message, address: container.store.place, peer: `${peer.role} ${peer.id}` });
  }

  #answer(id: number, body: Parameters<RequestHandler>[0]): void {
    const { answer, container } = this.#options;
    const { course } = this.#place;
    const name = `${course} ${id}`;
    if (this.#answering.has(name) || this.#answered.has(id)) return;
    this.#answered.add(id);
    this.#answering.start(name, async (signal) => {
      const response = await answer(body, signal).then(
        (value) => ({ id, body: value }),
        (error: unknown) => {
          if (!isFault(error)) throw error;
          return { id, fault: reportOfFault(error) };
        },
      );
      const key = answerKey(container.link, course, id);
      const object = await container.seal(key, [encodeEnvelope({ kind: "controlResponse", value: response })]);
      // Who asked asks again, under another id: an answer that cannot be put is none.
      await container.put(key, object, undefined, signal).catch((error: unknown) => {
        if (!isFault(error)) throw error;
      });
    });
  }

  /** Puts a word whenever it would say something else than the last one. */
  async #say(signal: AbortSignal): Promise<never> {
    const { clock, container } = this.#options;
    const key = wordKey(container.link);
    let said = "";
    for (;;) {
      const changed = this.#session?.changed() ?? new Promise<void>(() => undefined);
      const messages = this.#word();
      const text = Buffer.concat(messages.flat()).toString("latin1");
      if (text !== said) {
        await container.put(key, await container.seal(key, messages), undefined, signal);
        said = text;
      }
      await clock.sleep(CACHE_LIMITS.wordEveryMs, signal);
      await changedOrAfter(clock, { changed, delayMs: CACHE_LIMITS.wordEveryMs }, signal);
    }
  }

  #word(): readonly (readonly Uint8Array[])[] {
    const { course, number: collected } = this.#place;
    const { course: doneCourse, number: done } = this.#ledger.done();
    const fault = this.#fault === undefined ? {} : { fault: reportOfFault(this.#fault) };
    const value = { course, collected, doneCourse, done, ...fault };
    return [encodeEnvelope({ kind: "cacheWord", value }), ...this.#said.messages()];
  }

  async #readHead(signal: AbortSignal): Promise<Head | undefined> {
    return headIn((await this.#readOr(headKey(this.#options.container.link), signal))?.messages);
  }

  /** What does not open is of another identity, or damaged: as if it were not there. */
  async #readOr(key: string, signal: AbortSignal): Promise<FoundObject | undefined> {
    try {
      return await this.#options.container.read(key, signal);
    } catch (error) {
      if (!isFault(error, "cache-object-damaged")) throw error;
      this.#options.trace.warn("An object of a cache container is passed over.", { fault: error });
      return undefined;
    }
  }
}

/** The reason of an end that is meant. */
const LEFT = new Fault({ code: "peer-lost", kind: "transient", message: "The course of deposits is over." });
