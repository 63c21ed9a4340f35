// Files that are overwritten with zeroes before they are removed, where their blocks lie on the disk that is protected.
//
// A log that lies on the disk that it is of is left out of it for as long as its files are there. When one is trimmed its blocks are the disk's
// again, hold what was logged, and changed: they would be logged as they are, trimmed, and logged again, as much each time, without end. Zeroes are
// logged without payload, so that this ends, and the replica equals the disk in those blocks too.
//
// Order: renamed to a name that whoever opens the folder removes ─► durable ─► zeroes ─► durable ─► removed. A stop in between leaves a file that
// is removed at the next opening, and none that is taken for a damaged one. Worst outcome if broken: a log that counts as damaged, and a resync.
import { isFault, MiB } from "@leeward/base";
import type { Files } from "@leeward/world";

/** What a change log calls files that are being made; at its opening it removes those that were left. */
const ASIDE = ".new";
/** A smaller file costs no more than its zeroes. */
const WIPED_BYTES_MIN = 65_536;
const ZEROES = new Uint8Array(MiB);

/** The same files, of which those are wiped for which `isWiped` says so when they are removed. */
export function wipedFiles(files: Files, isWiped: () => Promise<boolean>): Files {
  return {
    open: (path, mode, options) => files.open(path, mode, options),
    list: (folder) => files.list(folder),
    makeFolder: (path) => files.makeFolder(path),
    rename: (from, to) => files.rename(from, to),
    remove: async (path) => {
      const status = await files.status(path);
      const isLarge = status?.kind === "file" && status.sizeBytes >= WIPED_BYTES_MIN;
      if (!isLarge || !(await isWiped())) return files.remove(path);
      const aside = path.endsWith(ASIDE) ? path : `${path}${ASIDE}`;
      if (aside !== path) {
        await files.rename(path, aside);
        await files.syncFolder(aside.slice(0, aside.lastIndexOf("/")));
      }
      await wipe(files, aside, status.sizeBytes);
      return files.remove(aside);
    },
    removeFolder: (path) => files.removeFolder(path),
    status: (path) => files.status(path),
    space: (folder) => files.space(folder),
    syncFolder: (path) => files.syncFolder(path),
  };
}

async function wipe(files: Files, path: string, sizeBytes: number): Promise<void> {
  try {
    await using handle = await files.open(path, "update", { bypassCacheFrom: ZEROES.length });
    for (let at = 0; at < sizeBytes; at += ZEROES.length) {
      await handle.write([ZEROES.subarray(0, Math.min(ZEROES.length, sizeBytes - at))], at);
    }
    await handle.datasync();
  } catch (error) {
    // It costs logging what was left there, once more.
    if (!isFault(error)) throw error;
  }
}
