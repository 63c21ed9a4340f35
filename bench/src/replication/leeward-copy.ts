import { rename } from "node:fs/promises";
import { protectDisk, startChain, waitUntilProtected } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { DAEMONS, type DaemonName, daemonUsages, usageBetween } from "../run/daemon-usage.ts";
import type { ProcessUsage } from "../run/process-usage.ts";
import type { SourceImage } from "./source-image.ts";

export interface LeewardCopy {
  readonly seconds: number;
  readonly usages: ReadonlyMap<DaemonName, ProcessUsage>;
  readonly journalBytes: number;
}

/**
 * Replicates the image over the whole chain, each daemon a process of its own, from the call that protects it until a point of it
 * can be recovered at the target: by then all of it is fsynced in the journal.
 */
export async function copyByLeeward(context: BenchContext, image: SourceImage): Promise<LeewardCopy> {
  const bench = await startChain(context);
  const path = `${bench.chain.sourceFolder}/disk.img`;
  await rename(image.path, path);
  try {
    const before = await daemonUsages(bench.chain);
    const begun = performance.now();
    await protectDisk(bench, path);
    const disk = await waitUntilProtected(bench, context.say);
    const seconds = (performance.now() - begun) / 1_000;
    const after = await daemonUsages(bench.chain);
    const usages = new Map(DAEMONS.map((name) => [name, usageBetween(before[name], after[name])]));
    return { seconds, usages, journalBytes: disk.journalBytes ?? 0 };
  } finally {
    await rename(path, image.path);
    await bench.end();
  }
}
