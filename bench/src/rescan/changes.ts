import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { KiB, MiB, type Random } from "@leeward/base";
import type { Extent } from "@leeward/block";

/** How what has changed lies on the disk: as a database or a file system leaves it, or as a large file does. */
export const PATTERNS = ["in random 4 KiB places", "in runs of 1 MiB"] as const;
export type ChangePattern = (typeof PATTERNS)[number];

const EXTENT_BYTES: Readonly<Record<ChangePattern, number>> = {
  "in random 4 KiB places": 4 * KiB,
  "in runs of 1 MiB": MiB,
};

/** Places that do not overlap, anywhere on the disk; together they are as much as asked for, rounded down to whole places. */
export function changedExtents(
  pattern: ChangePattern,
  { sizeBytes, changedBytes }: { readonly sizeBytes: number; readonly changedBytes: number },
  random: Random,
): Extent[] {
  const length = EXTENT_BYTES[pattern];
  const places = new Set<number>();
  while (places.size < Math.floor(changedBytes / length)) places.add(random.below(sizeBytes / length));
  return [...places].map((at) => ({ offset: at * length, length }));
}

/** New content that nothing makes smaller, on storage when it settles. */
export async function overwrite(device: string, extents: readonly Extent[]): Promise<void> {
  await using handle = await open(device, "r+");
  for (const { offset, length } of extents) await handle.write(randomBytes(length), 0, length, offset);
  await handle.sync();
}
