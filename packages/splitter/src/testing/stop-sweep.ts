import { seededRandom } from "@leeward/base";
import { delayedDevice } from "@leeward/block/testing";
import { FULL, SAMPLE, SAMPLE_NOTE } from "@leeward/world/testing";
import type { RigOptions } from "./splitter-rig.ts";

export type Stop = "kill" | "crash";

/** A life that a stop ends. */
export interface StopScenario {
  readonly seed: number;
  /** Which call to files or disk is hit. */
  readonly at: number;
  readonly how: Stop;
  readonly rig?: Partial<RigOptions>;
  /** A second stop hits what comes after the first, so many calls after it began. */
  readonly again?: number;
}

/** Every how many calls one is hit; odd, so that both kinds of stop come. */
const STEP = FULL ? 1 : 23;

/**
 * Runs the scenario of each call until its stop does not come any more: `at` lies behind all calls then. Returns that; what goes wrong names its
 * scenario.
 */
export async function sweepStops<T extends StopScenario>(
  runs: (scenario: T) => Promise<boolean>,
  make: (at: number) => T,
): Promise<number> {
  for (let at = 1 + (FULL ? 0 : SAMPLE % STEP); ; at += STEP) {
    const scenario = make(at);
    try {
      if (!(await runs(scenario))) return at;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${JSON.stringify(scenario)} (${SAMPLE_NOTE}): ${why}`, { cause });
    }
  }
}

/** One kind and the other, by turns. */
export function stopAt(at: number): Stop {
  return at % 2 === 0 ? "kill" : "crash";
}

/** The power may fail just after a process was killed, and the other way round. */
export function secondStop({ at, how }: Pick<StopScenario, "at" | "how">): Stop {
  if (at % 2 === 0) return how;
  return how === "kill" ? "crash" : "kill";
}

/** Files and disk take their time, each call its own. */
export function slowRig(seed: number): Partial<RigOptions> {
  const random = seededRandom(seed);
  return { latencyMicrosMax: 2_000, wrap: (device, clock) => delayedDevice(device, clock, () => random.below(8)) };
}
