/**
 * What is done to one disk's journal again and again, each thing by itself: one that fails is shown with its fault, tried again later and
 * later, and keeps neither the others nor other disks from their turn.
 */
import { type Fault, isFault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { MAINTENANCE_RETRY_MS, MAINTENANCE_RETRY_MS_MAX } from "../limits.ts";

/** One thing to be done. */
export interface Chore {
  readonly name: string;
  /** Until it is done for the first time. */
  readonly firstMs: number;
  readonly everyMs: number;
  work(signal: AbortSignal): Promise<void>;
}

export interface ShownFault {
  readonly fault: Fault;
  readonly sinceMicros: number;
}

export class Maintenance {
  readonly #clock: Clock;
  readonly #chores: readonly Chore[];
  readonly #failing = new Map<string, ShownFault>();

  constructor(clock: Clock, chores: readonly Chore[]) {
    this.#clock = clock;
    this.#chores = chores;
  }

  /** What fails now, and since when. */
  get faults(): readonly ShownFault[] {
    return [...this.#failing.values()];
  }

  /** Ends when the signal aborts. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#chores.map((chore) => this.#repeat(chore, signal)));
  }

  async #repeat(chore: Chore, signal: AbortSignal): Promise<void> {
    let delayMs = chore.firstMs;
    for (let failures = 0; ; ) {
      await this.#clock.sleep(delayMs, signal);
      const fault = await faultOf(chore, signal);
      failures = fault === undefined ? 0 : failures + 1;
      delayMs = fault === undefined ? chore.everyMs : retryMs(failures);
      if (fault === undefined) this.#failing.delete(chore.name);
      else this.#failing.set(chore.name, { fault, sinceMicros: this.#sinceMicros(chore) });
    }
  }

  #sinceMicros({ name }: Chore): number {
    return this.#failing.get(name)?.sinceMicros ?? this.#clock.wallMicros();
  }
}

/** Until attempt `failures` + 1, in milliseconds. */
export function retryMs(failures: number): number {
  return Math.min(MAINTENANCE_RETRY_MS_MAX, MAINTENANCE_RETRY_MS * 2 ** (failures - 1));
}

async function faultOf({ work }: Chore, signal: AbortSignal): Promise<Fault | undefined> {
  try {
    await work(signal);
    return undefined;
  } catch (error) {
    if (signal.aborted || !isFault(error)) throw error;
    return error;
  }
}
