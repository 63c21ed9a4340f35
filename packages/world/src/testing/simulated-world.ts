import { seededRandom } from "@leeward/base";
import type { World } from "../world.ts";
import { type SimulatedClock, simulatedClock } from "./simulated-clock.ts";
import { simulatedCompute } from "./simulated-compute.ts";
import type { SimulatedDiskOptions } from "./simulated-disk.ts";
import { type SimulatedFiles, simulatedFiles } from "./simulated-files.ts";

/** The world of one simulated machine. */
export interface SimulatedWorld extends World {
  readonly clock: SimulatedClock;
  readonly files: SimulatedFiles;
}

export interface SimulatedWorldOptions extends Partial<Omit<SimulatedDiskOptions, "random">> {
  readonly seed: number;
}

/** A machine of its own: everything that is random in it follows from the seed. */
export function simulatedWorld({ seed, ...disk }: SimulatedWorldOptions): SimulatedWorld {
  const random = seededRandom(seed);
  const clock = disk.clock ?? simulatedClock();
  const files = simulatedFiles({ ...disk, clock, random: seededRandom(random.below(2 ** 32)) });
  return { clock, random, files, compute: simulatedCompute() };
}
