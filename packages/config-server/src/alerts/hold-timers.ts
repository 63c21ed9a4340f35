import { MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";

/** How long things have held without a look at which they did not. */
export class HoldTimers {
  readonly #clock: Clock;
  #since = new Map<string, number>();
  #held = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One look: what is not noted within it has not held, and begins anew. */
  look<T>(work: () => T): T {
    this.#held = new Map();
    const result = work();
    this.#since = this.#held;
    return result;
  }

  /** Notes that `name` holds at this look; since when it has, microseconds of the monotonic clock. */
  note(name: string): number {
    const since = this.#since.get(name) ?? this.#clock.monotonicMicros();
    this.#held.set(name, since);
    return since;
  }

  /** Notes that `name` holds at this look; whether it has for `seconds`. */
  hasHeld(name: string, seconds: number): boolean {
    return this.#clock.monotonicMicros() - this.note(name) >= seconds * MICROS_PER_SECOND;
  }
}
