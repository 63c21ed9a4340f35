import { close, fdatasync, fstat, ftruncate, open, read, readSync, write, writev, writevSync } from "node:fs";
import { promisify } from "node:util";
import { assert, isFault } from "@leeward/base";
import { fileFault } from "./file-faults.ts";
import type { FileHandle, OpenMode } from "./files.ts";
import { translated } from "./node-file-error.ts";

const closeAsync = promisify(close);
const datasyncAsync = promisify(fdatasync);
const statAsync = promisify(fstat);
const truncateAsync = promisify(ftruncate);
const openAsync = promisify(open);
const readAsync = promisify(read);
const writeAsync = promisify(write);
const writevAsync = promisify(writev);

const FLAGS: Record<OpenMode, string> = { read: "r", update: "r+", create: "wx+" };
const FILE_MODE = 0o600;
/** Linux takes at most IOV_MAX parts in one call. */
const PARTS_MAX = 1024;

export async function openFile(path: string, mode: OpenMode, inline: boolean): Promise<FileHandle> {
  return new NodeFileHandle(path, await openAsync(path, FLAGS[mode], FILE_MODE), inline);
}

/**
 * An open file. Invariant: the descriptor is given back only when no call on it is under way, since the system hands the same
 * number to the next file opened, and a late write would land there.
 */
class NodeFileHandle implements FileHandle {
  readonly #path: string;
  readonly #fd: number;
  readonly #inline: boolean;
  #underWay = 0;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(path: string, fd: number, inline: boolean) {
    this.#path = path;
    this.#fd = fd;
    this.#inline = inline;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#call(() => this.#readFully(target, position));
  }

  write(parts: readonly Uint8Array[], position: number): Promise<void> {
    return this.#call(() => this.#writeFully(parts, position));
  }

  datasync(): Promise<void> {
    return this.#call(() => datasyncAsync(this.#fd));
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#call(() => truncateAsync(this.#fd, sizeBytes));
  }

  sizeBytes(): Promise<number> {
    return this.#call(async () => (await statAsync(this.#fd)).size);
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers<void>();
      if (this.#underWay === 0) this.#release(this.#closed);
    }
    return this.#closed.promise;
  }

  /** As `close`; what has to be durable was synced before, so that a refusal here would only hide why the work ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close();
    } catch (error) {
      if (!isFault(error)) throw error;
    }
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

  async #readFully(target: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const length = target.length - done;
      const got = this.#inline
        ? readSync(this.#fd, target, done, length, position + done)
        : (await readAsync(this.#fd, target, done, length, position + done)).bytesRead;
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  async #writeFully(parts: readonly Uint8Array[], position: number): Promise<void> {
    let at = position;
    let rest = parts.filter((part) => part.length > 0);
    while (rest.length > 0) {
      const batch = rest.slice(0, PARTS_MAX);
      const written = await this.#writeOnce(batch, at);
      // A device that takes nothing and reports nothing would be asked for ever.
      if (written === 0) throw fileFault("EIO", this.#path);
      at += written;
      rest = [...afterBytes(batch, written), ...rest.slice(PARTS_MAX)];
    }
  }

  async #writeOnce(parts: readonly Uint8Array[], position: number): Promise<number> {
    if (this.#inline) return writevSync(this.#fd, parts, position);
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      return (await writeAsync(this.#fd, only, 0, only.length, position)).bytesWritten;
    }
    return (await writevAsync(this.#fd, parts, position)).bytesWritten;
  }
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
