// An object as a file: its bytes, and behind them a trailer with its tag. So content and tag come and go together, whichever name the file gets, and a copy of the folder has them too.
//
//   bytes of the object │ "LeewardObjectTag" (16) │ tag (16, random)
//
// A file without a trailer is an object that somebody else put there (a bucket that was copied into the folder): all of it are its bytes, and its tag is made of what the file system knows of it.
import { type FileHandle, open } from "node:fs/promises";
import type { ObjectSource, ObjectStatus } from "./object-store.ts";

const MAGIC = Buffer.from("LeewardObjectTag", "latin1");
const TAG_BYTES = 16;
const TRAILER_BYTES = MAGIC.length + TAG_BYTES;
const CHUNK_BYTES = 1024 * 1024;
const NANOS_PER_MICRO = 1_000n;

/** Writes the object into a file that is not there yet, durably but for its name; `tag` is 32 hex digits. */
export async function writeObjectFile(
  path: string,
  { source, tag, signal }: { source: ObjectSource; tag: string; signal: AbortSignal | undefined },
): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, source.sizeBytes));
    for (let at = 0; at < source.sizeBytes; at += chunk.length) {
      signal?.throwIfAborted();
      const part = chunk.subarray(0, source.sizeBytes - at);
      await source.read(part, at);
      await writeFully(file, part, at);
    }
    await writeFully(file, Buffer.concat([MAGIC, Buffer.from(tag, "hex")]), source.sizeBytes);
    signal?.throwIfAborted();
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** An object's file that is open for reading. */
export class ObjectFile implements AsyncDisposable {
  readonly status: ObjectStatus;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, status: ObjectStatus) {
    this.#file = file;
    this.status = status;
  }

  /** undefined when what is at `path` is no file. @throws what opening throws */
  static async open(path: string, key: string): Promise<ObjectFile | undefined> {
    const file = await open(path, "r");
    try {
      const stat = await file.stat({ bigint: true });
      if (stat.isFile()) return new ObjectFile(file, { key, ...(await statusOf(file, stat)) });
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return undefined;
  }

  /** Fills `target` from `position`; returns how many bytes there were. */
  async read(target: Uint8Array, position: number): Promise<number> {
    const length = Math.max(0, Math.min(target.length, this.status.sizeBytes - position));
    return readFully(this.#file, target.subarray(0, length), position);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

async function statusOf(
  file: FileHandle,
  stat: { readonly size: bigint; readonly mtimeNs: bigint; readonly ino: bigint },
): Promise<Omit<ObjectStatus, "key">> {
  const size = Number(stat.size);
  const modifiedMicros = Number(stat.mtimeNs / NANOS_PER_MICRO);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  const isWhole = size >= TRAILER_BYTES && (await readFully(file, trailer, size - TRAILER_BYTES)) === TRAILER_BYTES;
  if (isWhole && trailer.subarray(0, MAGIC.length).equals(MAGIC)) {
    return { sizeBytes: size - TRAILER_BYTES, modifiedMicros, tag: trailer.toString("hex", MAGIC.length) };
  }
  return { sizeBytes: size, modifiedMicros, tag: `${stat.ino}-${stat.mtimeNs}-${size}` };
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
