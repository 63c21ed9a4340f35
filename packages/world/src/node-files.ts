import { closeSync, fdatasync, fstatSync, ftruncateSync, promises as fs, openSync, read, readSync, write, writev, writevSync } from "node:fs";
import { promisify } from "node:util";
import { Fault } from "@leeward/base";
import type { FileHandle, FileStatus, Files, OpenMode } from "./files.ts";

const readAsync = promisify(read);
const writeAsync = promisify(write);
const writevAsync = promisify(writev);
const datasyncAsync = promisify(fdatasync);

const FLAGS: Record<OpenMode, string> = { read: "r", update: "r+", create: "wx+" };
/** Linux takes at most IOV_MAX parts in one call. */
const PARTS_MAX = 1024;

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
    open: (path, mode) => translated(path, async () => openHandle(path, mode, options)),
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
    syncFolder: (path) =>
      translated(path, async () => {
        const handle = await fs.open(path, "r");
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      }),
  };
}

async function statusOf(path: string): Promise<FileStatus | undefined> {
  try {
    const stat = await fs.stat(path);
    const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isBlockDevice() ? "block-device" : "other";
    return { kind, sizeBytes: stat.size, modifiedMicros: Math.round(stat.mtimeMs * 1_000) };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function openHandle(path: string, mode: OpenMode, options: NodeFilesOptions): FileHandle {
  const fd = openSync(path, FLAGS[mode], 0o600);
  let open = true;
  const close = async (): Promise<void> => {
    if (open) closeSync(fd);
    open = false;
  };
  const inline = options.io === "inline";
  return {
    read: (target, position) => translated(path, () => readFully(fd, target, position, inline)),
    write: (parts, position) => translated(path, () => writeFully(fd, parts, position, inline)),
    datasync: () => translated(path, () => datasyncAsync(fd)),
    truncate: (sizeBytes) => translated(path, async () => ftruncateSync(fd, sizeBytes)),
    sizeBytes: () => translated(path, async () => fstatSync(fd).size),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readFully(fd: number, target: Uint8Array, position: number, inline: boolean): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const length = target.length - done;
    const got = inline
      ? readSync(fd, target, done, length, position + done)
      : (await readAsync(fd, target, done, length, position + done)).bytesRead;
    if (got === 0) break;
    done += got;
  }
  return done;
}

async function writeFully(fd: number, parts: readonly Uint8Array[], position: number, inline: boolean): Promise<void> {
  let at = position;
  let rest = parts.filter((part) => part.length > 0);
  while (rest.length > 0) {
    const batch = rest.slice(0, PARTS_MAX);
    const written = await writeOnce(fd, batch, at, inline);
    at += written;
    rest = [...afterBytes(batch, written), ...rest.slice(PARTS_MAX)];
  }
}

async function writeOnce(fd: number, parts: readonly Uint8Array[], position: number, inline: boolean): Promise<number> {
  if (inline) return writevSync(fd, parts, position);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    return (await writeAsync(fd, only, 0, only.length, position)).bytesWritten;
  }
  return (await writevAsync(fd, parts, position)).bytesWritten;
}

function afterBytes(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = count;
  for (const part of parts) {
    if (skip >= part.length) skip -= part.length;
    else {
      rest.push(part.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error, path);
  }
}

function faultOf(error: unknown, path: string): unknown {
  const errno = codeOf(error);
  if (errno === undefined) return error;
  const detail = { path, errno };
  switch (errno) {
    case "ENOENT":
      return new Fault({ code: "file-missing", kind: "operator", message: `${path} does not exist.`, detail, cause: error });
    case "EEXIST":
      return new Fault({ code: "file-exists", kind: "operator", message: `${path} exists already.`, detail, cause: error });
    case "ENOSPC":
    case "EDQUOT":
      return new Fault({ code: "disk-full", kind: "transient", message: `No space is left for ${path}.`, detail, cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Fault({ code: "file-denied", kind: "operator", message: `${path} may not be used (${errno}).`, detail, cause: error });
    default:
      return new Fault({ code: "io-failed", kind: "transient", message: `I/O on ${path} failed (${errno}).`, detail, cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
