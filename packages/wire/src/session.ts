// A session: what two daemons say to one another over one channel, from the handshake to the farewell (proto/session.md).
//
// What it keeps true: reading never waits for the consumer, so pings, credits and answers always get through and silence means a dead
// peer; what is received and unprocessed is bounded by the credit given, whoever the peer is; messages arrive in the order in
// which they were sent. It ends once, for one reason, and everybody who waits for anything in it learns that reason.
// The worst outcome of a fault here is a dropped session: it holds nothing that the daemons do not hold durably themselves.
import { anySignal, Fault, isFault, MICROS_PER_MS, orAborted } from "@leeward/base";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type Message,
  type NoticeBody,
  type RequestBody,
} from "@leeward/proto";
import { type Channel, type Clock, type PeerIdentity, peerLost } from "@leeward/world";
import { CreditGate } from "./credit-gate.ts";
import { faultOfReport, reportOfFault } from "./fault-report.ts";
import type { Agreement, Sender } from "./handshake.ts";
import { Inbox } from "./inbox.ts";
import { RequestDesk, type RequestHandler } from "./request-desk.ts";
import { type Answers, isKnownIn, type RequestKind } from "./request-kinds.ts";
import { RequestTable } from "./request-table.ts";
import { SessionDebts } from "./session-debts.ts";
import { FAREWELL_MS_MAX, MESSAGE_COST_BYTES, PING_EVERY_MS, SILENCE_MS_MAX, WINDOW_BYTES } from "./session-limits.ts";
import { type Opened, openChannel } from "./session-opening.ts";
import { messageUnexpected, peerOutdated, peerSilent } from "./wire-fault.ts";

export interface SessionOptions {
  readonly clock: Clock;
  readonly softwareVersion: string;
  /** The machine's boot id; empty where it says nothing. */
  readonly bootId?: string;
  /** The highest epoch that this end knows for its machine. */
  readonly epoch?: number;
  /** What this end says of its host, where it is the one that connects. */
  readonly sender?: Sender;
  /** Bytes of messages that may be unprocessed here, from WINDOW_BYTES_MIN on; one message may exceed it. */
  readonly windowBytes?: number;
  /** Answers the peer's requests. */
  readonly answer?: RequestHandler;
}

/** Messages that the two daemons exchange; the others belong to the session itself. */
export type SessionBody = Extract<
  Envelope,
  {
    kind:
      | "diskOffer"
      | "diskPosition"
      | "records"
      | "segmentPart"
      | "pointRecord"
      | "pointStored"
      | "groupAsk"
      | "groupAnswer"
      | "controlNotice";
  }
>;

/** A message as the consumer gets it. It belongs to the consumer: the payload lies in no buffer that is used again. */
export interface SessionMessage {
  readonly body: SessionBody;
  readonly payload: Uint8Array;
}

type State = { readonly kind: "open" } | { readonly kind: "ended"; readonly reason: Error | undefined };

export class Session {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #incoming: AsyncIterator<Uint8Array, unknown, unknown>;
  /** Aborts when the session ends, whatever ends it. */
  readonly #lifetime: AbortController;
  readonly #agreement: Agreement;
  readonly #credits: CreditGate;
  readonly #inbox: Inbox<SessionMessage>;
  readonly #requests: RequestTable;
  readonly #desk: RequestDesk;
  readonly #debts: SessionDebts;
  #state: State = { kind: "open" };
  #heardMicros: number;

