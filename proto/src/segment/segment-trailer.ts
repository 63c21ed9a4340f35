/** The last 64 bytes of a sealed segment (proto/segment.md §6). */
import { readUint64, viewOf, writeUint64 } from "@leeward/base";
import { checksumOf } from "./checksum.ts";
import { readId, writeId } from "./id-field.ts";
import { FRAME_BYTES_MAX, TRAILER_BYTES } from "./limits.ts";

export interface SegmentTrailer {
  readonly footerPosition: number;
  /** Head and stored bytes. */
  readonly footerBytes: number;
  readonly footerOrdinal: number;
  /** Of the whole file. */
  readonly fileBytes: number;
  /** As in the header. */
  readonly fileId: string;
}

const MAGIC = Uint8Array.of(0x4c, 0x57, 0x48, 0x52, 0x4c, 0x45, 0x4e, 0x44);
const AT = { footerPosition: 8, footerBytes: 16, footerOrdinal: 20, fileBytes: 24, fileId: 32, crc: 60 } as const;

export function encodeTrailer(trailer: SegmentTrailer): Uint8Array {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = viewOf(bytes);
  bytes.set(MAGIC, 0);
  writeUint64(view, AT.footerPosition, trailer.footerPosition);
  view.setUint32(AT.footerBytes, trailer.footerBytes, true);
  view.setUint32(AT.footerOrdinal, trailer.footerOrdinal, true);
  writeUint64(view, AT.fileBytes, trailer.fileBytes);
  writeId(bytes, AT.fileId, trailer.fileId);
  view.setUint32(AT.crc, checksumOf([bytes.subarray(0, AT.crc)]), true);
  return bytes;
}

/** The trailer that is the 64 bytes, or undefined when they are none: the file is not sealed, and nothing is wrong with that. */
export function decodeTrailer(bytes: Uint8Array): SegmentTrailer | undefined {
  if (bytes.length !== TRAILER_BYTES || !MAGIC.every((byte, index) => bytes[index] === byte)) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(AT.crc, true) !== checksumOf([bytes.subarray(0, AT.crc)])) return undefined;
  const footerPosition = readUint64(view, AT.footerPosition);
  const fileBytes = readUint64(view, AT.fileBytes);
  const footerBytes = view.getUint32(AT.footerBytes, true);
  if (footerPosition === undefined || fileBytes === undefined || footerBytes > FRAME_BYTES_MAX) return undefined;
  return {
    footerPosition,
    footerBytes,
    footerOrdinal: view.getUint32(AT.footerOrdinal, true),
    fileBytes,
    fileId: readId(bytes, AT.fileId),
  };
}
