import { mkdtemp, rm } from "node:fs/promises";
import { GiB, isFault, KiB, MiB } from "@leeward/base";
import { runDeviceFio } from "../load/fio-load.ts";
import { takeLoopDisk } from "../load/loop-devices.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { runTool } from "../run/tool-run.ts";
import { BACKENDS, type Backend, refusalsOf, SUITE, takeTracker } from "./tracked.ts";

const RATIO = 0.95;
const DEPTH = 32;
/** Short ones that take turns: a machine's speed changes more from minute to minute than by what is measured. */
const ROUNDS_PER_RUN = 4;
const MEMORY_FOLDER = "/dev/shm";

type Side = "untracked" | Backend;

interface Place {
  readonly name: string;
  readonly folder: string;
}

/** Writes per second on a disk in a file, and on one in memory, where nothing but the kernel's own work is left to compare with. */
export async function speedRows(context: BenchContext): Promise<Row[]> {
  const { place } = context;
  const memory = await place.take(mkdtemp(`${MEMORY_FOLDER}/leeward-bench-`), (made) => rm(made, { recursive: true }));
  const inFile = await rowsOn(context, { name: "a file", folder: place.folder });
  const inMemory = await rowsOn(context, { name: "memory", folder: memory.thing });
  return [...inFile, ...inMemory];
}

async function rowsOn(context: BenchContext, where: Place): Promise<Row[]> {
  const { place, say, runs, isQuick } = context;
  const sizeBytes = isQuick ? 256 * MiB : GiB;
  const { disk, end } = await takeLoopDisk(place, { image: `${where.folder}/tracked.img`, sizeBytes });
  // Blocks that are there already: else the file below is what is measured.
  const count = `count=${sizeBytes / MiB}`;
  await runTool(place, "dd", ["if=/dev/zero", `of=${disk.device}`, "bs=1M", count, "oflag=direct", "conv=fsync"]);
  const refusals = await refusalsOf(place, disk.device);
  const sides: readonly Side[] = ["untracked", ...BACKENDS.filter((backend) => !refusals.has(backend))];
  const figures = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (let round = 1; round <= runs * ROUNDS_PER_RUN; round += 1) {
    const turns = sides.map((_, index) => sides[(index + round) % sides.length] ?? "untracked");
    for (const side of turns) figures.get(side)?.push(await writesOn(context, { path: disk.device, sizeBytes, side }));
    const last = sides.map((side) => `${side} ${figures.get(side)?.at(-1)?.toFixed(0)}`);
    say(`round ${round}, the disk in ${where.name}: ${last.join(", ")} IOPS`);
  }
  await end();
  await rm(disk.image);
  return BACKENDS.map((backend) => {
    const refusal = refusals.get(backend);
    return refusal === undefined
      ? rowOf(where, figures, backend)
      : skippedRow(SUITE, `with ${backend}, disk in ${where.name}`, refusal);
  });
}

async function writesOn(
  { place, isQuick, say }: BenchContext,
  { path, sizeBytes, side }: { readonly path: string; readonly sizeBytes: number; readonly side: Side },
): Promise<number> {
  const load = { blockBytes: 4 * KiB, depth: DEPTH, seconds: isQuick ? 2 : 5, warmSeconds: 1 };
  if (side === "untracked") return (await runDeviceFio(place, path, load)).writesPerSecond;
  const { tracker, end } = await takeTracker(place, { path, backend: side });
  try {
    const { writesPerSecond } = await runDeviceFio(place, path, load);
    try {
      await tracker.collect();
    } catch (error) {
      if (!isFault(error, "tracking-incomplete")) throw error;
      // Some kernels run no program for a few requests; that is told by the tracker, and what it cost until then was measured.
      say(`${side}: ${error.message}`);
      return writesPerSecond;
    }
    const regions = sizeBytes / tracker.regionBytes;
    const noted = tracker.take();
    // Random writes touch nearly as many regions as there are writes, until nearly all are touched.
    if (noted < Math.min(regions, writesPerSecond * load.seconds) / 2)
      throw new Error(`${side} noted ${noted} of ${regions} regions under ${writesPerSecond} writes/s`);
    return writesPerSecond;
  } finally {
    await end();
  }
}

function rowOf({ name }: Place, figures: ReadonlyMap<Side, readonly number[]>, backend: Backend): Row {
  const untracked = figures.get("untracked") ?? [];
  const [own, beside] = [median(figures.get(backend) ?? []), median(untracked)];
  const spreadPercent = (100 * (Math.max(...untracked) - Math.min(...untracked))) / beside;
  return {
    suite: SUITE,
    name: `4 KiB random writes, depth ${DEPTH}, disk in ${name}: ${backend}`,
    measured: { value: own, unit: "IOPS" },
    against: { name: "untracked", value: beside, unit: "IOPS" },
    ratio: own / beside,
    goal: { of: "ratio", atLeast: RATIO },
    note: `untracked rounds differ by up to ${spreadPercent.toFixed(0)} %`,
  };
}