  private constructor({ channel, options, incoming, lifetime, agreement }: Opened) {
    this.#channel = channel;
    this.#clock = options.clock;
    this.#incoming = incoming;
    this.#lifetime = lifetime;
    this.#agreement = agreement;
    this.#credits = new CreditGate(agreement.creditBytes);
    this.#debts = new SessionDebts(options.clock);
    this.#inbox = new Inbox(options.windowBytes ?? WINDOW_BYTES, () => this.#debts.notify());
    this.#requests = new RequestTable(channel.address);
    this.#desk = new RequestDesk({
      answer: options.answer,
      send: (value) => this.#channel.send(encodeEnvelope({ kind: "controlResponse", value })),
      onFailure: (error) => this.#end(errorOf(error)),
    });
    this.#heardMicros = options.clock.monotonicMicros();
  }

  /**
   * Opens the session from the end that connected; `run` must be called at once. Closes the channel when it fails.
   * @throws Fault `handshake-timeout`, `peer-lost`, `wire-version-incompatible`, or what the peer refused with
   */
  static async connect(channel: Channel, options: SessionOptions, signal: AbortSignal): Promise<Session> {
    return new Session(await openChannel(channel, { options, side: "connector" }, signal));
  }

  /** Opens the session from the end that accepted; like `connect` otherwise. */
  static async accept(channel: Channel, options: SessionOptions, signal: AbortSignal): Promise<Session> {
    return new Session(await openChannel(channel, { options, side: "acceptor" }, signal));
  }

  get peer(): PeerIdentity {
    return this.#channel.peer;
  }

  /** Where the peer is, for people. */
  get address(): string {
    return this.#channel.address;
  }

  /** What the two ends agreed on in the handshake. */
  get agreement(): Agreement {
    return this.#agreement;
  }

  /** The peer's wall clock minus ours in microseconds, from the quickest ping so far; undefined before the first. */
  get clockOffsetMicros(): number | undefined {
    return this.#debts.clockOffsetMicros;
  }

  /** When the last message of the peer had wholly come, of whatever kind, on the monotonic clock. */
  get heardMicros(): number {
    return this.#heardMicros;
  }

  /** Aborts when the session ends; its reason is what `run` and `send` reject with. */
  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /**
   * Keeps the session going until it ends: resolves when `signal` aborts, after `close`, or at the peer's farewell without a fault.
   * @throws Fault what ended it otherwise: `peer-lost`, `peer-silent`, `message-invalid`, `message-unexpected`, `credit-exceeded`, or the peer's own
   */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => void this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await Promise.all([
        this.#endingWith(this.#receive()),
        this.#endingWith(this.#beat()),
        this.#endingWith(this.#writeDue()),
      ]);
      await this.#desk.idle();
    } finally {
      signal.removeEventListener("abort", onAbort);
      await this.#channel.close();
    }
    if (this.#state.kind === "ended" && this.#state.reason !== undefined) throw this.#state.reason;
  }

  /**
   * Sends a message after those that were given before; waits for credit and for room in the transport. The payload is borrowed until it
   * settles. Rejects when the session ends, with its reason.
   * @throws Fault `message-unsendable`
   */
  async send(body: SessionBody, payload?: Uint8Array): Promise<void> {
    const parts = encodeEnvelope(body, payload);
    await this.#credits.pass(costOf(parts), () => this.#channel.send(parts), this.#lifetime.signal);
  }

  /** Says something that wants no answer. */
  notify(body: NoticeBody): Promise<void> {
    return this.send({ kind: "controlNotice", value: { body } });
  }

  /**
   * Asks the peer and waits for its answer. The signal ends the waiting, not the peer's work.
   * @throws Fault `peer-outdated`, what the peer answered, or what ended the session
   */
  async request<Kind extends RequestKind>(
    body: Extract<RequestBody, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    const { wireVersion, softwareVersion } = this.agreement;
    if (!isKnownIn(wireVersion, body.kind)) throw peerOutdated(body.kind, { address: this.address, softwareVersion });
    const send = (id: number): Promise<void> =>
      this.#channel.send(encodeEnvelope({ kind: "controlRequest", value: { id, body } }));
    return this.#requests.ask(body, send, anySignal([signal, this.#lifetime.signal]));
  }

  /**
   * Resolves when the peer has answered a ping that was sent after this call, and so was there then; asking again costs nothing.
   * Rejects when the session ends, or the signal aborts.
   */
  answered(signal: AbortSignal): Promise<void> {
    return this.#debts.answered(anySignal([signal, this.#lifetime.signal]));
  }

  /**
   * What the peer sends, in order; one consumer. Coming for the next message, or leaving, says that the last one is processed, and
   * gives its credit back. Ends when the session ends cleanly; throws the fault that ended it.
   */
  messages(): AsyncIterable<SessionMessage> {
    return this.#inbox.messages();
  }

  /** Says farewell, with the reason if there is one, and ends the session. A second call does nothing. */
  async close(fault?: Fault): Promise<void> {
    if (this.#state.kind === "ended") return;
    await this.#sayFarewell(fault);
    this.#end(fault);
  }

  async #sayFarewell(fault: Fault | undefined): Promise<void> {
    const value = fault === undefined ? {} : { fault: reportOfFault(fault) };
    const timeout = new AbortController();
    try {
      const sent = this.#channel.send(encodeEnvelope({ kind: "farewell", value }));
      await Promise.race([sent, this.#clock.sleep(FAREWELL_MS_MAX, timeout.signal)]);
    } catch (error) {
      // The channel is gone already, and with it whoever would have listened.
      if (!(error instanceof Fault)) throw error;
    } finally {
      timeout.abort();
    }
  }

  #end(reason: Error | undefined): void {
    if (this.#state.kind === "ended") return;
    this.#state = { kind: "ended", reason };
    const told = reason ?? peerLost(this.address, "the session has ended");
    this.#lifetime.abort(told);
    this.#requests.fail(told);
    this.#inbox.end(reason);
    this.#debts.notify();
  }

  /** Whatever fails in one of the session's loops ends it; a protocol fault is told to the peer first. */
  async #endingWith(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#state.kind === "ended") return;
      if (error instanceof Fault && error.kind === "protocol") await this.#sayFarewell(error);
      this.#end(errorOf(error));
    }
  }

  async #receive(): Promise<void> {
    while (this.#state.kind === "open") {
      const next = await orAborted(this.#incoming.next(), this.#lifetime.signal);
      if (next.done === true) throw peerLost(this.address, "it closed the connection without a farewell");
      this.#heardMicros = this.#clock.monotonicMicros();
      this.#take(decodeEnvelope(next.value), next.value.length);
    }
  }

  #take({ body, payload }: Message, bytes: number): void {
    switch (body.kind) {
      case "ping":
        return this.#debts.owePong(body.value.number);
      case "pong":
        return this.#debts.onPong(body.value);
      case "credit":
        return this.#credits.grant(body.value.bytes);
      case "controlRequest":
        return this.#desk.take(body.value, this.#lifetime.signal);
      case "controlResponse":
        return this.#requests.settle(body.value);
      case "farewell": {
        const { fault } = body.value;
        return this.#end(fault === undefined ? undefined : faultOfReport(fault, this.address));
      }
      case "hello":
      case "welcome":
      case "cacheHead":
      case "cacheWord":
        throw messageUnexpected(`${body.kind} after the handshake`);
      case "diskOffer":
      case "diskPosition":
      case "records":
      case "segmentPart":
      case "pointRecord":
      case "pointStored":
      case "groupAsk":
      case "groupAnswer":
      case "controlNotice":
        return this.#inbox.push({ body, payload }, bytes + MESSAGE_COST_BYTES);
    }
  }

  /** Pings, and watches for silence; never later than the moment at which the silence is too long. */
  async #beat(): Promise<void> {
    for (;;) {
      const silenceMs = (this.#clock.monotonicMicros() - this.#heardMicros) / MICROS_PER_MS;
      if (silenceMs >= SILENCE_MS_MAX) throw peerSilent(this.address, SILENCE_MS_MAX);
      this.#debts.owePing();
      const restMs = Math.ceil(SILENCE_MS_MAX - silenceMs);
      await this.#clock.sleep(Math.min(PING_EVERY_MS, restMs), this.#lifetime.signal);
    }
  }

  /** Sends what the session itself owes, one after the other. */
  async #writeDue(): Promise<void> {
    while (this.#state.kind === "open") {
      const changed = this.#debts.next();
      const body = this.#debts.take(this.#inbox.takeReturned());
      if (body === undefined) await orAborted(changed, this.#lifetime.signal);
      else await orAborted(this.#channel.send(encodeEnvelope(body)), this.#lifetime.signal);
    }
  }
}

function costOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, MESSAGE_COST_BYTES);
}

function errorOf(error: unknown): Error {
  return error instanceof Error || isFault(error)
    ? error
    : new Error("The session ended for no error.", { cause: error });
}
