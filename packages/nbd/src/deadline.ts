import { anySignal, type Fault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { connectionLost } from "./faults.ts";

/** How long something may take. */
export interface Deadline {
  readonly clock: Clock;
  readonly msMax: number;
  readonly signal: AbortSignal;
  /** Makes the work end, by taking away what it waits for. */
  readonly stop: () => void;
  /** The Fault of work that was stopped because its time was up. */
  readonly late: () => Fault;
}

/**
 * Does the work, and stops it when its time is up or the signal aborts.
 * @throws Fault `nbd-connection-lost` when the signal aborted; what `late` makes; what the work throws
 */
export async function inTime<T>(work: () => Promise<T>, deadline: Deadline): Promise<T> {
  const { clock, msMax, signal, stop, late } = deadline;
  const over = new AbortController();
  const state = { late: false };
  const watch = async (): Promise<void> => {
    await settled(clock.sleep(msMax, anySignal([over.signal, signal])));
    if (over.signal.aborted) return;
    state.late = !signal.aborted;
    stop();
  };
  const watching = watch();
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw connectionLost(signal.reason);
    throw state.late ? late() : error;
  } finally {
    over.abort();
    await watching;
  }
}

/** Waits for the end of a sleep, however it ends: the caller looks at its signals itself. */
export async function settled(sleep: Promise<void>): Promise<void> {
  await Promise.allSettled([sleep]);
}
