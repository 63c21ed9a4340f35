import { eventually } from "../../../test/src/harness/eventually.ts";
import { type BenchChain, protectDisk, startChain, theDisk, waitUntilProtected } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { makeDiskFile } from "./disk-file.ts";

const CAUGHT_UP_LIMIT_MS = 900_000;

export interface ServedDisk extends BenchChain {
  /** Where applications write. */
  readonly uri: string;
}

/** A chain with one disk that is protected already. */
export async function serveDisk(context: BenchContext, sizeBytes: number): Promise<ServedDisk> {
  const bench = await startChain(context);
  const path = `${bench.chain.sourceFolder}/disk.img`;
  await makeDiskFile(path, sizeBytes);
  await protectDisk(bench, path);
  const { nbdUri } = await waitUntilProtected(bench, context.say);
  if (nbdUri === null) throw new Error("the disk has no NBD address");
  return { ...bench, uri: nbdUri };
}

/** Waits until the target has everything that was written. */
export async function waitUntilDelivered(bench: BenchChain): Promise<void> {
  const { sequence: wanted } = await theDisk(bench);
  await eventually(
    "the target has everything",
    async () => {
      const { sequence } = await theDisk(bench);
      const isDelivered = sequence.journaled !== null && sequence.journaled >= (wanted.written ?? 0);
      return isDelivered && sequence.journaled === sequence.written ? true : undefined;
    },
    CAUGHT_UP_LIMIT_MS,
  );
}
