import { Fault, firstOf, isFault, orAborted, reconnectDelayMs, retryDelayMs, Waiters } from "@leeward/base";
import { type Throttle, together } from "@leeward/daemon";
import type { DiskPosition } from "@leeward/proto";
import { type Conversation, faultOfReport } from "@leeward/wire";
import { type Clock, WorkMeter } from "@leeward/world";
import type { DiskFacts, DiskHost } from "../disk/disk-host.ts";
import { ByteLadder } from "./byte-ladder.ts";

/** Whole frames of one disk's log, in order. */
export interface FrameSource extends AsyncDisposable {
  /** The next frames whose records are all at most `through`; undefined when there are none yet. The bytes may be others after the next call. */
  next(
    through: number,
  ): Promise<{ readonly from: number; readonly to: number; readonly bytes: Uint8Array } | undefined>;
}

export interface DiskFeedOptions {
  readonly host: DiskHost;
  readonly clock: Clock;
  readonly epoch: () => number;
  readonly openFrames: (host: DiskHost, facts: DiskFacts, from: number) => Promise<FrameSource>;
  /** Of the machine; what is no payload goes past it. */
  readonly throttle: Throttle;
}

/**
 * One disk's way to its process server: says where the log stands, learns where the other end stands, and sends whole frames from
 * there. It outlives sessions; what it knows of the other end is only ever what the other end said.
 *
 *   offered ──position──► sending ──refused──► waiting ──time──► offered
 *
 * Nothing above the log's sendable sequence leaves, so what a peer has seen is never lost by the log.
 */
export class DiskFeed {
  readonly #options: DiskFeedOptions;
  /** Reading from the log what is sent, and sending it, which waits for credit where the other end is slow. */
  readonly sending: WorkMeter;
  readonly #ladder = new ByteLadder();
  readonly #waiters = new Waiters();
  #session: Conversation | undefined;
  #answer: DiskPosition | undefined;
  /** Of which `#cached`, `#journaled` and `#sent` speak. */
  #branch = "";
  #cached = 0;
  #journaled = 0;
  #sent = 0;
  #refusals = 0;
  #offeredEpoch = 0;
  #fault: Fault | undefined;

  constructor(options: DiskFeedOptions) {
    this.#options = options;
    this.sending = new WorkMeter(options.clock);
  }

  get host(): DiskHost {
    return this.#options.host;
  }

