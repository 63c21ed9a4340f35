/**
 * The points of one machine that its target has not stored yet, in one appended file.
 *
 * ```
 * 0          4          8            8 + n
 * ┌──────────┬──────────┬────────────┬──────────┬┄┄
 * │ n: u32   │ crc: u32 │ Envelope   │ n: u32   │      little-endian; the CRC-32 covers the Envelope, a `pointRecord`
 * └──────────┴──────────┴────────────┴──────────┴┄┄
 * ```
 *
 * An entry with the number of an earlier one replaces it. The file is read up to the first entry that is torn or bad: an agent
 * repeats each point until it is stored, so a lost tail costs nothing as long as the agent lives. Points that were stored leave when the file
 * is rewritten; a crash before that sends them once more, which the target answers in the same way.
 */
import { crc32 } from "node:zlib";
import { Fault, Mutex, viewOf } from "@leeward/base";
import { decodeEnvelope, encodeEnvelope, type PointRecord } from "@leeward/proto";
import { type FileHandle, type Files, readFile, replaceFile } from "@leeward/world";
import { LIMITS } from "../limits.ts";

const HEAD_BYTES = 8;

export class PointFile implements AsyncDisposable {
  readonly #files: Files;
  readonly #folder: string;
  readonly #name: string;
  readonly #lock = new Mutex();
  #handle: FileHandle;
  #sizeBytes = 0;

  private constructor(place: { files: Files; folder: string; name: string; handle: FileHandle; sizeBytes: number }) {
    this.#files = place.files;
    this.#folder = place.folder;
    this.#name = place.name;
    this.#handle = place.handle;
    this.#sizeBytes = place.sizeBytes;
  }

  /** Opens the file, or makes it, and gives what it holds in the order in which it was put. */
  static async open(files: Files, folder: string, name: string): Promise<{ file: PointFile; points: PointRecord[] }> {
    const path = `${folder}/${name}`;
    const known = (await files.status(path)) !== undefined;
    const bytes = known ? await readFile(files, path, LIMITS.pointFileBytesMax) : new Uint8Array();
    const { points, endBytes } = readEntries(bytes);
    const handle = await files.open(path, known ? "update" : "create");
    if (known) await handle.truncate(endBytes);
    else await files.syncFolder(folder);
    return { file: new PointFile({ files, folder, name, handle, sizeBytes: endBytes }), points };
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Adds the point; durable when it settles. */
  async append(point: PointRecord): Promise<void> {
    await this.#lock.hold(async () => {
      const parts = entryOf(point);
      await this.#handle.write(parts, this.#sizeBytes);
      this.#sizeBytes += bytesOf(parts);
      await this.#handle.datasync();
    });
  }

  /** Replaces the content by the points that `pending` gives once the file is free. */
  async rewrite(pending: () => readonly PointRecord[]): Promise<void> {
    await this.#lock.hold(async () => {
      const entries = pending().flatMap(entryOf);
      await this.#handle.close();
      await replaceFile(this.#files, this.#folder, this.#name, Buffer.concat(entries));
      this.#handle = await this.#files.open(`${this.#folder}/${this.#name}`, "update");
      this.#sizeBytes = bytesOf(entries);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock.hold(() => this.#handle.close());
  }
}

function entryOf(point: PointRecord): Uint8Array[] {
  const parts = encodeEnvelope({ kind: "pointRecord", value: point });
  const head = new Uint8Array(HEAD_BYTES);
  viewOf(head).setUint32(0, bytesOf(parts), true);
  viewOf(head).setUint32(4, crcOf(parts), true);
  return [head, ...parts];
}

function readEntries(bytes: Uint8Array): { points: PointRecord[]; endBytes: number } {
  const view = viewOf(bytes);
  const points: PointRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + view.getUint32(at, true);
    const body = bytes.subarray(at + HEAD_BYTES, end);
    if (end > bytes.length || body.length === 0 || crcOf([body]) !== view.getUint32(at + 4, true)) break;
    const point = pointIn(body);
    if (point === undefined) break;
    points.push(point);
    at = end;
  }
  return { points, endBytes: at };
}

function pointIn(body: Uint8Array): PointRecord | undefined {
  try {
    const message = decodeEnvelope(body);
    return message.body.kind === "pointRecord" ? message.body.value : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function crcOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((crc, part) => crc32(part, crc), 0);
}
