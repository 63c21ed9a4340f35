import type { Clock } from "../clock.ts";

/** A process's view of a clock: once the process is dead, none of its sleeps ends. */
export interface MortalClock extends Clock {
  die(): void;
}

export function mortalClock(clock: Clock): MortalClock {
  let alive = true;
  return {
    wallMicros: () => clock.wallMicros(),
    monotonicMicros: () => clock.monotonicMicros(),
    async sleep(durationMs, signal) {
      try {
        if (alive) await clock.sleep(durationMs, signal);
      } finally {
        if (!alive) await new Promise<never>(() => {});
      }
    },
    die() {
      alive = false;
    },
  };
}