  /** What the process server and the target hold. */
  get position(): { readonly cached: number; readonly journaled: number } {
    return { cached: this.#cached, journaled: this.#journaled };
  }

  /** Why nothing is sent at present, when something is wrong. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Bytes of the log that the process server does not hold; undefined while that is not known. */
  get waitingBytes(): number | undefined {
    const facts = this.host.facts();
    if (facts?.logged === undefined || facts.branch !== this.#branch) return undefined;
    this.#ladder.note(facts.logged.sequence, facts.logged.bytes);
    return this.#ladder.above(this.#cached);
  }

  /** Whether everything of the branch up to `sequence` was sent in this session or is held by the other end. */
  hasSent(branch: string, sequence: number): boolean {
    return branch === this.#branch && Math.max(this.#sent, this.#cached) >= sequence;
  }

  /** Says that the plan is another, and with it perhaps the epoch. */
  planChanged(): void {
    this.#waiters.notify();
  }

  /** Resolves when something was sent or acknowledged. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  /** The other end's answer or acknowledgement. One that speaks of another branch is of the past and passed over. */
  receive(position: DiskPosition): void {
    if (position.branch !== this.#branch || position.branch !== this.host.facts()?.branch) return;
    if (position.refused === undefined) {
      this.#cached = Math.max(this.#cached, position.cachedSequence);
      if (position.journaledSequence > this.#journaled) {
        this.#journaled = position.journaledSequence;
        this.host.journaled(position.branch, position.journaledSequence);
      }
    }
    this.#answer = position;
    this.#waiters.notify();
  }

  /**
   * All up to `sequence` waits in the container that the machine's data go through: it counts as cached. A log that is half full lets go of it; what the target then turns out
   * not to get is copied again.
   */
  deposited(branch: string, sequence: number): void {
    const facts = this.host.facts();
    if (branch !== this.#branch || branch !== facts?.branch) return;
    this.#cached = Math.max(this.#cached, sequence);
    if (facts.logBytes >= this.host.settings.policy.logBytesMax / 2) this.host.deposited(branch, sequence);
    this.#waiters.notify();
  }

  /** Feeds the session until it ends or the signal aborts. */
  async run(session: Conversation, signal: AbortSignal): Promise<void> {
    this.#session = session;
    await together(signal, [(inner) => this.#forwardChanges(inner), (inner) => this.#keepSending(inner)]);
  }

  async #keepSending(signal: AbortSignal): Promise<never> {
    for (;;) {
      try {
        await this.#offerAndSend(signal);
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        await this.#waitAfter(error, signal);
      }
    }
  }

  /** Passes the disk's changes on, so that this feed waits for one thing alone. */
  async #forwardChanges(signal: AbortSignal): Promise<never> {
    for (;;) {
      await orAborted(this.host.changed(), signal);
      const logged = this.host.facts()?.logged;
      if (logged !== undefined) this.#ladder.note(logged.sequence, logged.bytes);
      this.#waiters.notify();
    }
  }

  /** Settles when the machine has another epoch, with which the branch is offered anew: what was sent before went under the old one. */
  async #offerAndSend(signal: AbortSignal): Promise<void> {
    const facts = await this.#openedFacts(signal);
    this.#begin(facts.branch);
    const answer = await this.#offer(facts, signal);
    const from = answer.cachedSequence + 1;
    if (from < facts.firstSequence) throw historyLost(this.host, from, facts.firstSequence);
    const sendable = this.#sendableOf(facts.branch);
    if (answer.cachedSequence > sendable) throw historyForked(this.host, answer.cachedSequence, sendable);
    await using frames = await this.#options.openFrames(this.host, facts, from);
    using place = this.#options.throttle.place(() => this.#waiters.notify());
    this.#answer = undefined;
    this.#fault = undefined;
    for (;;) {
      this.#refuseWhenRefused();
      if (this.#options.epoch() !== this.#offeredEpoch) return;
      const changed = this.#waiters.next();
      const sendable = this.#sendableOf(facts.branch);
      const mayRead = sendable > this.#sent && place.ready();
      const frame = mayRead ? await this.sending.during(() => this.#next(frames, sendable)) : undefined;
      if (frame !== undefined) {
        // Said before it is sent: others need not wait for as long as the other end gives no credit.
        place.spend(frame.bytes.length);
        await this.sending.during(() => this.#send(facts, frame));
        this.sending.pass(frame.bytes.length);
        continue;
      }
      if (mayRead) place.pass();
      await orAborted(changed, signal);
    }
  }

  /** Forgets what was said of another branch. */
  #begin(branch: string): void {
    this.#sent = 0;
    this.#answer = undefined;
    if (this.#branch === branch) return;
    this.#branch = branch;
    this.#cached = 0;
    this.#journaled = 0;
  }

  /** @throws Fault `branch-left` when the disk's history goes on elsewhere by now */
  #sendableOf(branch: string): number {
    const facts = this.host.facts();
    if (facts === undefined) return 0;
    if (facts.branch === branch) return facts.sendableSequence;
    throw new Fault({
      code: "branch-left",
      kind: "transient",
      message: `The history of ${this.host.settings.path} goes on on another branch, which is offered next.`,
      detail: { disk: this.host.settings.diskId, branch },
    });
  }

  /** What the log itself cannot give back is lost to the target: as if it had been trimmed. */
  async #next(frames: FrameSource, through: number): ReturnType<FrameSource["next"]> {
    try {
      return await frames.next(through);
    } catch (error) {
      if (!isFault(error) || error.kind !== "corruption") throw error;
      throw historyUnreadable(this.host, error);
    }
  }

  async #send(facts: DiskFacts, frame: { from: number; to: number; bytes: Uint8Array }): Promise<void> {
    const head = { diskId: this.host.settings.diskId, branch: facts.branch, epoch: this.#options.epoch() };
    await this.#requireSession().send(
      { kind: "records", value: { ...head, from: frame.from, to: frame.to } },
      frame.bytes,
    );
    this.#sent = frame.to;
    this.#refusals = 0;
    this.#waiters.notify();
  }

  async #offer(facts: DiskFacts, signal: AbortSignal): Promise<DiskPosition> {
    const { machineId, diskId } = this.host.settings;
    const epoch = this.#options.epoch();
    this.#offeredEpoch = epoch;
    await this.#requireSession().send({
      kind: "diskOffer",
      value: {
        machineId,
        diskId,
        branch: facts.branch,
        ...(facts.parent === undefined ? {} : { parent: facts.parent }),
        sizeBytes: facts.sizeBytes,
        blockBytes: facts.blockBytes,
        physicalBlockBytes: facts.physicalBlockBytes,
        epoch,
        term: 0,
        heldFrom: 0,
      },
    });
    for (;;) {
      const changed = this.#waiters.next();
      this.#refuseWhenRefused();
      if (this.#answer !== undefined) return this.#answer;
      await orAborted(changed, signal);
    }
  }

  #refuseWhenRefused(): void {
    const refused = this.#answer?.refused;
    if (refused !== undefined) throw faultOfReport(refused, "the process server");
  }

