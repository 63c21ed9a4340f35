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
 * a person or the other end must mend (`operator`, `protocol`) three times within seconds, for a peer that has just started may take for
 * foreign what it does not know yet, and then on the retry schedule (1 to 30 min), so that nobody has to restart this end afterwards.
 * What came of the other kind before makes neither wait longer. Half of each wait is random, so that many peers do not come at once.
 * @throws Fault of kind `discontinuity` or `corruption`: going on would do harm. Whatever is no Fault is thrown too.
 */
export async function reconnecting(options: ReconnectingOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, onFault } = options;
  const waits = new Waits();
  while (!signal.aborted) {
    const begunMicros = clock.monotonicMicros();
    const fault = await faultOf(options.session, signal);
    if (signal.aborted) return;
    if (clock.monotonicMicros() - begunMicros >= STABLE_MS * MICROS_PER_MS) waits.reset();
    const delayMs = waits.afterMs(fault);
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

const SOON = 3;
/** As many attempts further on the reconnect schedule, so that a refusal waits for 1, 2 and 4 s. */
const SOON_AFTER = 2;

class Waits {
  #attempts = 0;
  #refusals = 0;

  reset(): void {
    this.#attempts = 0;
    this.#refusals = 0;
  }

  afterMs(fault: Fault | undefined): number {
    if (fault?.kind === "discontinuity" || fault?.kind === "corruption") throw fault;
    if (fault === undefined || fault.kind === "transient") {
      this.#refusals = 0;
      this.#attempts += 1;
      return reconnectDelayMs(this.#attempts);
    }
    this.#attempts = 0;
    this.#refusals += 1;
    return this.#refusals <= SOON ? reconnectDelayMs(this.#refusals + SOON_AFTER) : retryDelayMs(this.#refusals - SOON);
  }
}
