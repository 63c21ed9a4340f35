/**
 * A file that is read and written past the page cache: for what is written once, in order, and read once. What goes through the cache costs a
 * copy and a fresh page for each 4 KiB, and pushes out what the machine's own work has there.
 *
 * The disk takes whole blocks at aligned places from aligned memory. So bytes go through a few aligned buffers, and a block that is only
 * partly written keeps what it held: the one that the file ends in is remembered, since appends begin there.
 *
 * Invariant: a read gives what was written, and once a write has settled the file is as long as what was written to it. While it is under way
 * the file may be longer, by zeroes up to the end of its last block, and after a crash it may stay so. Worst outcome if broken: records that
 * were acknowledged, overwritten by the next append.
 */
import { close, constants, fdatasync, fstat, ftruncate, open, read, readSync, unlink, write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { assert, KiB, MiB, Mutex } from "@leeward/base";
import { fileFault } from "./file-faults.ts";
import type { FileHandle, OpenMode } from "./files.ts";
import { AlignedBuffers } from "./node-aligned-bytes.ts";
import { errnoOf, translated } from "./node-file-error.ts";

const openAsync = promisify(open);
const readAsync = promisify(read);
const writeAsync = promisify(write);
const closeAsync = promisify(close);
const statAsync = promisify(fstat);
const truncateAsync = promisify(ftruncate);
const datasyncAsync = promisify(fdatasync);
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

/** undefined where the file system has no direct I/O. @throws what opening throws otherwise */
export async function openDirect(path: string, mode: OpenMode, inline: boolean): Promise<FileHandle | undefined> {
  let fd: number;
  try {
    fd = await openAsync(path, FLAGS[mode] | constants.O_DIRECT, FILE_MODE);
  } catch (error) {
    if (errnoOf(error) !== "EINVAL") throw error;
    // It is refused after the name was made.
    if (mode === "create") await unlinkAsync(path);
    return undefined;
  }
  return new DirectFileHandle({ path, fd, inline, sizeBytes: (await statAsync(fd)).size, mode });
}

class DirectFileHandle implements FileHandle {
  readonly #path: string;
  readonly #fd: number;
  readonly #inline: boolean;
  readonly #mode: OpenMode;
  /** Writes, and what changes the length, one after another. */
  readonly #order = new Mutex();
  readonly #lastBlock = new Uint8Array(BLOCK_BYTES);
  /** Where the remembered block begins. */
  #lastBlockAt: number | undefined;
  /** Who only reads does not go by it, since another may write meanwhile. */
  #sizeBytes: number;
  /** The file on the disk is longer than it should be. */
  #padded = false;
  #underWay = 0;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(parts: { path: string; fd: number; inline: boolean; sizeBytes: number; mode: OpenMode }) {
    this.#path = parts.path;
    this.#fd = parts.fd;
    this.#inline = parts.inline;
    this.#sizeBytes = parts.sizeBytes;
    this.#mode = parts.mode;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#call(async () => {
      const end = this.#mode === "read" ? Number.POSITIVE_INFINITY : this.#sizeBytes;
      const wanted = Math.max(0, Math.min(target.length, end - position));
      for (let done = 0; done < wanted; ) {
        const got = await this.#readSome(target.subarray(done, wanted), position + done);
        if (got === 0) return done;
        done += got;
      }
      return wanted;
    });
  }

  write(parts: readonly Uint8Array[], position: number): Promise<void> {
    return this.#call(() => this.#order.hold(() => this.#writeAll(parts, position)));
  }

  datasync(): Promise<void> {
    return this.#call(() => datasyncAsync(this.#fd));
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#call(() =>
      this.#order.hold(async () => {
        await truncateAsync(this.#fd, sizeBytes);
        this.#sizeBytes = sizeBytes;
        this.#padded = false;
        this.#lastBlockAt = undefined;
      }),
    );
  }

  sizeBytes(): Promise<number> {
    return this.#call(async () => (this.#mode === "read" ? (await statAsync(this.#fd)).size : this.#sizeBytes));
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers<void>();
      if (this.#underWay === 0) this.#release(this.#closed);
    }
    return this.#closed.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    assert(this.#closed === undefined, `${this.#path} is used after it was closed`);
    this.#underWay += 1;
    try {
      return await translated(this.#path, work);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0 && this.#closed !== undefined) this.#release(this.#closed);
    }
  }

  #release(closed: PromiseWithResolvers<void>): void {
    closed.resolve(translated(this.#path, () => closeAsync(this.#fd)));
  }

  /** Some bytes from the beginning of the target; 0 at the end of the file. */
  #readSome(target: Uint8Array, position: number): Promise<number> {
    return sharedBuffers().lend(async (buffer) => {
      const skip = position % BLOCK_BYTES;
      const wanted = Math.min(BUFFER_BYTES, alignedEnd(skip + target.length));
      const got = await this.#readBlocks(buffer.subarray(0, wanted), position - skip);
      const bytes = Math.max(0, Math.min(got - skip, target.length));
      target.set(buffer.subarray(skip, skip + bytes));
      return bytes;
    });
  }

  async #writeAll(parts: readonly Uint8Array[], position: number): Promise<void> {
    const source = new PartsSource(parts);
    try {
      for (let at = position; source.restBytes > 0; ) at += await this.#writeSome(source, at);
    } finally {
      await this.#trim();
    }
  }

  /** As much as one buffer takes; how many bytes that were. */
  #writeSome(source: PartsSource, position: number): Promise<number> {
    return sharedBuffers().lend(async (buffer) => {
      const skip = position % BLOCK_BYTES;
      const blockAt = position - skip;
      const bytes = Math.min(source.restBytes, BUFFER_BYTES - skip);
      const end = skip + bytes;
      const blocks = buffer.subarray(0, alignedEnd(end));
      const endBlockAt = blocks.length - BLOCK_BYTES;
      if (skip > 0) await this.#fillBlock(blocks.subarray(0, BLOCK_BYTES), blockAt);
      if (end < blocks.length && (endBlockAt > 0 || skip === 0)) {
        await this.#fillBlock(blocks.subarray(endBlockAt), blockAt + endBlockAt);
      }
      source.take(blocks.subarray(skip, end));
      // Also when it fails halfway.
      if (blockAt + blocks.length > this.#sizeBytes) this.#padded = true;
      await this.#writeBlocks(blocks, blockAt);
      this.#note(blocks, blockAt, position + bytes);
      return bytes;
    });
  }

  #note(blocks: Uint8Array, blockAt: number, end: number): void {
    const last = blocks.length - BLOCK_BYTES;
    this.#sizeBytes = Math.max(this.#sizeBytes, end);
    this.#padded =
      blockAt + blocks.length > this.#sizeBytes || (this.#padded && blockAt + blocks.length < this.#sizeBytes);
    const lastBlockAt = blockAt + last;
    if (lastBlockAt + BLOCK_BYTES >= this.#sizeBytes) {
      this.#lastBlock.set(blocks.subarray(last));
      this.#lastBlockAt = lastBlockAt;
    }
  }

  /** What the file holds of one block, and zeroes behind its end. */
  async #fillBlock(block: Uint8Array, blockAt: number): Promise<void> {
    if (this.#lastBlockAt === blockAt) {
      block.set(this.#lastBlock);
      return;
    }
    const held = Math.max(0, Math.min(BLOCK_BYTES, this.#sizeBytes - blockAt));
    const got = held === 0 ? 0 : await this.#readBlocks(block, blockAt);
    if (got < held) throw fileFault("EIO", this.#path);
    block.fill(0, held);
  }

  async #trim(): Promise<void> {
    if (!this.#padded) return;
    await truncateAsync(this.#fd, this.#sizeBytes);
    this.#padded = false;
  }

  /** Fills whole blocks; fewer bytes only at the end of the file. */
  async #readBlocks(blocks: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < blocks.length) {
      const length = blocks.length - done;
      const got = this.#inline
        ? readSync(this.#fd, blocks, done, length, position + done)
        : (await readAsync(this.#fd, blocks, done, length, position + done)).bytesRead;
      done += got;
      // The file ends inside of a block.
      if (got === 0 || got % BLOCK_BYTES !== 0) break;
    }
    return done;
  }

  async #writeBlocks(blocks: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < blocks.length; ) {
      const length = blocks.length - done;
      const written = this.#inline
        ? writeSync(this.#fd, blocks, done, length, position + done)
        : (await writeAsync(this.#fd, blocks, done, length, position + done)).bytesWritten;
      const whole = written - (written % BLOCK_BYTES);
      // A device that takes nothing and reports nothing would be asked for ever.
      if (whole === 0) throw fileFault("EIO", this.#path);
      done += whole;
    }
  }
}

function alignedEnd(position: number): number {
  return Math.ceil(position / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Bytes that lie in parts, taken one after another. */
class PartsSource {
  readonly #parts: readonly Uint8Array[];
  #index = 0;
  #skip = 0;
  #restBytes: number;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
    this.#restBytes = parts.reduce((sum, part) => sum + part.length, 0);
  }

  get restBytes(): number {
    return this.#restBytes;
  }

  /** Fills the target, which is no longer than the rest. */
  take(target: Uint8Array): void {
    for (let done = 0; done < target.length; ) {
      const part = this.#parts[this.#index];
      assert(part !== undefined, "no more is taken than there is");
      const piece = part.subarray(this.#skip, this.#skip + target.length - done);
      target.set(piece, done);
      done += piece.length;
      this.#skip += piece.length;
      if (this.#skip < part.length) continue;
      this.#index += 1;
      this.#skip = 0;
    }
    this.#restBytes -= target.length;
  }
}
