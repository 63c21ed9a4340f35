/**
 * Frames of files that are sealed at once: compressed, then encrypted (proto/segment.md §3, §7).
 *
 * Invariant: a pair of key and nonce encrypts one frame once. The key is of one file, by its fresh salt; the nonce is the ordinal, and
 * whoever encodes gives each ordinal to one frame. Worst outcome if broken: AES-GCM gives away contents and can be forged.
 */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { Fault, viewOf } from "@leeward/base";
import {
  type CheckedFrame,
  CIPHER_TAG_BYTES,
  FRAME_HEAD_BYTES,
  FRAME_HEAD_CHECKED_BYTES,
  type FrameCodec,
  type FrameHead,
  type FrameKind,
  frameDamaged,
  type SegmentHeader,
  writeFrameChecksum,
  writeFrameHead,
} from "@leeward/proto";
import type { Compute } from "@leeward/world";

/** A disk's data key. */
export interface DataKey {
  /** Id, as the header names it. */
  readonly keyId: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

export interface FrameCoderParts {
  readonly compute: Compute;
  readonly header: SegmentHeader;
  /** The header as it stands in the file. */
  readonly headerBytes: Uint8Array;
  /** Needed when the header names a cipher. */
  readonly key: DataKey | undefined;
}

const NONCE_BYTES = 12;
const KEY_BYTES = 32;

export class FrameCoder {
  readonly #compute: Compute;
  readonly #codec: FrameCodec;
  readonly #headerBytes: Uint8Array;
  /** A key object: with raw bytes each frame would make one, which costs more than a small frame itself. */
  readonly #fileKey: KeyObject | undefined;

  /** @throws Fault `key-missing`, `key-mismatch` */
  constructor({ compute, header, headerBytes, key }: FrameCoderParts) {
    this.#compute = compute;
    this.#codec = header.codec;
    this.#headerBytes = headerBytes;
    this.#fileKey = fileKeyOf(header, headerBytes, key);
  }

  /** Head and stored bytes of a frame. `raw` is borrowed until it settles, and where nothing shortens or hides it, as long as the result is used. */
  async encode(kind: FrameKind, ordinal: number, raw: Uint8Array): Promise<readonly Uint8Array[]> {
    const shorter = this.#codec === "none" ? undefined : await this.#compute.compress(this.#codec, raw);
    const packed = shorter ?? raw;
    const storedBytes = packed.length + (this.#fileKey === undefined ? 0 : CIPHER_TAG_BYTES);
    const codec = shorter === undefined ? "none" : this.#codec;
    const head = new Uint8Array(FRAME_HEAD_BYTES);
    const fields: FrameHead = { kind, codec, storedBytes, rawBytes: raw.length, number: ordinal, count: 0 };
    writeFrameHead(viewOf(head), 0, fields);
    const stored = this.#fileKey === undefined ? [packed] : this.#encrypt(this.#fileKey, head, packed);
    writeFrameChecksum(head, stored);
    return [head, ...stored];
  }

  /**
   * The raw bytes of a frame whose checksum is right.
   * @throws Fault `frame-damaged`, `frame-unauthentic`, `frame-undecodable`
   */
  async decode({ head, headBytes, stored }: CheckedFrame): Promise<Uint8Array> {
    const packed = this.#fileKey === undefined ? stored : this.#decrypt(this.#fileKey, headBytes, stored);
    if (head.codec !== "none") {
      const raw = await this.#compute.decompress(head.codec, packed, head.rawBytes);
      if (packed !== stored) freeBytes(packed);
      return raw;
    }
    if (packed.length !== head.rawBytes) throw frameDamaged("it is not as long as its head says");
    return packed;
  }

  /** As `decode`, for `look` alone: no view of the bytes is kept. */
  async inspect(frame: CheckedFrame, look: (raw: Uint8Array) => void): Promise<void> {
    const raw = await this.decode(frame);
    look(raw);
    if (this.#fileKey !== undefined && frame.head.codec === "none") freeBytes(raw);
  }

  #encrypt(fileKey: KeyObject, head: Uint8Array, packed: Uint8Array): readonly Uint8Array[] {
    const cipher = createCipheriv("aes-256-gcm", fileKey, nonceOf(head));
    cipher.setAAD(this.#headerBytes);
    cipher.setAAD(head.subarray(0, FRAME_HEAD_CHECKED_BYTES));
    const encrypted = cipher.update(packed);
    cipher.final();
    return [encrypted, cipher.getAuthTag()];
  }

  #decrypt(fileKey: KeyObject, head: Uint8Array, stored: Uint8Array): Uint8Array {
    const tagAt = stored.length - CIPHER_TAG_BYTES;
    if (tagAt < 0) throw frameDamaged("it is too short to be encrypted");
    const decipher = createDecipheriv("aes-256-gcm", fileKey, nonceOf(head), { authTagLength: CIPHER_TAG_BYTES });
    decipher.setAAD(this.#headerBytes);
    decipher.setAAD(head.subarray(0, FRAME_HEAD_CHECKED_BYTES));
    decipher.setAuthTag(stored.subarray(tagAt));
    const packed = decipher.update(stored.subarray(0, tagAt));
    try {
      decipher.final();
    } catch (cause) {
      throw frameUnauthentic(cause);
    }
    return packed;
  }
}

/**
 * Gives back the memory of bytes that nobody has a view of any more. The garbage collector counts it as its own: left to it, it runs for every few MiB, which costs several
 * times what decrypting does.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function fileKeyOf(header: SegmentHeader, headerBytes: Uint8Array, key: DataKey | undefined): KeyObject | undefined {
  if (header.encryption === undefined) return undefined;
  const { keyId, salt } = header.encryption;
  if (key === undefined) throw keyMissing(keyId);
  if (key.keyId !== keyId || key.bytes.length !== KEY_BYTES) throw keyMismatch(keyId, key.keyId);
  const info = createHash("sha256").update(headerBytes).digest();
  return createSecretKey(new Uint8Array(hkdfSync("sha256", key.bytes, salt, info, KEY_BYTES)));
}

/** The ordinal as it stands in the frame head, and zeroes. */
function nonceOf(head: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  nonce.set(head.subarray(ORDINAL_AT, ORDINAL_AT + 8), 0);
  return nonce;
}

const ORDINAL_AT = 16;

function frameUnauthentic(cause: unknown): Fault {
  return new Fault({
    code: "frame-unauthentic",
    kind: "corruption",
    message: "A frame was not encrypted with this key for this place of this file.",
    remedy:
      "Treat it as tampering until explained: find out who can write to the store; take the file from another copy.",
    cause,
  });
}

function keyMissing(keyId: string): Fault {
  return new Fault({
    code: "key-missing",
    kind: "operator",
    message: `The segment is encrypted with the data key ${keyId}, which is not at hand.`,
    remedy:
      "Offline, give the recovery key with `--key`. At a master target, check its session to the config server, which sends the key.",
    detail: { keyId },
  });
}

function keyMismatch(keyId: string, given: string): Fault {
  return new Fault({
    code: "key-mismatch",
    kind: "operator",
    message: `The segment is encrypted with the data key ${keyId}, not with ${given}.`,
    remedy: "Give the key of this disk; a segment of another disk does not belong into this folder.",
    detail: { keyId, given },
  });
}
