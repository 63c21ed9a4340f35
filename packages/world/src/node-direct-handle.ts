/**
 * A file whose large reads and writes go past the page cache: for what is written once, in order, and read once. What goes through the cache
 * costs a copy and a fresh page for each 4 KiB, and pushes out what the machine's own work has there.
 *
 * The disk takes whole blocks at aligned places from aligned memory. So of a large write the blocks that are its own go through a few aligned
 * buffers to the disk, and what is left at both ends goes through the cache, as small writes do: no block is ever written that another write
 * has a part in. A read is of whole blocks; what the cache still holds of them is written by the kernel first.
 */
import { close, constants, open, read, unlink, write } from "node:fs";
import { promisify } from "node:util";
import { assert, KiB, MiB } from "@leeward/base";
import { fileFault } from "./file-faults.ts";
import type { FileHandle, OpenMode } from "./files.ts";
import { AlignedBuffers } from "./node-aligned-bytes.ts";
import { errnoOf, translated } from "./node-file-error.ts";
import { openFile } from "./node-file-handle.ts";

const openAsync = promisify(open);
const readAsync = promisify(read);
const writeAsync = promisify(write);
const closeAsync = promisify(close);
const unlinkAsync = promisify(unlink);

/** Both what a disk takes and what its memory has to be aligned to, on every disk we know. */
const BLOCK_BYTES = 4 * KiB;
const BUFFER_BYTES = 1 * MiB;
const BUFFERS = 4;
const FILE_MODE = 0o600;

const FLAGS: Record<OpenMode, number> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
};

let buffers: AlignedBuffers | undefined;

/** Of this thread; made when the first file needs them. */
function sharedBuffers(): AlignedBuffers {
  buffers ??= new AlignedBuffers({ count: BUFFERS, bytes: BUFFER_BYTES });
  return buffers;
}

export interface DirectOptions {
  /** Reads and writes of so many bytes or more are large. */
  readonly fromBytes: number;
  /** What goes through the cache is read and written on the calling thread. What waits for the disk never is. */
  readonly inline: boolean;
}

/** undefined where the file system has no direct I/O. @throws what opening throws otherwise */
export async function openDirect(
  path: string,
  mode: OpenMode,
  options: DirectOptions,
): Promise<FileHandle | undefined> {
  let fd: number;
  try {
    fd = await openAsync(path, FLAGS[mode] | constants.O_DIRECT, FILE_MODE);
  } catch (error) {
    if (errnoOf(error) !== "EINVAL") throw error;
    // It is refused after the name was made.
    if (mode === "create") await unlinkAsync(path);
    return undefined;
  }
  try {
    const cached = await openFile(path, mode === "create" ? "update" : mode, options.inline);
    return new DirectFileHandle({ path, fd, cached, fromBytes: options.fromBytes });
  } catch (error) {
    await closeAsync(fd);
    if (mode === "create") await unlinkAsync(path);
    throw error;
  }
}

class DirectFileHandle implements FileHandle {
  readonly #path: string;
  readonly #fd: number;
  /** The same file through the cache. It outlives the calls on both. */
  readonly #cached: FileHandle;
  readonly #fromBytes: number;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(parts: { path: string; fd: number; cached: FileHandle; fromBytes: number }) {
    this.#path = parts.path;
    this.#fd = parts.fd;
    this.#cached = parts.cached;
    this.#fromBytes = parts.fromBytes;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    this.#refuseClosed();
    if (target.length < this.#fromBytes) return this.#cached.read(target, position);
    return this.#call(() => this.#readLarge(target, position));
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#refuseClosed();
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (bytes < this.#fromBytes) return this.#cached.write(parts, position);
    return this.#call(() => this.#writeLarge(new PartsSource(parts), position, bytes));
  }

  datasync(): Promise<void> {
    return this.#cached.datasync();
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#cached.truncate(sizeBytes);
  }

  sizeBytes(): Promise<number> {
    return this.#cached.sizeBytes();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseClosed(): void {
    assert(this.#closed === undefined, `${this.#path} is used after it was closed`);
  }

  /** The descriptor is given back only when no call on it is under way. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    try {
      await this.#cached.close();
    } finally {
      await translated(this.#path, () => closeAsync(this.#fd));
    }
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    const call = translated(this.#path, work);
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  async #readLarge(target: Uint8Array, position: number): Promise<number> {
    for (let done = 0; done < target.length; ) {
      const got = await this.#readSome(target.subarray(done), position + done);
      if (got === 0) return done;
      done += got;
    }
    return target.length;
  }

  /** Some bytes from the beginning of the target; 0 at the end of the file. */
  #readSome(target: Uint8Array, position: number): Promise<number> {
    return sharedBuffers().lend(async (buffer) => {
      const skip = position % BLOCK_BYTES;
      const wanted = Math.min(BUFFER_BYTES, blocksEnd(skip + target.length));
      const { bytesRead } = await readAsync(this.#fd, buffer, 0, wanted, position - skip);
      const bytes = Math.max(0, Math.min(bytesRead - skip, target.length));
      target.set(buffer.subarray(skip, skip + bytes));
      return bytes;
    });
  }

  async #writeLarge(source: PartsSource, position: number, bytes: number): Promise<void> {
    const end = position + bytes;
    const blocksAt = blocksEnd(position);
    const blocksTo = end - (end % BLOCK_BYTES);
    if (blocksAt > position) await this.#cached.write(source.take(blocksAt - position), position);
    for (let at = blocksAt; at < blocksTo; ) {
      const length = Math.min(BUFFER_BYTES, blocksTo - at);
      await this.#writeBlocks(source.take(length), at, length);
      at += length;
    }
    if (end > blocksTo) await this.#cached.write(source.take(end - blocksTo), blocksTo);
  }

  #writeBlocks(parts: readonly Uint8Array[], position: number, length: number): Promise<void> {
    return sharedBuffers().lend(async (buffer) => {
      let gathered = 0;
      for (const part of parts) {
        buffer.set(part, gathered);
        gathered += part.length;
      }
      for (let done = 0; done < length; ) {
        const { bytesWritten } = await writeAsync(this.#fd, buffer, done, length - done, position + done);
        const whole = bytesWritten - (bytesWritten % BLOCK_BYTES);
        // A device that takes nothing and reports nothing would be asked for ever.
        if (whole === 0) throw fileFault("EIO", this.#path);
        done += whole;
      }
    });
  }
}

/** The end of the block that the bytes before `position` end in. */
function blocksEnd(position: number): number {
  return Math.ceil(position / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Bytes that lie in parts, taken one after another. */
class PartsSource {
  readonly #parts: readonly Uint8Array[];
  #index = 0;
  #skip = 0;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  /** Views of the next bytes; there are as many. */
  take(bytes: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    for (let rest = bytes; rest > 0; ) {
      const part = this.#parts[this.#index];
      if (part === undefined) break;
      const piece = part.subarray(this.#skip, this.#skip + rest);
      if (piece.length > 0) taken.push(piece);
      rest -= piece.length;
      this.#skip += piece.length;
      if (this.#skip < part.length) continue;
      this.#index += 1;
      this.#skip = 0;
    }
    return taken;
  }
}
