import { anySignal } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Reports } from "./reports.ts";

/** Looks at every report, and after `everyMs` without one, until `signal` aborts; a look under way ends first. */
export async function atEachReport(
  of: { readonly clock: Clock; readonly reports: Reports; readonly everyMs: number },
  look: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const reported = of.reports.changed();
    await look(signal);
    const timer = new AbortController();
    const sleeping = of.clock.sleep(of.everyMs, anySignal([signal, timer.signal])).catch((error: unknown) => {
      if (!signal.aborted && !timer.signal.aborted) throw error;
    });
    await Promise.race([reported, sleeping]);
    timer.abort();
  }
}
