import type { Pong } from "@leeward/proto";
import type { Clock } from "@leeward/world";

/** How far the peer's wall clock is from ours: the pong of the quickest round trip tells it best. */
export class ClockOffset {
  readonly #clock: Clock;
  #number = 0;
  #sent: { readonly number: number; readonly wallMicros: number; readonly monotonicMicros: number } | undefined;
  #best: { readonly roundTripMicros: number; readonly offsetMicros: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The peer's clock minus ours; undefined before the first pong. */
  get micros(): number | undefined {
    return this.#best?.offsetMicros;
  }

  nextPing(): number {
    this.#number += 1;
    return this.#number;
  }

  /** Ping `number` leaves now. */
  onPing(number: number): void {
    this.#sent = { number, wallMicros: this.#clock.wallMicros(), monotonicMicros: this.#clock.monotonicMicros() };
  }

  onPong({ number, wallMicros }: Pong): void {
    if (this.#sent?.number !== number) return;
    const roundTripMicros = this.#clock.monotonicMicros() - this.#sent.monotonicMicros;
    if (this.#best !== undefined && roundTripMicros > this.#best.roundTripMicros) return;
    const middleMicros = this.#sent.wallMicros + Math.round(roundTripMicros / 2);
    this.#best = { roundTripMicros, offsetMicros: wallMicros - middleMicros };
  }
}
