import { open } from "node:fs/promises";
import { MiB } from "@leeward/base";

/** A disk of written zeroes: all its blocks are there, so that a write over them allocates nothing, and its first copy is short. */
export async function makeDiskFile(path: string, sizeBytes: number): Promise<void> {
  await using handle = await open(path, "wx");
  const zeroes = Buffer.alloc(MiB);
  for (let offset = 0; offset < sizeBytes; offset += MiB) await handle.write(zeroes, 0, MiB, offset);
  await handle.sync();
}
