import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** setTimeout takes at most 2^31 - 1 milliseconds, and fires at once when given more. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
const MICROS_PER_MS = 1_000;

/** The system's clocks. */
export const nodeClock: Clock = { wallMicros: wallReader(), monotonicMicros, sleep };

function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/**
 * The system's wall clock has whole milliseconds here; the digits below come from the monotonic one. The two are tied anew
 * whenever they disagree about the millisecond, so that a step of the system's clock is followed at once.
 */
function wallReader(): () => number {
  let offsetMicros = 0;
  return () => {
    const monotonic = monotonicMicros();
    const earliest = Date.now() * MICROS_PER_MS;
    const wall = Math.min(Math.max(monotonic + offsetMicros, earliest), earliest + MICROS_PER_MS - 1);
    offsetMicros = wall - monotonic;
    return wall;
  };
}

/** Timers may fire a little early: what is left is slept again. */
async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  const until = monotonicMicros() + durationMs * MICROS_PER_MS;
  let leftMs = durationMs;
  do {
    signal.throwIfAborted();
    try {
      await delay(Math.min(leftMs, TIMEOUT_MS_MAX), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
    leftMs = Math.ceil((until - monotonicMicros()) / MICROS_PER_MS);
  } while (leftMs > 0);
}
