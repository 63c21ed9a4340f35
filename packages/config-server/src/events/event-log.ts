import type { Event } from "@leeward/api";
import { type Fault, formatTime, isFault, Waiters } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import { REFUSAL_EVENTS_PER_MINUTE_MAX } from "../limits.ts";
import type { EventDraft, EventQuery, EventRows } from "../store/event-rows.ts";

/** How many events are written between two looks at how many are kept. */
const PRUNE_EVERY = 1_000;
/** The same while there is more to drop than is dropped at once: fewer are kept than before. */
const PRUNE_AGAIN_EVERY = 10;
const MINUTE_MICROS = 60_000_000;

/** Who did something, and from where. */
export interface Actor {
  readonly name: string;
  readonly address: string | null;
}

/** The config server itself. */
export const SELF: Actor = { name: "config-server", address: null };

/** What happened, for good: every change, every refusal, and what daemons report. */
export class EventLog {
  readonly #rows: EventRows;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #kept: () => number;
  readonly #added = new Waiters();
  readonly #told = new WeakSet<Actor>();
  #sincePrune = 0;
  #minute = { begunMicros: 0, refusals: 0, unsaid: 0 };

  constructor(options: { rows: EventRows; clock: Clock; trace: Trace; kept: () => number }) {
    this.#rows = options.rows;
    this.#clock = options.clock;
    this.#trace = options.trace;
    this.#kept = options.kept;
  }

  /** Durable when it returns. Inside a transaction it stands or falls with it. */
  add(
    actor: Actor,
    event: Omit<EventDraft, "actor" | "address" | "detail"> & Partial<Pick<EventDraft, "detail">>,
  ): void {
    const now = this.#clock.wallMicros();
    this.#rows.insert({ detail: {}, ...event, actor: actor.name, address: actor.address }, now);
    this.#trace.info(event.message, { kind: event.kind, severity: event.severity, actor: actor.name });
    this.#told.add(actor);
    this.#sincePrune += 1;
    if (this.#sincePrune >= PRUNE_EVERY) {
      const isMore = this.#rows.prune(this.#kept());
      this.#sincePrune = isMore ? PRUNE_EVERY - PRUNE_AGAIN_EVERY : 0;
    }
    this.#added.notify();
  }

  /** Whether something of this very actor is known: each call has an actor of its own. */
  hasTold(actor: Actor): boolean {
    return this.#told.has(actor);
  }

  /** Something was asked for and refused. A flood of refusals is counted instead of told one by one. */
  refused(actor: Actor, what: string, fault: Fault): void {
    const now = this.#clock.wallMicros();
    if (now - this.#minute.begunMicros >= MINUTE_MICROS) {
      const { unsaid } = this.#minute;
      this.#minute = { begunMicros: now, refusals: 0, unsaid: 0 };
      if (unsaid > 0) {
        const message = `${unsaid} more requests were refused before ${formatTime(now)}.`;
        this.add(SELF, {
          severity: "warning",
          kind: "requests-refused",
          subject: null,
          message,
          detail: { count: unsaid },
        });
      }
    }
    this.#minute.refusals += 1;
    if (this.#minute.refusals > REFUSAL_EVENTS_PER_MINUTE_MAX) {
      this.#minute.unsaid += 1;
      return;
    }
    const { code, message } = fault;
    const text = `Refused: ${what}. ${message}`;
    this.add(actor, {
      severity: "warning",
      kind: "request-refused",
      subject: null,
      message: text,
      detail: { code, what },
    });
  }

  /** Runs work whose refusal is to be known. */
  async watching<T>(actor: Actor, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isFault(error) && error.kind !== "transient") this.refused(actor, what, error);
      throw error;
    }
  }

  list(query: EventQuery): Event[] {
    return this.#rows.list(query);
  }

  lastId(): number {
    return this.#rows.lastId();
  }

  /** Resolves at the next event. */
  added(): Promise<void> {
    return this.#added.next();
  }
}
