/**
 * Writes a file that is sealed at once: header, frames in the order they were added, trailer.
 *
 * Frames are compressed and encrypted side by side, and written in order, some at once, past the page cache. Order at the end: data →
 * trailer → datasync → close → folder sync. A crash before leaves any part of the file, which nobody has been told of: whoever finds it
 * removes it.
 */
import { createHash } from "node:crypto";
import { type Random, randomId } from "@leeward/base";
import {
  encodeHeader,
  encodeTrailer,
  type FrameCodec,
  type FrameKind,
  SALT_BYTES,
  type SegmentHeader,
  TRAILER_BYTES,
} from "@leeward/proto";
import { type FileHandle, type Files, LARGE_IO_BYTES, type World } from "@leeward/world";
import { type DataKey, FrameCoder } from "./frame-coder.ts";
import type { FrameSink, PlacedFrame } from "./index-builder.ts";

/** What whoever makes a file decides of its header. */
export type SegmentDraft = Omit<SegmentHeader, "fileId" | "wallMicros" | "monotonicMicros" | "codec" | "encryption">;

export interface SegmentFileOptions {
  /** Absolute; nothing is there yet. */
  readonly path: string;
  readonly draft: SegmentDraft;
  readonly codec: FrameCodec;
  /** undefined: the file is plain. */
  readonly key?: DataKey;
  /** Told of the file's bytes, part after part, which nobody changes any more; all of them, once it is finished. */
  readonly onPart?: (part: Uint8Array) => void;
}

/** Written at once: a few large writes cost less than many small ones. */
const GATHERED_BYTES_MAX = 1024 * 1024;

export class FrameFileWriter implements FrameSink {
  readonly header: SegmentHeader;
  readonly path: string;
  readonly #files: Files;
  readonly #handle: FileHandle;
  readonly #coder: FrameCoder;
  readonly #hash = createHash("sha256");
  readonly #onPart: ((part: Uint8Array) => void) | undefined;
  /** Encoded and not written, from `#writtenBytes` on. */
  #gathered: Uint8Array[] = [];
  #writtenBytes: number;
  #position: number;
  #ordinal = 0;
  #written: Promise<void> = Promise.resolve();

  private constructor(parts: {
    world: World;
    path: string;
    header: SegmentHeader;
    handle: FileHandle;
    headerBytes: Uint8Array;
    options: SegmentFileOptions;
  }) {
    const { world, path, header, handle, headerBytes, options } = parts;
    const { key, onPart } = options;
    this.path = path;
    this.header = header;
    this.#files = world.files;
    this.#handle = handle;
    this.#coder = new FrameCoder({ compute: world.compute, header, headerBytes, key });
    this.#hash.update(headerBytes);
    this.#onPart = onPart;
    onPart?.(headerBytes);
    this.#writtenBytes = headerBytes.length;
    this.#position = headerBytes.length;
  }

  /** Makes the file, with a fresh id and salt. @throws what the files throw */
  static async create(world: World, options: SegmentFileOptions): Promise<FrameFileWriter> {
    const { path } = options;
    const header = headerOf(world, options);
    const headerBytes = encodeHeader(header);
    const handle = await world.files.open(path, "create", { bypassCacheFrom: LARGE_IO_BYTES });
    await handle.write([headerBytes], 0);
    return new FrameFileWriter({ world, path, header, handle, headerBytes, options });
  }

  /** Where the next frame would go, once all that were added are written. */
  get position(): number {
    return this.#position;
  }

  /** Settles when the frame has its place, and there is room for more. `raw` is borrowed until then. */
  add(kind: FrameKind, raw: Uint8Array): Promise<PlacedFrame> {
    const ordinal = this.#ordinal;
    this.#ordinal += 1;
    const encoding = this.#coder.encode(kind, ordinal, raw);
    const placed = this.#place(this.#written, { raw, encoding }, ordinal);
    this.#written = placed.then(() => undefined);
    // Whoever added the frame gets the failure, and so does every frame after it.
    this.#written.catch(() => undefined);
    return placed;
  }

  /** SHA-256 of all that is written. */
  digest(): Uint8Array {
    return new Uint8Array(this.#hash.copy().digest());
  }

  /** Ends the file with its trailer; it and its name are durable when it settles. */
  async finish(footer: PlacedFrame): Promise<{ readonly bytes: number; readonly sha256: Uint8Array }> {
    const bytes = this.#position + TRAILER_BYTES;
    const trailer = encodeTrailer({
      footerPosition: footer.position,
      footerBytes: footer.bytes,
      footerOrdinal: footer.ordinal,
      fileBytes: bytes,
      fileId: this.header.fileId,
    });
    this.#gather(trailer);
    await this.#flush();
    await this.#handle.datasync();
    await this.#handle.close();
    await this.#files.syncFolder(this.path.slice(0, this.path.lastIndexOf("/")));
    return { bytes, sha256: this.digest() };
  }

  /** Removes the file. */
  async abort(): Promise<void> {
    await Promise.allSettled([this.#written]);
    await this.#handle.close();
    await this.#files.remove(this.path);
  }

  async #place(
    before: Promise<void>,
    { raw, encoding }: { readonly raw: Uint8Array; readonly encoding: Promise<readonly Uint8Array[]> },
    ordinal: number,
  ): Promise<PlacedFrame> {
    const [parts] = await Promise.all([encoding, before]);
    const position = this.#position;
    // What nothing shortened or hid is the caller's own, and written later.
    for (const part of parts) this.#gather(part.buffer === raw.buffer ? part.slice() : part);
    if (this.#position - this.#writtenBytes >= GATHERED_BYTES_MAX) await this.#flush();
    return { position, ordinal, bytes: this.#position - position };
  }

  #gather(part: Uint8Array): void {
    this.#hash.update(part);
    this.#onPart?.(part);
    this.#gathered.push(part);
    this.#position += part.length;
  }

  /** One call at a time. */
  async #flush(): Promise<void> {
    const parts = this.#gathered;
    this.#gathered = [];
    const position = this.#writtenBytes;
    this.#writtenBytes = this.#position;
    await this.#handle.write(parts, position);
  }
}

function headerOf({ clock, random }: World, { draft, codec, key }: SegmentFileOptions): SegmentHeader {
  return {
    ...draft,
    fileId: randomId(random),
    wallMicros: clock.wallMicros(),
    monotonicMicros: clock.monotonicMicros(),
    codec,
    ...(key === undefined ? {} : { encryption: encryptionOf(key, random) }),
  };
}

function encryptionOf(key: DataKey, random: Random): NonNullable<SegmentHeader["encryption"]> {
  return { cipher: "aes-256-gcm", keyId: key.keyId, salt: random.bytes(SALT_BYTES) };
}
