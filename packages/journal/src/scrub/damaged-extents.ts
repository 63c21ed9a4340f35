import { isFault } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import { type DataKey, SegmentReader } from "@leeward/change-log";
import type { World } from "@leeward/world";

/**
 * Which extents of a damaged file cannot be read: those whose frames fail their checks. undefined when the file does not even say
 * what it holds.
 */
export async function damagedExtents(
  world: World,
  path: string,
  dataKey: DataKey,
): Promise<readonly Extent[] | undefined> {
  const damaged = new ExtentSet();
  try {
    await using handle = await world.files.open(path, "read");
    const reader = await SegmentReader.open(handle, { compute: world.compute, key: dataKey });
    for await (const entries of reader.entries()) {
      for (const entry of entries) if (!(await isReadable(reader, entry))) damaged.add(entry);
    }
  } catch (error) {
    if (isDamage(error) || isFault(error, "file-missing")) return undefined;
    throw error;
  }
  return [...damaged];
}

async function isReadable(reader: SegmentReader, entry: Parameters<SegmentReader["read"]>[0]): Promise<boolean> {
  try {
    await reader.read(entry, new Uint8Array(Math.min(1, entry.length)));
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** Whether what was read is not what was written; a disk that does not answer is something else. */
export function isDamage(error: unknown): boolean {
  return isFault(error) && (error.kind === "corruption" || error.code === "segment-foreign");
}
