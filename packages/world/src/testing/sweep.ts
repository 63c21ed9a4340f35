import { assert, Fault, type Random, seededRandom } from "@leeward/base";
import { fileFault } from "../file-faults.ts";
import { isSampled, SAMPLE_NOTE } from "./sample.ts";
import type { OperationHook } from "./simulated-disk.ts";
import { type SimulatedFiles, simulatedFiles } from "./simulated-files.ts";
import type { Survival } from "./stored-file.ts";

export interface FileSweep {
  /** Before the sweep counts; default: nothing. */
  readonly prepare?: (files: SimulatedFiles) => Promise<void>;
  /** What is cut off or disturbed at each of its file operations in turn. */
  readonly work: (files: SimulatedFiles) => Promise<void>;
  /** Looks at what is left. `at` is the operation that was hit, counted from 1; `done` tells that the work ran through. */
  readonly verify: (files: SimulatedFiles, hit: { readonly at: number; readonly done: boolean }) => Promise<void>;
}

export interface SweepOptions {
  readonly seed: number;
  /** How often each operation is hit, each time with other chances. Default: 4. */
  readonly rounds?: number;
}

/**
 * Runs the work with the power (or only its process) cut at its first file operation, then at its second, and so on until it
 * runs through untouched; after each it verifies what survived. Returns how many operations the work has. For work that needs
 * no virtual time. An error carries the seed and the operation in its message. Only a full run hits each operation in each
 * round; otherwise a sample of them is hit (sample.ts), and the number returned may be too large by a few.
 */
export async function crashSweep(
  sweep: FileSweep,
  options: SweepOptions & { readonly cut?: "power" | "process"; readonly survival?: Survival },
): Promise<number> {
  return await eachOperation(options, async (random, at) => {
    const files = await prepared(sweep, random);
    const cut = Promise.withResolvers<SimulatedFiles>();
    files.onOperation = atOperation(files.operations + at, () => {
      files.onOperation = undefined;
      cut.resolve(options.cut === "process" ? files.kill() : files.crash(options.survival));
    });
    const through = sweep.work(files).then(() => undefined);
    const survivor = await Promise.race([through, cut.promise]);
    files.onOperation = undefined;
    await sweep.verify(survivor ?? files.share(), { at, done: survivor === undefined });
    return survivor === undefined;
  });
}

/**
 * Runs the work with its Nth file operation refused (default: an I/O error), for N = 1, 2, … until it runs through untouched;
 * after each it verifies what is there. The work may fail with a Fault, and with nothing else.
 */
export async function faultSweep(
  sweep: FileSweep,
  options: SweepOptions & { readonly errno?: string },
): Promise<number> {
  return await eachOperation(options, async (random, at) => {
    const files = await prepared(sweep, random);
    let hit = false;
    files.onOperation = atOperation(files.operations + at, ({ path }) => {
      hit = true;
      throw fileFault(options.errno ?? "EIO", path);
    });
    let done = true;
    try {
      await sweep.work(files);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      assert(hit, `the work failed although nothing was refused: ${error.message}`);
      done = false;
    }
    files.onOperation = undefined;
    await sweep.verify(files, { at, done });
    return !hit;
  });
}

async function prepared(sweep: FileSweep, random: Random): Promise<SimulatedFiles> {
  const files = simulatedFiles({ random });
  await sweep.prepare?.(files);
  return files;
}

function atOperation(number: number, action: OperationHook): OperationHook {
  return (operation) => (operation.number === number ? action(operation) : undefined);
}

/** How many of the hits there are for one that a short run takes: fewer where each operation is hit but a few times. */
const strideOf = (rounds: number): number => (rounds < 4 ? 3 : 6);

async function eachOperation(
  { seed, rounds = 4 }: SweepOptions,
  attempt: (random: Random, at: number) => Promise<boolean>,
): Promise<number> {
  const stride = strideOf(rounds);
  for (let at = 1; ; at += 1) {
    const chosen = Array.from({ length: rounds }, (_, round) => round).filter((round) => isSampled(at + round, stride));
    let untouched = chosen.length > 0;
    for (const round of chosen) {
      const own = seed + at * 1_000 + round;
      try {
        untouched = (await attempt(seededRandom(own), at)) && untouched;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`operation ${at} with seed ${own} (${SAMPLE_NOTE}): ${why}`, { cause });
      }
    }
    if (untouched) return at - 1;
  }
}
