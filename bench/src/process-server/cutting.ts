// What a cut costs: records of the cache become sealed segments (coalesced, LZ4, AES-256-GCM), in CPU seconds per GB, beside LZ4 alone on the same
// bytes in the same run. Half of each 4 KiB block is random, half repeats. The folder should lie in memory, so that no disk is measured.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { ByteBudget, MiB, randomId } from "@leeward/base";
import { HeldBranch, makeCut } from "@leeward/process-server/testing";
import { decodeLogFrames, encodeLogFrame } from "@leeward/proto";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";

/** What the cache holds: records of a database, or of a copy. */
const SHAPES = {
  scattered: { recordBytes: 4096, frameRecords: 64 },
  copied: { recordBytes: MiB, frameRecords: 1 },
} as const;
const TOTAL_BYTES = 512 * MiB;
/** Cut before the clock runs, so that compiled code is measured. */
const WARM_BYTES = 128 * MiB;
const DISK_BYTES = 1024 * MiB;
const BLOCK_BYTES = 4096;
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
export async function cutThroughput(shape: keyof typeof SHAPES = "scattered", above = "/dev/shm"): Promise<CutFigures> {
  const { recordBytes } = SHAPES[shape];
  const folder = await mkdtemp(join(above, "leeward-bench-cut-"));
  try {
    const pool = halfCompressible();
    const branch = await filledBranch(folder, pool, shape);
    let sealedBytes = 0;
    const nextCut = () => makeCut(world, { branch, settings: { codec: "lz4", key: KEY }, tail: true });
    while (branch.cutThrough < WARM_BYTES / recordBytes) await nextCut();
    const measuredBytes = TOTAL_BYTES - branch.cutThrough * recordBytes;
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

async function filledBranch(folder: string, pool: Uint8Array, shape: keyof typeof SHAPES): Promise<HeldBranch> {
  const { recordBytes, frameRecords } = SHAPES[shape];
  const geometry = { sizeBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 };
  const ids = { machineId: randomId(nodeRandom), diskId: randomId(nodeRandom), branch: randomId(nodeRandom) };
  const offer = { ...ids, ...geometry, epoch: 1, term: 0, heldFrom: 0 };
  // What is measured reads its cache, as after a restart or behind a slow link.
  const place = { above: folder, name: `1-${ids.branch}`, memory: new ByteBudget(0) };
  const branch = await HeldBranch.create(world, place, { offer, after: 0 });
  for (let from = 1; from <= TOTAL_BYTES / recordBytes; from += frameRecords) {
    const drafts = Array.from({ length: frameRecords }, (_, index) => {
      const at = ((from + index) * recordBytes) % (pool.length - recordBytes);
      const offset = nodeRandom.below(DISK_BYTES / recordBytes) * recordBytes;
      return { kind: "write", timeMicros: 1, offset, data: pool.subarray(at, at + recordBytes) } as const;
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
  for (let at = 0; at < pool.length; at += BLOCK_BYTES) pool.fill("the same again and ", at, at + BLOCK_BYTES / 2);
  return pool;
}

async function cpuSecondsPerGigabyte(bytes: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (bytes / 1e9);
}
