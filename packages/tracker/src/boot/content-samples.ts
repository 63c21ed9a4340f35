import { createHash } from "node:crypto";
import type { BlockDevice, Extent } from "@leeward/block";
import { alignedBytes } from "@leeward/world";

const PAGE_BYTES = 4_096;
const SAMPLES = 64;
const DIGEST_CHARACTERS = 32;

/** What one page of a disk held. */
export interface ContentSample {
  readonly offset: number;
  readonly digest: string;
}

/**
 * Pages all over a disk, the first and the last among them. They show that it is the disk that it says to be, and not an older copy of it; that nothing else
 * of it changed, they cannot show. @throws what the device throws
 */
export async function takeSamples(device: BlockDevice): Promise<readonly ContentSample[]> {
  const samples: ContentSample[] = [];
  for (const offset of places(device.sizeBytes)) samples.push({ offset, digest: await digestAt(device, offset) });
  return samples;
}

/** The pages that hold something else now. @throws what the device throws */
export async function differingPages(
  device: BlockDevice,
  samples: readonly ContentSample[],
): Promise<readonly Extent[]> {
  const differing: Extent[] = [];
  for (const { offset, digest } of samples) {
    if ((await digestAt(device, offset)) !== digest) differing.push({ offset, length: PAGE_BYTES });
  }
  return differing;
}

function places(sizeBytes: number): readonly number[] {
  const pages = Math.floor(sizeBytes / PAGE_BYTES);
  const all = Array.from({ length: SAMPLES }, (_, index) => Math.floor((index * (pages - 1)) / (SAMPLES - 1)));
  return [...new Set(pages === 0 ? [] : all)].map((page) => page * PAGE_BYTES);
}

async function digestAt(device: BlockDevice, offset: number): Promise<string> {
  const page = alignedBytes(PAGE_BYTES);
  await device.read(offset, page);
  return createHash("sha256").update(page).digest("hex").slice(0, DIGEST_CHARACTERS);
}
