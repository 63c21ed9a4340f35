import { assert, randomId } from "@leeward/base";
import { type DataKey, FrameCoder } from "@leeward/change-log";
import { encodeHeader, FRAME_RAW_BYTES_MAX, HEADER_BYTES, SALT_BYTES, type SegmentHeader } from "@leeward/proto";
import type { FileHandle, World } from "@leeward/world";
import type { Entry } from "./entry.ts";
import { encodeEntry } from "./entry-codec.ts";
import { FieldWriter } from "./field-writer.ts";

/** Raw bytes after which entries of a new manifest go into the next frame. */
const FRAME_BYTES = 512 * 1024;
const NO_ID = "0".repeat(32);

/** Whose manifest it is. Ids are 32 hex digits. */
export interface JournalIdentity {
  readonly machineId: string;
  readonly diskId: string;
}

interface NewManifest extends JournalIdentity {
  readonly number: number;
  readonly dataKey: DataKey;
  readonly hasHoles: boolean;
}

/** A manifest that is being written: frames one after another, never over one another. */
export class ManifestWriter {
  readonly #handle: FileHandle;
  readonly #coder: FrameCoder;
  /** Whether its header says that a branch may have holes. */
  readonly hasHoles: boolean;
  #end = HEADER_BYTES;
  #ordinal = 0;

  private constructor(handle: FileHandle, coder: FrameCoder, hasHoles: boolean) {
    this.hasHoles = hasHoles;
    this.#handle = handle;
    this.#coder = coder;
  }

  /** Makes the file with its header, a fresh salt and a fresh id. Neither it nor its name is durable yet. */
  static async create(world: World, path: string, options: NewManifest): Promise<ManifestWriter> {
    const header = headerOf(world, options);
    const headerBytes = encodeHeader(header);
    const handle = await world.files.open(path, "create");
    await handle.write([headerBytes], 0);
    const coder = new FrameCoder({ compute: world.compute, header, headerBytes, key: options.dataKey });
    return new ManifestWriter(handle, coder, options.hasHoles);
  }

  get bytes(): number {
    return this.#end;
  }

  get frames(): number {
    return this.#ordinal;
  }

  /** Entries as frames, none of them durable yet. For a manifest that nothing names yet. */
  async writeAll(entries: Iterable<Entry>): Promise<void> {
    const fields = new FieldWriter();
    for (const entry of entries) {
      encodeEntry(fields, entry);
      if (fields.length < FRAME_BYTES) continue;
      await this.#writeFrame(fields.bytes());
      fields.clear();
    }
    if (fields.length > 0) await this.#writeFrame(fields.bytes());
  }

  /** The entries as one frame: after a crash all of them are there or none. Durable when it settles. */
  async append(entries: readonly Entry[]): Promise<void> {
    const fields = new FieldWriter();
    for (const entry of entries) encodeEntry(fields, entry);
    await this.#writeFrame(fields.bytes());
    await this.#handle.datasync();
  }

  async datasync(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #writeFrame(raw: Uint8Array): Promise<void> {
    assert(raw.length <= FRAME_RAW_BYTES_MAX, "entries of one frame fit into it");
    // Taken before the write: an ordinal whose frame may have reached the disk is never sealed again.
    const ordinal = this.#ordinal;
    this.#ordinal += 1;
    const parts = await this.#coder.encode("content", ordinal, raw);
    await this.#handle.write(parts, this.#end);
    for (const part of parts) this.#end += part.length;
  }
}

function headerOf(world: World, options: NewManifest): SegmentHeader {
  return {
    kind: "manifest",
    fileId: randomId(world.random),
    machineId: options.machineId,
    diskId: options.diskId,
    branch: NO_ID,
    from: options.number,
    range: { offset: 0, length: 0 },
    diskBytes: 0,
    blockBytes: 512,
    physicalBlockBytes: 512,
    bootId: NO_ID,
    wallMicros: world.clock.wallMicros(),
    monotonicMicros: world.clock.monotonicMicros(),
    codec: "none",
    encryption: {
      cipher: "aes-256-gcm",
      keyId: options.dataKey.keyId,
      salt: world.random.bytes(SALT_BYTES),
    },
    ...(options.hasHoles && { hasHoles: true }),
  };
}
