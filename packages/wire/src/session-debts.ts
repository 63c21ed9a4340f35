import { orAborted, Waiters } from "@leeward/base";
import type { Envelope, Pong } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { ClockOffset } from "./clock-offset.ts";

/** What a session owes its peer by itself: one place for each kind of debt, so that no peer can make the debts grow. */
export class SessionDebts {
  readonly #clock: Clock;
  readonly #offset: ClockOffset;
  readonly #changed = new Waiters();
  #pongDue: number | undefined;
  #pingDue: number | undefined;
  readonly #ponged = new Waiters();
  /** The newest ping that was answered. */
  #pongNumber = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = new ClockOffset(clock);
  }

  /** The peer's clock minus ours; undefined before the first pong. */
  get clockOffsetMicros(): number | undefined {
    return this.#offset.micros;
  }

  /** The number of the ping that is to be sent. */
  owePing(): number {
    const number = this.#offset.nextPing();
    this.#pingDue = number;
    this.notify();
    return number;
  }

  /** Pings, and resolves when this ping, or one that was sent after it, is answered. */
  async answered(signal: AbortSignal): Promise<void> {
    const number = this.owePing();
    for (;;) {
      const ponged = this.#ponged.next();
      if (this.#pongNumber >= number) return;
      await orAborted(ponged, signal);
    }
  }

  /** An answer to a ping that was not sent yet is replaced by the newer one. */
  owePong(number: number): void {
    this.#pongDue = number;
    this.notify();
  }

  onPong(pong: Pong): void {
    this.#offset.onPong(pong);
    this.#pongNumber = Math.max(this.#pongNumber, pong.number);
    this.#ponged.notify();
  }

  /** There may be something to take. */
  notify(): void {
    this.#changed.notify();
  }

  /** Resolves at the next change; to be asked for before `take`. */
  next(): Promise<void> {
    return this.#changed.next();
  }

  /** What is to be sent next: credit (`creditBytes`, taken out already) before a pong before a ping. */
  take(creditBytes: number): Envelope | undefined {
    if (creditBytes > 0) return { kind: "credit", value: { bytes: creditBytes } };
    const [pong, ping] = [this.#pongDue, this.#pingDue];
    if (pong !== undefined) {
      this.#pongDue = undefined;
      return { kind: "pong", value: { number: pong, wallMicros: this.#clock.wallMicros() } };
    }
    if (ping === undefined) return undefined;
    this.#pingDue = undefined;
    this.#offset.onPing(ping);
    return { kind: "ping", value: { number: ping } };
  }
}
