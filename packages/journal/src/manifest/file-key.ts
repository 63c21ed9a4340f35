import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { assert, viewOf, writeUint64 } from "@leeward/base";
import {
  type CheckedFrame,
  CIPHER_TAG_BYTES,
  encodeFrameHead,
  FRAME_HEAD_BYTES,
  FRAME_HEAD_CHECKED_BYTES,
  type FrameHead,
} from "@leeward/proto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
export const DATA_KEY_BYTES = 32;

/**
 * The key of one manifest (proto/segment.md §7): HKDF-SHA-256 of the disk's data key with the file's own salt and header.
 *
 * Invariant: a key seals each ordinal once. A file is only appended, its ordinals rise, and a rewrite takes a fresh salt.
 * Worst outcome: two plaintexts under one nonce, which gives both away and lets frames be forged.
 */
export class FileKey {
  readonly #key: Uint8Array;
  readonly #header: Uint8Array;

  constructor(options: { readonly dataKey: Uint8Array; readonly salt: Uint8Array; readonly header: Uint8Array }) {
    assert(options.dataKey.length === DATA_KEY_BYTES, "a data key has 32 bytes");
    const info = createHash("sha256").update(options.header).digest();
    this.#key = new Uint8Array(hkdfSync("sha256", options.dataKey, options.salt, info, DATA_KEY_BYTES));
    this.#header = options.header.slice();
  }

  /** Head and stored bytes of a content frame. */
  seal(ordinal: number, raw: Uint8Array): readonly [Uint8Array, Uint8Array] {
    const storedBytes = raw.length + CIPHER_TAG_BYTES;
    const head: FrameHead = {
      kind: "content",
      codec: "none",
      storedBytes,
      rawBytes: raw.length,
      number: ordinal,
      count: 0,
    };
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(ordinal));
    cipher.setAAD(this.#associated(encodeFrameHead(head, [])));
    const stored = new Uint8Array(storedBytes);
    stored.set(cipher.update(raw));
    cipher.final();
    stored.set(cipher.getAuthTag(), raw.length);
    return [encodeFrameHead(head, [stored]), stored];
  }

  /** What was sealed under this frame's head in this very file, or undefined when it was not. */
  open(frame: CheckedFrame): Uint8Array | undefined {
    const { head, stored, headBytes } = frame;
    if (head.codec !== "none" || stored.length !== head.rawBytes + CIPHER_TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, nonceOf(head.number), { authTagLength: CIPHER_TAG_BYTES });
    decipher.setAAD(this.#associated(headBytes));
    decipher.setAuthTag(stored.subarray(head.rawBytes));
    const raw = decipher.update(stored.subarray(0, head.rawBytes));
    try {
      decipher.final();
    } catch (error) {
      // node:crypto tells a wrong tag by an exception alone.
      if (error instanceof Error) return undefined;
      throw error;
    }
    return raw;
  }

  #associated(headBytes: Uint8Array): Uint8Array {
    assert(headBytes.length === FRAME_HEAD_BYTES, "a frame head has 32 bytes");
    const bytes = new Uint8Array(this.#header.length + FRAME_HEAD_CHECKED_BYTES);
    bytes.set(this.#header);
    bytes.set(headBytes.subarray(0, FRAME_HEAD_CHECKED_BYTES), this.#header.length);
    return bytes;
  }
}

function nonceOf(ordinal: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  writeUint64(viewOf(nonce), 0, ordinal);
  return nonce;
}
