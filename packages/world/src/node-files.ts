import { promises as fs } from "node:fs";
import type { FileStatus, Files } from "./files.ts";
import { openDirect } from "./node-direct-handle.ts";
import { errnoOf, translated } from "./node-file-error.ts";
import { openFile } from "./node-file-handle.ts";
import { syncFolder } from "./node-folder-sync.ts";

export interface NodeFilesOptions {
  /**
   * `thread-pool` never holds the event loop. `inline` reads and writes on the calling thread, which is cheaper for small
   * buffered I/O and only right in a worker that serves one disk. A datasync always leaves the event loop.
   */
  readonly io: "thread-pool" | "inline";
}

/** The real file system. */
export function nodeFiles(options: NodeFilesOptions): Files {
  return {
    open: (path, mode, { bypassCacheFrom } = {}) =>
      translated(path, async () => {
        const inline = options.io === "inline";
        const direct =
          bypassCacheFrom === undefined
            ? undefined
            : await openDirect(path, mode, { inline, fromBytes: bypassCacheFrom });
        return direct ?? openFile(path, mode, inline);
      }),
    list: (folder) => translated(folder, async () => (await fs.readdir(folder)).sort()),
    makeFolder: (path) => translated(path, async () => void (await fs.mkdir(path, { recursive: true, mode: 0o700 }))),
    rename: (from, to) => translated(from, () => fs.rename(from, to)),
    remove: (path) => translated(path, () => fs.unlink(path)),
    removeFolder: (path) => translated(path, () => fs.rm(path, { recursive: true, force: true })),
    status: (path) => translated(path, () => statusOf(path)),
    space: (folder) =>
      translated(folder, async () => {
        const { blocks, bavail, bsize } = await fs.statfs(folder);
        return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
      }),
    syncFolder: (path) => translated(path, () => syncFolder(path)),
  };
}

async function statusOf(path: string): Promise<FileStatus | undefined> {
  try {
    const stat = await fs.stat(path);
    const kind = stat.isFile()
      ? "file"
      : stat.isDirectory()
        ? "folder"
        : stat.isBlockDevice()
          ? "block-device"
          : "other";
    return { kind, sizeBytes: stat.size, modifiedMicros: Math.round(stat.mtimeMs * 1_000) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
