// What an application pays for being protected: random 4 KiB writes through the agent's export, while the whole chain replicates them on
// the same machine, beside nbdkit's file plugin on a file of the same size in the same file system.
import { existsSync } from "node:fs";
import { GiB, KiB, MiB } from "@leeward/base";
import { eventually } from "../../../test/src/harness/eventually.ts";
import { makeDiskFile } from "../load/disk-file.ts";
import { type FioFigures, runFio } from "../load/fio-load.ts";
import { serveDisk, waitUntilDelivered } from "../load/served-disk.ts";
import type { BenchContext } from "../run/bench-context.ts";
import type { BenchPlace } from "../run/bench-place.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { findTool, missingTool, runTool } from "../run/tool-run.ts";
import { whileServersStand } from "./standstill.ts";

const SUITE = "iops";
const DEPTHS = [16, 1];
const RATIO = 0.5;

interface Measured {
  readonly own: FioFigures[];
  /** While the servers stand still. */
  readonly alone: FioFigures[];
  readonly peer: FioFigures[];
}

export async function iopsSuite(context: BenchContext): Promise<readonly Row[]> {
  const missing = missingTool("fio", "nbdkit");
  if (missing !== undefined) return [skippedRow(SUITE, "random writes", missing)];
  const { place, say, isQuick } = context;
  const sizeBytes = isQuick ? 128 * MiB : GiB;
  const served = await serveDisk(context, sizeBytes);
  const peerUri = await startNbdkit(place, sizeBytes);
  const measured = new Map<number, Measured>(DEPTHS.map((depth) => [depth, { own: [], alone: [], peer: [] }]));
  for (let run = 1; run <= context.runs; run += 1) {
    for (const [depth, { own, alone, peer }] of measured) {
      const load = { blockBytes: 4 * KiB, depth, seconds: isQuick ? 3 : 15, warmSeconds: 2 };
      await settled(place);
      own.push(await runFio(place, { ...load, uri: served.uri }));
      say(`run ${run}, depth ${depth}: leeward ${textOf(own)}`);
      await waitUntilDelivered(served);
      await settled(place);
      alone.push(await whileServersStand(place, served, () => runFio(place, { ...load, uri: served.uri })));
      say(`run ${run}, depth ${depth}: leeward, servers standing still ${textOf(alone)}`);
      await waitUntilDelivered(served);
      await settled(place);
      peer.push(await runFio(place, { ...load, uri: peerUri }));
      say(`run ${run}, depth ${depth}: nbdkit ${textOf(peer)}`);
    }
  }
  await served.end();
  return [...measured].flatMap(([depth, figures]) => rowsOf(depth, figures));
}

/** What was written before is not written back while something is measured. */
async function settled(place: BenchPlace): Promise<void> {
  await runTool(place, "sync", []);
}

async function startNbdkit(place: BenchPlace, sizeBytes: number): Promise<string> {
  const [path, socket] = [`${place.folder}/nbdkit.img`, `${place.folder}/nbdkit.sock`];
  await makeDiskFile(path, sizeBytes);
  place.start(findTool("nbdkit") ?? "nbdkit", ["--foreground", "--unix", socket, "file", path]);
  await eventually("nbdkit listens", () => (existsSync(socket) ? true : undefined), 10_000);
  return `nbd+unix:///?socket=${socket}`;
}

function rowsOf(depth: number, { own, alone, peer }: Measured): Row[] {
  const writes = (figures: readonly FioFigures[]): number => median(figures.map((each) => each.writesPerSecond));
  const p99 = (figures: readonly FioFigures[]): number => median(figures.map((each) => each.p99Milliseconds));
  return [
    {
      suite: SUITE,
      name: `4 KiB random writes, depth ${depth}`,
      measured: { value: writes(own), unit: "IOPS" },
      against: { name: "nbdkit", value: writes(peer), unit: "IOPS" },
      ratio: writes(own) / writes(peer),
      goal: { of: "ratio", atLeast: RATIO },
    },
    {
      suite: SUITE,
      name: "the same, servers standing still",
      measured: { value: writes(alone), unit: "IOPS" },
      against: { name: "nbdkit", value: writes(peer), unit: "IOPS" },
      ratio: writes(alone) / writes(peer),
      note: `p99 ${p99(alone).toPrecision(3)} ms`,
    },
    {
      suite: SUITE,
      name: `their p99 latency, depth ${depth}`,
      measured: { value: p99(own), unit: "ms" },
      against: { name: "nbdkit", value: p99(peer), unit: "ms" },
      ratio: p99(peer) / p99(own),
      goal: { of: "ratio", atLeast: RATIO },
    },
  ];
}

function textOf(figures: readonly FioFigures[]): string {
  const last = figures.at(-1);
  const parts = [`${last?.writesPerSecond.toFixed(0)} IOPS`, `p99 ${last?.p99Milliseconds.toFixed(2)} ms`];
  return `${parts.join(", ")}, flush ${last?.flushSeconds.toFixed(2)} s`;
}
