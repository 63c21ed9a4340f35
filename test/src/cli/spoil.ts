import { open } from "node:fs/promises";

/** Writes over 32 bytes of a file. */
export async function spoil(path: string, position: number): Promise<void> {
  await using file = await open(path, "r+");
  await file.write(Buffer.alloc(32, 0xa5), 0, 32, position);
}
