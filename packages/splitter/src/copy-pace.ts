import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Capture } from "./capture.ts";

/** A copy never rests longer than this because applications write. Milliseconds. */
const REST_MS_MAX = 20;

/**
 * When a copy may go on: it waits while changes are not logged, while the log is more than half full, and keeps to its rate. While
 * applications write, it rests as long as its last step took, so that they have half of the time at least.
 */
export class CopyPace {
  readonly #capture: Capture;
  readonly #clock: Clock;
  #bytesPerSecondMax = 0;
  #stepBegan = 0;
  #writesSeen = 0;
  /** When the bytes so far are allowed to have been copied. */
  #allowedAt = 0;

  constructor(capture: Capture) {
    this.#capture = capture;
    this.#clock = capture.parts.world.clock;
  }

  /** 0 is no limit. */
  set bytesPerSecondMax(bytes: number) {
    this.#bytesPerSecondMax = bytes;
    this.#allowedAt = 0;
  }

  beginStep(): void {
    this.#stepBegan = this.#clock.monotonicMicros();
    this.#writesSeen = this.#capture.tally.writes;
  }

  /** After a step that copied `bytes`. */
  async endStep(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMicros();
    const tookMs = (now - this.#stepBegan) / MICROS_PER_MS;
    const restMs = this.#capture.tally.writes === this.#writesSeen ? 0 : Math.min(REST_MS_MAX, tookMs);
    let delayMs = restMs;
    if (this.#bytesPerSecondMax > 0) {
      this.#allowedAt =
        Math.max(this.#allowedAt, now - MICROS_PER_SECOND) + (bytes / this.#bytesPerSecondMax) * MICROS_PER_SECOND;
      delayMs = Math.max(restMs, (this.#allowedAt - now) / MICROS_PER_MS);
    }
    // Also with nothing to wait for, a turn of the event loop belongs to the applications.
    await this.#clock.sleep(delayMs, signal);
  }
}
