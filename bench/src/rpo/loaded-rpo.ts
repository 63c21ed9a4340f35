import { setTimeout as delay } from "node:timers/promises";
import { type FioFigures, type FioLoad, runFio } from "../load/fio-load.ts";
import { type ServedDisk, waitUntilDelivered } from "../load/served-disk.ts";
import { theDisk } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { DAEMONS, type DaemonName, daemonUsages, usageBetween } from "../run/daemon-usage.ts";

const SAMPLE_MS = 200;

export interface LoadedRpo {
  /** What the API showed, every 200 ms while the load ran warm. */
  readonly rpoSeconds: readonly number[];
  readonly figures: FioFigures;
  /** Bytes that all daemons had written when everything was delivered, by bytes that the application wrote. */
  readonly amplification: number;
  /** The part of each daemon in it. */
  readonly parts: ReadonlyMap<DaemonName, number>;
}

export type Load = Pick<FioLoad, "blockBytes" | "depth" | "bytesPerSecond"> & {
  readonly warmSeconds: number;
  readonly seconds: number;
};

/** Loads the disk, watches the RPO meanwhile, and waits until everything is at the target. */
export async function watchLoaded({ place }: BenchContext, served: ServedDisk, load: Load): Promise<LoadedRpo> {
  const before = await daemonUsages(served.chain);
  const seconds = load.warmSeconds + load.seconds;
  const over = new AbortController();
  const running = runFio(place, { ...load, warmSeconds: 0, seconds, uri: served.uri }).finally(() => over.abort());
  const sampling = samples(served, load.warmSeconds, over.signal);
  const [figures, rpoSeconds] = await Promise.all([running, sampling]);
  await waitUntilDelivered(served);
  const loadedBytes = figures.bytesPerSecond * (seconds + figures.flushSeconds);
  const after = await daemonUsages(served.chain);
  const partOf = (name: DaemonName): number => usageBetween(before[name], after[name]).writtenBytes / loadedBytes;
  const parts = new Map(DAEMONS.map((name) => [name, partOf(name)]));
  return { rpoSeconds, figures, parts, amplification: [...parts.values()].reduce((sum, part) => sum + part, 0) };
}

/** A disk without any recoverable point would lose everything. */
async function samples(served: ServedDisk, warmSeconds: number, signal: AbortSignal): Promise<number[]> {
  const found: number[] = [];
  await delay(warmSeconds * 1_000);
  while (!signal.aborted) {
    const next = delay(SAMPLE_MS);
    found.push((await theDisk(served)).rpoSeconds ?? Number.POSITIVE_INFINITY);
    await next;
  }
  return found;
}
