// Keeps payload to a bandwidth schedule. Senders take turns: each asks for one before it sends a message, says afterwards how long the message was,
// and asks again behind the others. What is no payload never asks, so that no limit holds it up. Payload that is asked for, the other way, takes turns
// among them.
//
// Invariant: from any moment at which the limit was in force, no more was sent than the limit allows for the time since, a tenth of a second
// of it, and one message. A turn is given when nothing is owed, and a message is owed whole: so one may be longer than a second's worth.
import { firstOf, MICROS_PER_MS, MICROS_PER_SECOND, orAborted, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type BandwidthSchedule, limitAt, NO_LIMIT, nextLimitChange } from "./bandwidth-schedule.ts";
import type { TimeZone } from "./time-zone.ts";

/** What may be caught up of a time in which turns came late, seconds of the limit. */
const SAVED_SECONDS = 0.1;
/** A turn that is not used for so long goes to the next, milliseconds: whoever has it waits for something else. */
const TURN_MS_MAX = 1_000;
/** The wall clock may be set: a change that it says is looked for this often, microseconds. */
const CLOCK_LOOK_MICROS = 30 * MICROS_PER_SECOND;
/** The schedule is looked at again after so long even when it says that nothing changes, microseconds. */
const LOOK_AGAIN_MICROS = 86_400 * MICROS_PER_SECOND;

export interface ThrottleOptions {
  readonly clock: Clock;
  /** In which the schedule's hours are read. */
  readonly zone: TimeZone;
  /** Told when another limit is in force. */
  readonly onChange?: () => void;
}

/** As `BandwidthStatus` of control.proto. */
export interface ThrottleStatus {
  /** In force now; 0 is no limit. */
  readonly bytesPerSecond: number;
  /** Until when, microseconds since 1970; 0 when it does not change. */
  readonly untilMicros: number;
  /** How long at least one sender waited for it, since the start. */
  readonly waitedMicros: number;
  /** Payload since the start. */
  readonly sentBytes: number;
  readonly timeZone: string;
}

interface Sender {
  readonly onTurn: () => void;
}

/** The limit as it was looked at, which holds between the two moments of the wall clock. */
interface InForce {
  readonly bytesPerSecond: number;
  readonly sinceMicros: number;
  readonly untilMicros: number;
  readonly changeMicros: number | undefined;
}

