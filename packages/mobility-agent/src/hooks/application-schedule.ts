import { firstOf, orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { APPLICATION_POINT_FIRST_MS } from "../limits.ts";

export interface ApplicationScheduleOptions {
  readonly clock: Clock;
  /** Milliseconds between application-consistent points; 0 for none. */
  readonly intervalMs: () => number;
  /** Resolves when the interval may be another. */
  readonly changed: () => Promise<void>;
  /** Makes one; false when none could be made now. */
  readonly make: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * Makes application-consistent points as often as the policy says, until the signal aborts. The first comes a minute after the start at the
 * latest, so that a machine that starts often has some, and an agent that cannot stay up does not bring applications to rest at each try; one
 * that could not be made is tried again after the same time.
 */
export async function keepApplicationPoints(options: ApplicationScheduleOptions, signal: AbortSignal): Promise<void> {
  const { clock, intervalMs, changed, make } = options;
  const soonMs = (): number => Math.min(intervalMs(), APPLICATION_POINT_FIRST_MS);
  const nowMs = (): number => clock.monotonicMicros() / 1_000;
  let since = nowMs();
  let waitMs = soonMs;
  for (;;) {
    const change = changed();
    const interval = intervalMs();
    const leftMs = since + waitMs() - nowMs();
    if (interval === 0) {
      await orAborted(change, signal);
      since = nowMs();
      waitMs = soonMs;
    } else if (leftMs > 0) {
      await firstOf(signal, [(inner) => orAborted(change, inner), (inner) => clock.sleep(leftMs, inner)]);
    } else {
      since = nowMs();
      waitMs = (await make(signal)) ? intervalMs : soonMs;
      signal.throwIfAborted();
    }
  }
}