  async #openedFacts(signal: AbortSignal): Promise<DiskFacts> {
    for (;;) {
      const changed = this.host.changed();
      const facts = this.host.facts();
      // A disk that is made what its replica machine's is has nothing to send.
      if (facts !== undefined && facts.state !== "reverse") return facts;
      await orAborted(changed, signal);
    }
  }

  async #waitAfter(fault: Fault, signal: AbortSignal): Promise<void> {
    const branch = this.#branch;
    this.#fault = fault;
    this.#refusals += 1;
    this.#waiters.notify();
    // A log that was trimmed while it was read is no loss: where the other end stands by now is asked first.
    if (fault.kind === "discontinuity" && fault.code !== "log-trimmed")
      this.host.resync(branch, { code: fault.code, message: fault.message });
    const isSoonOver = fault.kind === "transient" || this.#isPassed(fault);
    const delayMs = isSoonOver ? reconnectDelayMs(this.#refusals) : retryDelayMs(this.#refusals);
    const { clock, epoch } = this.#options;
    // What was refused for its old epoch, or its branch, need not be refused with the new one.
    const isOver = (): boolean => epoch() !== this.#offeredEpoch || (this.host.facts()?.branch ?? branch) !== branch;
    await firstOf(signal, [(either) => clock.sleep(delayMs, either), (either) => this.#waiters.until(isOver, either)]);
  }

  /** Refused for an epoch that the machine has left behind: what was said of an offer of before, or before it was known. */
  #isPassed({ code, detail }: Fault): boolean {
    return code === "epoch-old" && Number(detail["known"]) <= this.#offeredEpoch;
  }

  #requireSession(): Conversation {
    if (this.#session === undefined)
      throw new Fault({ code: "peer-lost", kind: "transient", message: "There is no session." });
    return this.#session;
  }
}

function historyLost(host: DiskHost, from: number, first: number): Fault {
  return new Fault({
    code: "history-lost",
    kind: "discontinuity",
    message: `The process server needs ${host.settings.path} from sequence ${from} on, but the log begins at ${first}.`,
    detail: { disk: host.settings.diskId, from, first },
  });
}

function historyUnreadable(host: DiskHost, cause: Fault): Fault {
  return new Fault({
    code: "history-lost",
    kind: "discontinuity",
    message: `The change log of ${host.settings.path} cannot be read where its target needs it: ${cause.message}`,
    detail: { disk: host.settings.diskId },
    cause,
  });
}

/** What was sent stays in the log; a log that ends before it was set back, and has or will give the same sequences to other writes. */
function historyForked(host: DiskHost, held: number, last: number): Fault {
  return new Fault({
    code: "history-forked",
    kind: "discontinuity",
    message: `The process server holds ${host.settings.path} up to sequence ${held}, but the log ends at ${last}: it was set back.`,
    detail: { disk: host.settings.diskId, held, last },
  });
}
