import { assert, Fault, KiB } from "@leeward/base";

/**
 * How a file is opened.
 *
 * - `read`: it must exist; no writes.
 * - `update`: it must exist; reads and writes.
 * - `create`: it must not exist; reads and writes; mode 0600.
 */
export type OpenMode = "read" | "update" | "create";

export interface OpenOptions {
  /**
   * Reads and writes of so many bytes or more go past the page cache, where the file system can: for what is written once, in order, and
   * read once. None unless told.
   */
  readonly bypassCacheFrom?: number;
  /** What lies there is read, and no copy of it that is kept nearer: for what proves it. */
  readonly anew?: boolean;
}

export interface FileStatus {
  readonly kind: "file" | "folder" | "block-device" | "other";
  readonly sizeBytes: number;
  /** Microseconds since 1970. */
  readonly modifiedMicros: number;
}

export interface SpaceStatus {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/**
 * The file system as Leeward uses it. Every path is absolute and plain: no "." or "..", no slash at the end.
 *
 * What is written is durable only after `datasync` of the file; a name (made, renamed, removed) only after `syncFolder` of the
 * folder that holds it. Everything may fail with a Fault: `file-missing`, `file-exists`, `disk-full`, `file-denied`, `io-failed`.
 */
export interface Files {
  open(path: string, mode: OpenMode, options?: OpenOptions): Promise<FileHandle>;
  /** Names in the folder, sorted by code unit. */
  list(folder: string): Promise<string[]>;
  /** Makes the folder (0700) and those above it; one that exists is left as it is. */
  makeFolder(path: string): Promise<void>;
  /** Atomic; replaces a file at `to`. */
  rename(from: string, to: string): Promise<void>;
  /**
   * Begins what `rename` of the two does, where that takes long: the file is not changed any more, and nobody relies on the new name before it is finished.
   * Lacks where a rename is quick; undefined where this one cannot be begun.
   */
  beginRename?(from: string, to: string): BegunRename | undefined;
  /** Removes one file; one that does not exist is a `file-missing`. */
  remove(path: string): Promise<void>;
  /** Removes a folder with all that is in it; one that does not exist is left so. */
  removeFolder(path: string): Promise<void>;
  /** undefined when there is nothing at `path`. */
  status(path: string): Promise<FileStatus | undefined>;
  space(folder: string): Promise<SpaceStatus>;
  syncFolder(path: string): Promise<void>;
}

/** A rename that was begun. */
export interface BegunRename {
  /** As `rename`. */
  finish(): Promise<void>;
  /** Leaves nothing at the new name, unless it was finished; what cannot be taken back is left as a crash would leave it. */
  giveUp(): Promise<void>;
}

export interface FileHandle extends AsyncDisposable {
  /** Fills `target` from `position`; returns how many bytes there were, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes the parts one after another from `position`, all of them or a Fault. The parts are borrowed until it settles. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  /**
   * All that was written before the call is durable when it resolves, the size included. When it fails, what was written since
   * the last good one may be lost although it can still be read, and a later datasync does not bring it back.
   */
  datasync(): Promise<void>;
  /** Cuts the file, or makes it longer with zeroes. */
  truncate(sizeBytes: number): Promise<void>;
  /** The length of a file; 0 for a block device. */
  sizeBytes(): Promise<number>;
  /** Waits for the calls under way. A second close does nothing; any other call on a closed handle is a mistake of ours. */
  close(): Promise<void>;
}

/** From this size on a read or a write costs less past the page cache, in bytes. */
export const LARGE_IO_BYTES = 64 * KiB;

/** The same files, each opened so that large reads and writes go past the page cache. */
export function pastPageCache(files: Files, bypassCacheFrom = LARGE_IO_BYTES): Files {
  return {
    open: (path, mode) => files.open(path, mode, { bypassCacheFrom }),
    list: (folder) => files.list(folder),
    makeFolder: (path) => files.makeFolder(path),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    removeFolder: (path) => files.removeFolder(path),
    status: (path) => files.status(path),
    space: (folder) => files.space(folder),
    syncFolder: (path) => files.syncFolder(path),
  };
}

/**
 * Makes `path`, which lies in the durable folder `above`, with every folder between; all their names are durable when it
 * settles, also those that an interrupted call before this one had made.
 */
export async function makeDurableFolder(files: Files, above: string, path: string): Promise<void> {
  assert(path.startsWith(`${above}/`), `${path} does not lie in ${above}`);
  await files.makeFolder(path);
  let parent = above;
  for (const name of path.slice(above.length + 1).split("/")) {
    await files.syncFolder(parent);
    parent = `${parent}/${name}`;
  }
}

/** The whole file; a Fault `file-too-large` when it holds more than `bytesMax`. */
export async function readFile(files: Files, path: string, bytesMax: number): Promise<Uint8Array> {
  await using handle = await files.open(path, "read");
  const size = await handle.sizeBytes();
  if (size > bytesMax) {
    throw new Fault({
      code: "file-too-large",
      kind: "corruption",
      message: `${path} holds ${size} bytes where at most ${bytesMax} are believed.`,
      detail: { path, size, bytesMax },
    });
  }
  const bytes = new Uint8Array(size);
  const got = await handle.read(bytes, 0);
  return bytes.subarray(0, got);
}

/**
 * Replaces the file at `folder/name` so that after a crash it holds the old or the new content, never a mixture: write aside,
 * datasync, rename, sync the folder. Durable when it settles. Two writers of one name must not run at once.
 */
export async function replaceFile(files: Files, folder: string, name: string, content: Uint8Array): Promise<void> {
  const aside = asideOf(folder, name);
  if ((await files.status(aside)) !== undefined) await files.remove(aside);
  {
    await using handle = await files.open(aside, "create");
    await handle.write([content], 0);
    await handle.datasync();
  }
  await files.rename(aside, `${folder}/${name}`);
  await files.syncFolder(folder);
}

/** Removes what `replaceFile` made, and what a crash in the middle of it left aside; what there is nothing of is left so. Durable when it settles. */
export async function removeReplaced(files: Files, folder: string, name: string): Promise<void> {
  for (const path of [asideOf(folder, name), `${folder}/${name}`]) {
    if ((await files.status(path)) !== undefined) await files.remove(path);
  }
  await files.syncFolder(folder);
}

function asideOf(folder: string, name: string): string {
  return `${folder}/${name}.new`;
}
