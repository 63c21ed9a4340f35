import { anySignal, MICROS_PER_MS } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { REPORT_LOOK_REST_MS_MAX, REPORT_LOOK_RESTS } from "../limits.ts";
import type { Reports } from "./reports.ts";

/** Looks after reports, with a rest after each look that is the longer the longer it took, and after `everyMs` without one, until `signal` aborts; a look under way ends first. */
export async function atEachReport(
  of: { readonly clock: Clock; readonly reports: Reports; readonly everyMs: number },
  look: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const reported = of.reports.changed();
    const begunMicros = of.clock.monotonicMicros();
    await look(signal);
    const tookMs = (of.clock.monotonicMicros() - begunMicros) / MICROS_PER_MS;
    await slept(of.clock, Math.min(REPORT_LOOK_REST_MS_MAX, tookMs * REPORT_LOOK_RESTS), signal);
    const timer = new AbortController();
    const sleeping = of.clock.sleep(of.everyMs, anySignal([signal, timer.signal])).catch((error: unknown) => {
      if (!signal.aborted && !timer.signal.aborted) throw error;
    });
    await Promise.race([reported, sleeping]);
    timer.abort();
  }
}

async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
