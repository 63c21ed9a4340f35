import { Fault, MICROS_PER_MS, type Random, reconnectDelayMs, retryDelayMs } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { STABLE_MS } from "./session-limits.ts";

export interface ReconnectingOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Connects and runs one session to its end. Resolving is an end too: a peer that said farewell is connected to again. */
  readonly session: (signal: AbortSignal) => Promise<void>;
  /** Told of each fault, and after how long it is tried again. */
  readonly onFault?: (fault: Fault, retryInMs: number) => void;
}

/**
 * Keeps a session up until `signal` aborts. A transient fault is retried on the reconnect schedule (0.25 s doubled to 15 s); one that
 * a person or the other end must mend (`operator`, `protocol`) on the retry schedule (1 to 30 min), so that nobody has to restart this end
 * afterwards. Half of each wait is random, so that many peers do not come at once.
 * @throws Fault of kind `discontinuity` or `corruption`: going on would do harm. Whatever is no Fault is thrown too.
 */
export async function reconnecting(options: ReconnectingOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, onFault } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const begunMicros = clock.monotonicMicros();
    const fault = await faultOf(options.session, signal);
    if (signal.aborted) return;
    if (clock.monotonicMicros() - begunMicros >= STABLE_MS * MICROS_PER_MS) attempt = 0;
    attempt += 1;
    const delayMs = fault === undefined ? reconnectDelayMs(attempt) : delayAfter(fault, attempt);
    const waitMs = Math.ceil(delayMs / 2 + (delayMs / 2) * (random.below(1_001) / 1_000));
    if (fault !== undefined) onFault?.(fault, waitMs);
    await clock.sleep(waitMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

async function faultOf(
  session: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<Fault | undefined> {
  try {
    await session(signal);
    return undefined;
  } catch (error) {
    if (signal.aborted || error instanceof Fault) return error instanceof Fault ? error : undefined;
    throw error;
  }
}

function delayAfter(fault: Fault, attempt: number): number {
  if (fault.kind === "discontinuity" || fault.kind === "corruption") throw fault;
  return fault.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt);
}
