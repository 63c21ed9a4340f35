import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** The system's clocks. */
export const nodeClock: Clock = {
  wallMicros: () => Math.round((performance.timeOrigin + performance.now()) * 1_000),
  monotonicMicros: () => Number(process.hrtime.bigint() / 1_000n),
  async sleep(durationMs, signal) {
    signal.throwIfAborted();
    try {
      await delay(durationMs, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};
