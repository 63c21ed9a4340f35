/** Frame heads: what stands in the clear before every frame (proto/segment.md §3). */
import { readUint64, viewOf, writeUint64 } from "@leeward/base";
import { checksumOf } from "./checksum.ts";
import {
  CIPHER_TAG_BYTES,
  FRAME_HEAD_BYTES,
  FRAME_HEAD_CHECKED_BYTES,
  FRAME_RAW_BYTES_MAX,
  FRAME_RECORDS_MAX,
} from "./limits.ts";
import { numbering } from "./numbering.ts";
import { frameDamaged } from "./segment-fault.ts";

/** `LWFR` as it is read little-endian. */
const FRAME_MAGIC = 0x5246574c;

export const FRAME_KIND = numbering(["records", "index", "footer", "content"], 1);
export type FrameKind = (typeof FRAME_KIND.names)[number];

export const FRAME_CODEC = numbering(["none", "lz4", "zstd"], 0);
/** How the raw bytes of a frame are compressed. */
export type FrameCodec = (typeof FRAME_CODEC.names)[number];

export interface FrameHead {
  readonly kind: FrameKind;
  readonly codec: FrameCodec;
  /** After the head. */
  readonly storedBytes: number;
  /** After decryption and decompression. */
  readonly rawBytes: number;
  /** First sequence for the records of a log file, else the ordinal of the frame in its file. */
  readonly number: number;
  /** Records, in a log file; else 0. */
  readonly count: number;
}

/** Writes all but the checksum: the bytes that the AAD of an encrypted frame holds. */
export function writeFrameHead(view: DataView, position: number, head: FrameHead): void {
  view.setUint32(position, FRAME_MAGIC, true);
  view.setUint8(position + 4, FRAME_KIND.numberOf(head.kind));
  view.setUint8(position + 5, FRAME_CODEC.numberOf(head.codec));
  view.setUint16(position + 6, 0, true);
  view.setUint32(position + 8, head.storedBytes, true);
  view.setUint32(position + 12, head.rawBytes, true);
  writeUint64(view, position + 16, head.number);
  view.setUint32(position + 24, head.count, true);
}

/** Writes the checksum over the head before it and the stored parts. `head` is the 32 bytes of the head. */
export function writeFrameChecksum(head: Uint8Array, stored: readonly Uint8Array[]): void {
  const crc = checksumOf([head.subarray(0, FRAME_HEAD_CHECKED_BYTES), ...stored]);
  viewOf(head).setUint32(FRAME_HEAD_CHECKED_BYTES, crc, true);
}

/** The head, with its checksum, as 32 bytes. */
export function encodeFrameHead(head: FrameHead, stored: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEAD_BYTES);
  writeFrameHead(viewOf(bytes), 0, head);
  writeFrameChecksum(bytes, stored);
  return bytes;
}

/**
 * The head at `position`, its limits checked and its checksum not; undefined when fewer than 32 bytes are there.
 * @throws Fault `frame-damaged`
 */
export function decodeFrameHead(bytes: Uint8Array, position: number): FrameHead | undefined {
  if (bytes.length - position < FRAME_HEAD_BYTES) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(position, true) !== FRAME_MAGIC) throw frameDamaged("it does not begin as one");
  const kind = FRAME_KIND.nameOf(view.getUint8(position + 4));
  const codec = FRAME_CODEC.nameOf(view.getUint8(position + 5));
  const storedBytes = view.getUint32(position + 8, true);
  const rawBytes = view.getUint32(position + 12, true);
  const number = readUint64(view, position + 16);
  const count = view.getUint32(position + 24, true);
  if (
    kind === undefined ||
    codec === undefined ||
    number === undefined ||
    view.getUint16(position + 6, true) !== 0 ||
    rawBytes > FRAME_RAW_BYTES_MAX ||
    storedBytes > rawBytes + CIPHER_TAG_BYTES ||
    count > FRAME_RECORDS_MAX
  ) {
    throw frameDamaged("its head breaks a rule", { storedBytes, rawBytes });
  }
  return { kind, codec, storedBytes, rawBytes, number, count };
}

/** The stored bytes of the whole frame at `position`. */
export interface CheckedFrame {
  readonly head: FrameHead;
  /** The head's bytes, checksum included: a view. */
  readonly headBytes: Uint8Array;
  /** A view. */
  readonly stored: Uint8Array;
  /** Where the next frame begins. */
  readonly end: number;
}

/**
 * The frame at `position`, checksum checked; undefined when the bytes end before the frame does.
 * @throws Fault `frame-damaged`
 */
export function checkFrame(bytes: Uint8Array, position: number): CheckedFrame | undefined {
  const head = decodeFrameHead(bytes, position);
  if (head === undefined) return undefined;
  const storedAt = position + FRAME_HEAD_BYTES;
  const end = storedAt + head.storedBytes;
  if (end > bytes.length) return undefined;
  const headBytes = bytes.subarray(position, storedAt);
  const stored = bytes.subarray(storedAt, end);
  const crc = checksumOf([headBytes.subarray(0, FRAME_HEAD_CHECKED_BYTES), stored]);
  if (crc !== viewOf(headBytes).getUint32(FRAME_HEAD_CHECKED_BYTES, true)) {
    throw frameDamaged("its checksum does not match its bytes", { kind: head.kind, number: head.number });
  }
  return { head, headBytes, stored, end };
}
