import { setTimeout as delay } from "node:timers/promises";

/** Machines are shared and noisy, and processors emulated: a test waits for a condition with a generous limit. */
const LIMIT_MS = 120_000;
const EVERY_MS = 100;

/** The first value of `probe` that is not undefined. Rejects, naming what was waited for, when there is none in time. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > until) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    await delay(EVERY_MS);
  }
}