const UNLIMITED: InForce = {
  bytesPerSecond: 0,
  sinceMicros: -Infinity,
  untilMicros: Infinity,
  changeMicros: undefined,
};

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #changed = new Waiters();
  #schedule: BandwidthSchedule = NO_LIMIT;
  #inForce = UNLIMITED;
  /** What may be sent at once; below zero it is owed. */
  #balanceBytes = 0;
  #balanceMicros: number;
  #waiting: Sender[] = [];
  #turn: { readonly sender: Sender; readonly untilMicros: number } | undefined;
  #heldSinceMicros: number | undefined;
  #waitedMicros = 0;
  #sentBytes = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#balanceMicros = options.clock.monotonicMicros();
  }

  /** Puts another schedule into force, at once and also for those that wait. */
  set(schedule: BandwidthSchedule): void {
    this.#look();
    this.#schedule = schedule;
    this.#inForce = { ...this.#inForce, untilMicros: -Infinity };
    this.#look();
    this.#changed.notify();
  }

  status(): ThrottleStatus {
    this.#look();
    const held = this.#heldSinceMicros;
    const heldMicros = held === undefined ? 0 : this.#options.clock.monotonicMicros() - held;
    return {
      bytesPerSecond: this.#inForce.bytesPerSecond,
      untilMicros: this.#inForce.changeMicros ?? 0,
      waitedMicros: this.#waitedMicros + heldMicros,
      sentBytes: this.#sentBytes,
      timeZone: this.#options.zone.name,
    };
  }

  /** A place among those who take turns. `onTurn` is called when it may be its turn after it was told to wait. */
  place(onTurn: () => void): ThrottlePlace {
    const sender = { onTurn };
    return {
      ready: () => this.#ready(sender),
      spend: (bytes) => this.#spend(sender, bytes),
      pass: () => this.#pass(sender),
      [Symbol.dispose]: () => this.#pass(sender),
    };
  }

  /**
   * Asks for payload when its turn comes: it is owed as long as it may be from then on, and what it was shorter is given back while the same limit is
   * in force. What is asked for is not sent, and so not counted as that. @throws what the asking throws, or the signal's reason
   */
  async asking<T>(bytesMax: number, { ask, bytesOf }: PayloadQuestion<T>, signal: AbortSignal): Promise<T> {
    const owedUnder = await this.#turnOf(bytesMax, signal);
    let bytes = 0;
    try {
      const answer = await ask();
      bytes = bytesOf(answer);
      return answer;
    } finally {
      this.#look();
      // Of what was not owed, or under another limit, giving back would be a present.
      if (this.#inForce === owedUnder) this.#giveBack(Math.max(0, bytesMax - bytes));
    }
  }

  /** Gives turns until the signal aborts. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      const changed = this.#changed.next();
      this.#give();
      const delayMs = this.#nextMs();
      if (delayMs === undefined) await orAborted(changed, signal);
      else {
        await firstOf(signal, [
          (inner) => orAborted(changed, inner),
          (inner) => this.#options.clock.sleep(delayMs, inner),
        ]);
      }
    }
  }

  #ready(sender: Sender): boolean {
    this.#look();
    if (this.#inForce.bytesPerSecond === 0) return true;
    if (this.#turn?.sender === sender) return true;
    if (this.#waiting.includes(sender)) return false;
    this.#waiting.push(sender);
    // Who is alone need not wait for a turn of the event loop.
    if (this.#waiting.length === 1 && this.#isFree()) {
      this.#begin();
      return true;
    }
    this.#note();
    this.#changed.notify();
    return false;
  }

  #spend(sender: Sender, bytes: number): void {
    this.#sentBytes += bytes;
    this.#owe(sender, bytes);
  }

  #owe(sender: Sender, bytes: number): void {
    this.#look();
    if (this.#inForce.bytesPerSecond > 0) this.#balanceBytes -= bytes;
    this.#pass(sender);
  }

  /** Settles with the limit under which it is owed. */
  async #turnOf(bytes: number, signal: AbortSignal): Promise<InForce> {
    const called = new Waiters();
    const sender = { onTurn: () => called.notify() };
    try {
      for (;;) {
        const turn = called.next();
        if (this.#ready(sender)) break;
        await orAborted(turn, signal);
      }
      this.#owe(sender, bytes);
      return this.#inForce;
    } finally {
      this.#pass(sender);
    }
  }

  #giveBack(bytes: number): void {
    const { bytesPerSecond } = this.#inForce;
    if (bytesPerSecond === 0) return;
    this.#balanceBytes = Math.min(this.#balanceBytes + bytes, bytesPerSecond * SAVED_SECONDS);
    this.#changed.notify();
  }

  #pass(sender: Sender): void {
    this.#waiting = this.#waiting.filter((each) => each !== sender);
    if (this.#turn?.sender === sender) this.#turn = undefined;
    this.#note();
    if (this.#waiting.length > 0) this.#changed.notify();
  }

  #give(): void {
    this.#look();
    const { clock } = this.#options;
    if (this.#turn !== undefined && clock.monotonicMicros() >= this.#turn.untilMicros) this.#turn = undefined;
    const called = this.#inForce.bytesPerSecond === 0 ? this.#waiting : this.#isFree() ? [this.#begin()] : [];
    if (this.#inForce.bytesPerSecond === 0) {
      this.#waiting = [];
      this.#turn = undefined;
    }
    this.#note();
    for (const sender of called) sender?.onTurn();
  }

  #isFree(): boolean {
    return this.#turn === undefined && this.#balanceBytes >= 0;
  }

  #begin(): Sender | undefined {
    const sender = this.#waiting.shift();
    const untilMicros = this.#options.clock.monotonicMicros() + TURN_MS_MAX * MICROS_PER_MS;
    this.#turn = sender && { sender, untilMicros };
    return sender;
  }

  /** In how many milliseconds something is to be done; undefined when only a sender or another schedule brings something. */
  #nextMs(): number | undefined {
    const { clock } = this.#options;
    const { bytesPerSecond, changeMicros } = this.#inForce;
    const delays = changeMicros === undefined ? [] : [Math.min(changeMicros - clock.wallMicros(), CLOCK_LOOK_MICROS)];
    if (this.#waiting.length > 0) {
      delays.push(
        this.#turn === undefined
          ? (-this.#balanceBytes / bytesPerSecond) * MICROS_PER_SECOND
          : this.#turn.untilMicros - clock.monotonicMicros(),
      );
    }
    return delays.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...delays) / MICROS_PER_MS));
  }

  /** Brings the balance to now, under the limit that was in force, and then the limit. */
  #look(): void {
    if (this.#inForce.bytesPerSecond === 0 && this.#schedule === NO_LIMIT) return;
    const { clock, zone, onChange } = this.#options;
    const [wall, now] = [clock.wallMicros(), clock.monotonicMicros()];
    const { bytesPerSecond, sinceMicros, untilMicros } = this.#inForce;
    const earned = (bytesPerSecond * (now - this.#balanceMicros)) / MICROS_PER_SECOND;
    this.#balanceBytes = Math.min(this.#balanceBytes + earned, bytesPerSecond * SAVED_SECONDS);
    this.#balanceMicros = now;
    if (wall >= sinceMicros && wall < untilMicros) return;
    const limit = limitAt(this.#schedule, wall, zone);
    const changeMicros = nextLimitChange(this.#schedule, wall, zone);
    const lookAgain = Math.min(changeMicros ?? Infinity, wall + LOOK_AGAIN_MICROS);
    this.#inForce = { bytesPerSecond: limit, sinceMicros: wall, untilMicros: lookAgain, changeMicros };
    // What was sent without a limit is not owed, and what was saved under a high one is not spent under a low one.
    this.#balanceBytes = limit === 0 ? 0 : Math.min(this.#balanceBytes, limit * SAVED_SECONDS);
    if (limit !== bytesPerSecond) onChange?.();
  }

  /** Counts the time in which somebody waits and nobody has a turn. */
  #note(): void {
    const isHeld = this.#waiting.length > 0 && this.#turn === undefined;
    const now = this.#options.clock.monotonicMicros();
    if (isHeld) this.#heldSinceMicros ??= now;
    else if (this.#heldSinceMicros !== undefined) {
      this.#waitedMicros += now - this.#heldSinceMicros;
      this.#heldSinceMicros = undefined;
    }
  }
}

/** A question whose answer is payload. */
export interface PayloadQuestion<T> {
  readonly ask: () => Promise<T>;
  /** How long the answer was, bytes. */
  readonly bytesOf: (answer: T) => number;
}

/** One sender's place at a throttle. */
export interface ThrottlePlace extends Disposable {
  /** Whether a message may be sent now. If not, it waits for its turn, and is told. */
  ready(): boolean;
  /** A message of so many bytes is sent: the turn is over. */
  spend(bytes: number): void;
  /** Neither waits nor has a turn any more. */
  pass(): void;
}
