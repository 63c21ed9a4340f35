import { firstOf, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";

/** So long work in the background waits for intake at once, milliseconds: a target that is never idle still has to make room. */
const WAIT_MS_MAX = 500;

/** Whether segments are being taken in: what can wait lets them go first. */
export class IntakeTraffic {
  #underWay = 0;
  readonly #left = new Waiters();

  /** Runs `work` as intake. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#left.notify();
    }
  }

  /** Settles when nothing is being taken in, or has been for long. */
  async quiet(clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#underWay === 0) return;
    await firstOf(signal, [
      (either) => this.#left.until(() => this.#underWay === 0, either),
      (either) => clock.sleep(WAIT_MS_MAX, either),
    ]);
  }
}
