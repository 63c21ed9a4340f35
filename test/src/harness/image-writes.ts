import { randomBytes } from "node:crypto";
import { isFault, KiB } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";

/** What blocks are counted in; half of one is written. */
export const BLOCK_BYTES = 64 * KiB;

const NEVER = new AbortController().signal;

/** Whether it was the disk that took no write, and not the way to it that was lost. */
export function isRefusedWrite(error: unknown): boolean {
  return isFault(error, "disk-write-failed", "disk-read-only");
}

/** @throws as `connectNbd` */
export function clientOf(uri: string): Promise<NbdClient> {
  const { address, exportName } = parseNbdUri(uri);
  return connectNbd(address, { exportName, clock: nodeClock }, NEVER);
}

/** Blocks with these numbers get other content, durably; `image` is what the disk holds after it. */
export async function writeBlocks(uri: string, image: Buffer, blocks: readonly number[]): Promise<void> {
  await using client = await clientOf(uri);
  for (const block of blocks) {
    const content = randomBytes(BLOCK_BYTES / 2);
    await client.write(block * BLOCK_BYTES, content, { fua: false });
    content.copy(image, block * BLOCK_BYTES);
  }
  await client.flush();
}

/** Whether the disk can be reached, and its answer to a write of what it may hold there already; undefined while nobody serves it. */
export async function triedWrite(
  uri: string,
  offset: number,
  data: Uint8Array,
): Promise<"taken" | "refused" | undefined> {
  const client = await clientOf(uri).catch((error: unknown) => {
    if (isFault(error)) return undefined;
    throw error;
  });
  if (client === undefined) return undefined;
  await using served = client;
  await served.read(offset, new Uint8Array(data.length));
  try {
    await served.write(offset, data, { fua: true });
    return "taken";
  } catch (error) {
    if (isRefusedWrite(error)) return "refused";
    throw error;
  }
}
