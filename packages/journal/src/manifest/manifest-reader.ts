import { isFault } from "@leeward/base";
import { type DataKey, FrameCoder } from "@leeward/change-log";
import {
  type CheckedFrame,
  checkFrame,
  decodeHeader,
  FRAME_BYTES_MAX,
  HEADER_BYTES,
  type SegmentHeader,
} from "@leeward/proto";
import type { Compute, FileHandle } from "@leeward/world";
import type { Entry } from "./entry.ts";
import { decodeEntry } from "./entry-codec.ts";
import { FieldError, FieldReader } from "./field-reader.ts";
import { manifestDamaged, manifestUnreadable } from "./manifest-fault.ts";

const WINDOW_BYTES = 4 * 1024 * 1024;

/** Where reading a manifest ended. */
export interface ManifestEnd {
  /** Whole frames. */
  readonly frames: number;
  /** A frame that a crash cut off stood behind the last whole one. */
  readonly torn: boolean;
}

/**
 * Reads a manifest.
 *
 * Each append is one frame and is durable before the next begins, so a crash can break only the last one: a broken frame with
 * whole ones behind it is damage, and so is one that is whole and does not decrypt.
 * @throws Fault `manifest-damaged`, `manifest-unreadable`
 */
export class ManifestReader {
  readonly header: SegmentHeader;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #coder: FrameCoder;
  readonly #interned = new Map<string, string>();
  readonly #fileBytes: number;
  #window = new Uint8Array(0);
  #windowAt = HEADER_BYTES;

  private constructor(options: {
    path: string;
    handle: FileHandle;
    fileBytes: number;
    header: SegmentHeader;
    coder: FrameCoder;
  }) {
    this.#path = options.path;
    this.#handle = options.handle;
    this.#fileBytes = options.fileBytes;
    this.header = options.header;
    this.#coder = options.coder;
  }

  /** The handle stays the caller's. */
  static async open(
    path: string,
    handle: FileHandle,
    options: { readonly compute: Compute; readonly dataKey: DataKey },
  ): Promise<ManifestReader> {
    const bytes = new Uint8Array(HEADER_BYTES);
    const got = await handle.read(bytes, 0);
    const header = headerOf(path, bytes.subarray(0, got));
    if (header.kind !== "manifest" || header.encryption === undefined) {
      throw manifestDamaged(path, "its header is not that of a manifest");
    }
    const coder = new FrameCoder({ compute: options.compute, header, headerBytes: bytes, key: options.dataKey });
    return new ManifestReader({ path, handle, fileBytes: await handle.sizeBytes(), header, coder });
  }

  /** The entries, in order, frame by frame; returns where they ended. @throws as the class says */
  async *frames(): AsyncGenerator<readonly Entry[], ManifestEnd> {
    let position = HEADER_BYTES;
    for (let ordinal = 0; ; ordinal += 1) {
      const frame = await this.#frameAt(position);
      if (frame === undefined) return { frames: ordinal, torn: await this.#isTornAt(position) };
      if (frame.head.kind !== "content" || frame.head.number !== ordinal) {
        throw manifestDamaged(this.#path, "a frame is not in its place", { ordinal, found: frame.head.number });
      }
      yield this.#decode(await this.#rawOf(frame), ordinal);
      position += frame.end - (position - this.#windowAt);
    }
  }

  async #rawOf(frame: CheckedFrame): Promise<Uint8Array> {
    try {
      return await this.#coder.decode(frame);
    } catch (error) {
      if (isFault(error, "frame-unauthentic")) throw manifestUnreadable(this.#path);
      throw error;
    }
  }

  #decode(raw: Uint8Array, ordinal: number): Entry[] {
    const fields = new FieldReader(raw, this.#interned);
    const entries: Entry[] = [];
    try {
      while (fields.rest > 0) entries.push(decodeEntry(fields));
      return entries;
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw manifestDamaged(this.#path, `frame ${ordinal} holds ${error.message}`, { ordinal });
    }
  }

  /** The whole frame at `position` as a view of the window, or undefined when what stands there is none. */
  async #frameAt(position: number): Promise<CheckedFrame | undefined> {
    await this.#slide(position);
    return frameIn(this.#window, position - this.#windowAt);
  }

  /** Makes the window hold the bytes from `position` on, as many as a frame can have. */
  async #slide(position: number): Promise<void> {
    const within = position - this.#windowAt;
    const isWhole = this.#windowAt + this.#window.length === this.#fileBytes;
    if (within >= 0 && within <= this.#window.length && (isWhole || within + FRAME_BYTES_MAX <= this.#window.length))
      return;
    const rest = Math.max(0, this.#fileBytes - position);
    const target = new Uint8Array(Math.min(WINDOW_BYTES, rest));
    const got = await this.#handle.read(target, position);
    this.#window = target.subarray(0, got);
    this.#windowAt = position;
  }

  /** Whether anything stands at the end. @throws Fault `manifest-damaged` when whole frames follow it */
  async #isTornAt(position: number): Promise<boolean> {
    const size = this.#fileBytes;
    for (let at = position + 1; at < size; at += WINDOW_BYTES - FRAME_BYTES_MAX) {
      await this.#slide(at);
      const found = firstFrameIn(this.#window, at - this.#windowAt);
      if (found !== undefined) {
        throw manifestDamaged(this.#path, "a frame is broken and others follow it", {
          position,
          found: this.#windowAt + found,
        });
      }
      if (this.#windowAt + this.#window.length >= size) break;
    }
    return size > position;
  }
}

function headerOf(path: string, bytes: Uint8Array): SegmentHeader {
  try {
    return decodeHeader(bytes);
  } catch (error) {
    if (!isFault(error, "segment-foreign", "segment-damaged")) throw error;
    throw manifestDamaged(path, "its header does not decode");
  }
}

function frameIn(bytes: Uint8Array, position: number): CheckedFrame | undefined {
  try {
    return checkFrame(bytes, position);
  } catch (error) {
    if (isFault(error, "frame-damaged")) return undefined;
    throw error;
  }
}

const FRAME_START = Buffer.from("LWFR", "latin1");

/** Position of the first whole frame that begins anywhere in `bytes` from `start` on. */
function firstFrameIn(bytes: Uint8Array, start: number): number | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = all.indexOf(FRAME_START, start); at >= 0; at = all.indexOf(FRAME_START, at + 1)) {
    if (frameIn(bytes, at) !== undefined) return at;
  }
  return undefined;
}
