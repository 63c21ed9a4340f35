import {
  checkFrame,
  decodeFooter,
  decodeHeader,
  decodeTrailer,
  HEADER_BYTES,
  type SegmentFooter,
  type SegmentHeader,
  type SegmentTrailer,
  segmentDamaged,
  TRAILER_BYTES,
} from "@leeward/proto";
import { type RandomAccess, readBytes } from "./random-access.ts";

/** @throws Fault `segment-foreign`, `segment-unsupported`, `segment-damaged` */
export async function readHeader(
  source: RandomAccess,
): Promise<{ readonly header: SegmentHeader; readonly bytes: Uint8Array }> {
  const bytes = await readBytes(source, 0, HEADER_BYTES);
  return { header: decodeHeader(bytes), bytes };
}

/** The trailer, when the file has one that is its own: otherwise it is not sealed. */
export async function readTrailer(source: RandomAccess, header: SegmentHeader): Promise<SegmentTrailer | undefined> {
  const fileBytes = await source.sizeBytes();
  if (fileBytes < HEADER_BYTES + TRAILER_BYTES) return undefined;
  const trailer = decodeTrailer(await readBytes(source, fileBytes - TRAILER_BYTES, TRAILER_BYTES));
  const own = trailer !== undefined && trailer.fileId === header.fileId && trailer.fileBytes === fileBytes;
  return own && trailer.footerPosition + trailer.footerBytes + TRAILER_BYTES === fileBytes ? trailer : undefined;
}

/** The footer of a plain file. @throws Fault `segment-damaged`, `frame-damaged` */
export async function readPlainFooter(source: RandomAccess, trailer: SegmentTrailer): Promise<SegmentFooter> {
  const bytes = await readBytes(source, trailer.footerPosition, trailer.footerBytes);
  const frame = checkFrame(bytes, 0);
  if (frame === undefined || frame.head.kind !== "footer" || frame.head.codec !== "none") {
    throw segmentDamaged("its trailer does not point at a footer");
  }
  return decodeFooter(frame.stored);
}
