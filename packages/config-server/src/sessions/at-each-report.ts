import { anySignal } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { REPORT_LOOK_REST_MS } from "../limits.ts";
import type { Reports } from "./reports.ts";

/** Looks after reports, with a rest between two looks, and after `everyMs` without one, until `signal` aborts; a look under way ends first. */
export async function atEachReport(
  of: { readonly clock: Clock; readonly reports: Reports; readonly everyMs: number },
  look: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const reported = of.reports.changed();
    await look(signal);
    await slept(of.clock, REPORT_LOOK_REST_MS, signal);
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
