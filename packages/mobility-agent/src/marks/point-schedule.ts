import { Fault, firstOf, orAborted, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";

export interface PointScheduleOptions {
  readonly clock: Clock;
  readonly intervalMs: () => number;
  /** Whether there is anything to make points of. */
  readonly isWanted: () => boolean;
  readonly make: () => Promise<unknown>;
}

/**
 * Makes points at intervals, and one at once when a disk became whole: a disk whose copy or gap has just ended is recoverable from its next
 * point on, however long the interval is.
 */
export class PointSchedule {
  readonly #options: PointScheduleOptions;
  readonly #waiters = new Waiters();

  constructor(options: PointScheduleOptions) {
    this.#options = options;
  }

  /** A disk of this schedule has neither copy nor gap any more. */
  becameWhole(): void {
    this.#waiters.notify();
  }

  async run(signal: AbortSignal): Promise<never> {
    const { clock, intervalMs, isWanted, make } = this.#options;
    let becameWhole = this.#waiters.next();
    for (;;) {
      await firstOf(signal, [(inner) => clock.sleep(intervalMs(), inner), (inner) => orAborted(becameWhole, inner)]);
      becameWhole = this.#waiters.next();
      if (!isWanted()) continue;
      try {
        await make();
      } catch (error) {
        // A full or failing disk under the queue: no point now, the next interval tries again, and RPO shows it.
        if (!(error instanceof Fault)) throw error;
      }
    }
  }
}
