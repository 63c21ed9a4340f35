// What a cut costs: records of the cache become sealed segments (coalesced, LZ4, AES-256-GCM), in CPU seconds per GB, beside LZ4 alone on the same
// bytes in the same run. Half of each 4 KiB block is random, half repeats. The folder should lie in memory, so that no disk is measured.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { MiB, randomId } from "@leeward/base";
import { HeldBranch, makeCut } from "@leeward/process-server/testing";
import { decodeLogFrames, encodeLogFrame } from "@leeward/proto";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";

const RECORD_BYTES = 4096;
const FRAME_RECORDS = 64;
const TOTAL_BYTES = 512 * MiB;
/** Cut before the clock runs, so that compiled code is measured. */
const WARM_BYTES = 128 * MiB;
const DISK_BYTES = 1024 * MiB;
const CODEC_BYTES = 256 * 1024;
const KEY = { keyId: "1".repeat(32), bytes: new Uint8Array(32).fill(7) };

const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };

export interface CutFigures {
  readonly cutCpuSecondsPerGigabyte: number;
  /** Raw bytes that one core seals in a second. */
  readonly megabytesPerCoreSecond: number;
  readonly lz4CpuSecondsPerGigabyte: number;
  /** LZ4 alone by the whole cut: 1 would be a cut that costs its compression and nothing else. */
  readonly ratio: number;
  /** Raw by sealed bytes. */
  readonly shortening: number;
}

/** Measures both in a folder below `above`, which is removed afterwards. */
export async function cutThroughput(above = "/dev/shm"): Promise<CutFigures> {
  const folder = await mkdtemp(join(above, "leeward-bench-cut-"));
  try {
    const pool = halfCompressible();
    const branch = await filledBranch(folder, pool);
    let sealedBytes = 0;
    const nextCut = () => makeCut(world, { branch, settings: { codec: "lz4", key: KEY }, tail: true });
    while (branch.cutThrough < WARM_BYTES / RECORD_BYTES) await nextCut();
    const measuredBytes = TOTAL_BYTES - branch.cutThrough * RECORD_BYTES;
    const cut = await cpuSecondsPerGigabyte(measuredBytes, async () => {
      for (let made = await nextCut(); made !== undefined; made = await nextCut()) sealedBytes += made.sizeBytes;
    });
    const lz4 = await cpuSecondsPerGigabyte(TOTAL_BYTES, () => compressAll(pool));
    await branch.close();
    return {
      cutCpuSecondsPerGigabyte: cut,
      megabytesPerCoreSecond: 1_000 / cut,
      lz4CpuSecondsPerGigabyte: lz4,
      ratio: lz4 / cut,
      shortening: measuredBytes / sealedBytes,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function filledBranch(folder: string, pool: Uint8Array): Promise<HeldBranch> {
  const geometry = { sizeBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 };
  const ids = { machineId: randomId(nodeRandom), diskId: randomId(nodeRandom), branch: randomId(nodeRandom) };
  const offer = { ...ids, ...geometry, epoch: 1, term: 0 };
  const branch = await HeldBranch.create(world, { above: folder, name: `1-${ids.branch}` }, { offer, after: 0 });
  for (let from = 1; from <= TOTAL_BYTES / RECORD_BYTES; from += FRAME_RECORDS) {
    const drafts = Array.from({ length: FRAME_RECORDS }, (_, index) => {
      const at = ((from + index) * RECORD_BYTES) % (pool.length - RECORD_BYTES);
      const offset = nodeRandom.below(DISK_BYTES / RECORD_BYTES) * RECORD_BYTES;
      return { kind: "write", timeMicros: 1, offset, data: pool.subarray(at, at + RECORD_BYTES) } as const;
    });
    const bytes = new Uint8Array(Buffer.concat(encodeLogFrame(from, drafts).parts));
    await branch.append(bytes, decodeLogFrames(bytes));
  }
  await branch.sync();
  return branch;
}

async function compressAll(pool: Uint8Array): Promise<void> {
  for (let done = 0; done < TOTAL_BYTES; done += CODEC_BYTES) {
    const at = done % pool.length;
    await world.compute.compress("lz4", pool.subarray(at, at + CODEC_BYTES));
  }
}

function halfCompressible(): Uint8Array {
  const pool = randomBytes(16 * MiB);
  for (let at = 0; at < pool.length; at += RECORD_BYTES) pool.fill("the same again and ", at, at + RECORD_BYTES / 2);
  return pool;
}

async function cpuSecondsPerGigabyte(bytes: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (bytes / 1e9);
}
