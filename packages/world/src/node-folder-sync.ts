import { promises as fs } from "node:fs";
import { isWindows } from "./node-platform.ts";

/** Makes the names in a folder durable, as Files.syncFolder promises it. */
export const syncFolder: (path: string) => Promise<void> = isWindows ? requireFolder : flushFolder;

async function flushFolder(path: string): Promise<void> {
  const handle = await fs.open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Windows flushes no folder. NTFS writes every change of a name into its log before it takes effect, in order, and so never shows half of one after a crash,
 * nor a later one without an earlier one; the log is on the disk when a file whose change came after it is flushed, and otherwise within seconds. So what
 * replaces a file leaves the old or the new content as everywhere, and what a loss of power can take back is the last names alone, together.
 */
async function requireFolder(path: string): Promise<void> {
  await fs.access(path);
}
