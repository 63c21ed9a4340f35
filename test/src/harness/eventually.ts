import { setTimeout as delay } from "node:timers/promises";

/** Machines are shared and noisy: a test waits for a condition with a generous limit, never for a time. */
const LIMIT_MS = 120_000;
const EVERY_MS = 100;

/** The first value of `probe` that is not undefined. Rejects, naming what was waited for, when there is none in time. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > until) throw new Error(`not within ${limitMs / 1_000} s: ${what}`);
    await delay(EVERY_MS);
  }
}
