import {
  checkFrame,
  decodeFooter,
  type FrameKind,
  frameDamaged,
  HEADER_BYTES,
  type SearchPage,
  type SegmentFooter,
  type SegmentHeader,
  type SegmentTrailer,
  segmentDamaged,
} from "@leeward/proto";
import { type FrameCoder, freeBytes } from "./frame-coder.ts";
import { EntryList } from "./index-reader.ts";
import { summariseFrame } from "./pending-frame.ts";
import { type RandomAccess, readBytes } from "./random-access.ts";
import { SegmentSummary } from "./segment-summary.ts";
import { scanUnsealed } from "./unsealed-frames.ts";

/** An open segment. */
export interface SegmentParts {
  readonly source: RandomAccess;
  readonly header: SegmentHeader;
  readonly headerBytes: Uint8Array;
  readonly coder: FrameCoder;
}

/** What the end of the file says, or a scan where there is none. */
export interface SegmentContents {
  readonly footer: SegmentFooter;
  readonly trailer: SegmentTrailer | undefined;
  /** The index of a file that is not sealed. */
  readonly entries: SearchPage | undefined;
}

/** @throws Fault `segment-damaged`, those of frames, what the source throws */
export async function sealedContents(parts: SegmentParts, trailer: SegmentTrailer): Promise<SegmentContents> {
  const { footerPosition: position, footerBytes: bytes, footerOrdinal: ordinal } = trailer;
  const footer = decodeFooter(await loadFrame(parts, { position, bytes, ordinal, kind: "footer" }));
  if (footer.recordsEnd > position) throw segmentDamaged("its records do not end before its footer");
  const { from, to = footer.to } = parts.header;
  if (footer.from !== from || footer.to !== to)
    throw segmentDamaged("its footer and its header cover different sequences");
  return { footer, trailer, entries: undefined };
}

/** @throws Fault `segment-damaged`, what the source throws */
export async function scannedContents({ source, header }: SegmentParts): Promise<SegmentContents> {
  if (header.kind !== "log") throw segmentDamaged("it is not sealed", { kind: header.kind });
  const summary = new SegmentSummary(header.diskBytes);
  let to = header.from - 1;
  let recordsEnd = HEADER_BYTES;
  await scanUnsealed(source, header.from, (frame, position) => {
    summariseFrame(summary, position, { ...frame, drafts: frame.records.map(({ record }) => record) });
    to = frame.to;
    recordsEnd = position + frame.bytes;
  });
  const entries = summary.entries();
  const { rawBytes, diskBytes, counts, marks, spans } = summary;
  const { from, wallMicros } = header;
  const footer = {
    from,
    to,
    rawBytes,
    entryCount: entries.length,
    diskBytes,
    wallMicros,
    counts,
    recordsEnd,
    marks,
    spans,
  };
  return { footer, trailer: undefined, entries: entries.length === 0 ? undefined : new EntryList(entries) };
}

export interface FramePlace {
  readonly position: number;
  readonly bytes: number;
  readonly kind: FrameKind;
  /** undefined: a records frame of a log, which has none. */
  readonly ordinal: number | undefined;
}

/** The raw bytes of one frame. @throws Faults of frames, what the source throws */
export async function loadFrame({ source, coder }: SegmentParts, place: FramePlace): Promise<Uint8Array> {
  const stored = await readBytes(source, place.position, place.bytes);
  const frame = checkFrame(stored, 0);
  if (frame === undefined || frame.end !== place.bytes) throw frameDamaged("it is not as long as it should be");
  if (frame.head.kind !== place.kind || (place.ordinal !== undefined && frame.head.number !== place.ordinal)) {
    throw frameDamaged("it is not the one that should be there", { position: place.position });
  }
  const raw = await coder.decode(frame);
  if (raw.buffer !== stored.buffer) freeBytes(stored);
  return raw;
}
