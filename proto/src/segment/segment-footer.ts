/** The last frame of a sealed segment (proto/segment.md §6). */
import { assert, readUint64, viewOf, writeUint64 } from "@leeward/base";
import { readId, writeId } from "./id-field.ts";
import { FOOTER_ITEMS_MAX, FRAME_BYTES_MAX } from "./limits.ts";
import { type Mark, RECORD_KIND, type RecordKind, type Span } from "./record.ts";
import { decodeMark, decodeSpan, encodeMark, encodeSpan, PAYLOAD_BYTES } from "./record-payload.ts";
import { segmentDamaged } from "./segment-fault.ts";

export type RecordCounts = Readonly<Record<RecordKind, number>>;

/** A mark, and where it stands. */
export interface ListedMark {
  readonly sequence: number;
  /** Of the record; microseconds. */
  readonly timeMicros: number;
  readonly mark: Mark;
}

/** The beginning or the end of a span, and where it stands. */
export type ListedSpan = { readonly sequence: number; readonly timeMicros: number } & (
  | { readonly step: "begin"; readonly span: Span }
  | { readonly step: "end"; readonly spanId: string }
);

/** Where the root of the index lies. */
export interface IndexRoot {
  readonly position: number;
  readonly ordinal: number;
  readonly bytes: number;
}

export interface SegmentFooter {
  readonly from: number;
  /** from - 1 when the file holds nothing. */
  readonly to: number;
  /** Of all records frames. */
  readonly rawBytes: number;
  /** In the index. */
  readonly entryCount: number;
  /** undefined: the file has no extents. */
  readonly root?: IndexRoot;
  readonly diskBytes: number;
  /** When it was sealed. */
  readonly wallMicros: number;
  readonly counts: RecordCounts;
  /** Position after the last records frame. */
  readonly recordsEnd: number;
  /** SHA-256 of the file up to the footer's frame; undefined in a log file. */
  readonly digest?: Uint8Array;
  /** At most 1,024; where `counts` tells more, the records have the others. */
  readonly marks: readonly ListedMark[];
  /** At most 1,024; likewise. */
  readonly spans: readonly ListedSpan[];
}

const AT = {
  from: 0,
  to: 8,
  rawBytes: 16,
  entryCount: 24,
  rootPosition: 32,
  rootOrdinal: 40,
  rootBytes: 44,
  diskBytes: 48,
  wallMicros: 56,
  counts: 64,
  recordsEnd: 128,
  digest: 136,
  markCount: 168,
  spanCount: 172,
  items: 176,
} as const;
const DIGEST_BYTES = 32;
const ITEM_BYTES = 56;
const MARK_PAYLOAD_AT = 16;
const SPAN_STEP_AT = 16;
const SPAN_PAYLOAD_AT = 24;

export function encodeFooter(footer: SegmentFooter): Uint8Array {
  const { marks, spans } = footer;
  assert(marks.length <= FOOTER_ITEMS_MAX && spans.length <= FOOTER_ITEMS_MAX, "a footer lists at most 1,024 of each");
  const bytes = new Uint8Array(AT.items + (marks.length + spans.length) * ITEM_BYTES);
  const view = viewOf(bytes);
  writeUint64(view, AT.from, footer.from);
  writeUint64(view, AT.to, footer.to);
  writeUint64(view, AT.rawBytes, footer.rawBytes);
  writeUint64(view, AT.entryCount, footer.entryCount);
  writeUint64(view, AT.rootPosition, footer.root?.position ?? 0);
  view.setUint32(AT.rootOrdinal, footer.root?.ordinal ?? 0, true);
  view.setUint32(AT.rootBytes, footer.root?.bytes ?? 0, true);
  writeUint64(view, AT.diskBytes, footer.diskBytes);
  writeUint64(view, AT.wallMicros, footer.wallMicros);
  for (const [index, kind] of RECORD_KIND.names.entries())
    writeUint64(view, AT.counts + 8 * index, footer.counts[kind]);
  writeUint64(view, AT.recordsEnd, footer.recordsEnd);
  if (footer.digest !== undefined) bytes.set(footer.digest.subarray(0, DIGEST_BYTES), AT.digest);
  view.setUint32(AT.markCount, marks.length, true);
  view.setUint32(AT.spanCount, spans.length, true);
  let position: number = AT.items;
  for (const mark of marks) position = writeMark(bytes, position, mark);
  for (const span of spans) position = writeSpan(bytes, position, span);
  return bytes;
}

function writeMark(bytes: Uint8Array, position: number, { sequence, timeMicros, mark }: ListedMark): number {
  writeUint64(viewOf(bytes), position, sequence);
  writeUint64(viewOf(bytes), position + 8, timeMicros);
  bytes.set(encodeMark(mark), position + MARK_PAYLOAD_AT);
  return position + ITEM_BYTES;
}

function writeSpan(bytes: Uint8Array, position: number, item: ListedSpan): number {
  writeUint64(viewOf(bytes), position, item.sequence);
  writeUint64(viewOf(bytes), position + 8, item.timeMicros);
  bytes[position + SPAN_STEP_AT] = item.step === "begin" ? 1 : 2;
  if (item.step === "begin") bytes.set(encodeSpan(item.span), position + SPAN_PAYLOAD_AT);
  else writeId(bytes, position + SPAN_PAYLOAD_AT, item.spanId);
  return position + ITEM_BYTES;
}

/** @throws Fault `segment-damaged` */
export function decodeFooter(raw: Uint8Array): SegmentFooter {
  if (raw.length < AT.items) throw segmentDamaged("its footer is cut off");
  const view = viewOf(raw);
  const markCount = view.getUint32(AT.markCount, true);
  const spanCount = view.getUint32(AT.spanCount, true);
  if (
    markCount > FOOTER_ITEMS_MAX ||
    spanCount > FOOTER_ITEMS_MAX ||
    raw.length !== AT.items + (markCount + spanCount) * ITEM_BYTES
  ) {
    throw segmentDamaged("its footer does not hold what it says", { markCount, spanCount });
  }
  const spansAt = AT.items + markCount * ITEM_BYTES;
  const digest = new Uint8Array(raw.subarray(AT.digest, AT.digest + DIGEST_BYTES));
  const root = readRoot(view);
  return {
    from: numberAt(view, AT.from),
    to: numberAt(view, AT.to),
    rawBytes: numberAt(view, AT.rawBytes),
    entryCount: numberAt(view, AT.entryCount),
    ...(root === undefined ? {} : { root }),
    diskBytes: numberAt(view, AT.diskBytes),
    wallMicros: numberAt(view, AT.wallMicros),
    counts: readCounts(view),
    recordsEnd: numberAt(view, AT.recordsEnd),
    ...(digest.every((byte) => byte === 0) ? {} : { digest }),
    marks: Array.from({ length: markCount }, (_, index) => readMark(raw, AT.items + index * ITEM_BYTES)),
    spans: Array.from({ length: spanCount }, (_, index) => readSpan(raw, spansAt + index * ITEM_BYTES)),
  };
}

function readRoot(view: DataView): IndexRoot | undefined {
  const position = numberAt(view, AT.rootPosition);
  const bytes = view.getUint32(AT.rootBytes, true);
  if (bytes > FRAME_BYTES_MAX) throw segmentDamaged("the root of its index is larger than a frame may be");
  return position === 0 ? undefined : { position, ordinal: view.getUint32(AT.rootOrdinal, true), bytes };
}

function readCounts(view: DataView): RecordCounts {
  const counts: Record<RecordKind, number> = { ...NO_COUNTS };
  for (const [index, kind] of RECORD_KIND.names.entries()) counts[kind] = numberAt(view, AT.counts + 8 * index);
  return counts;
}

/** Counts of nothing. */
export const NO_COUNTS: RecordCounts = {
  write: 0,
  zero: 0,
  discard: 0,
  void: 0,
  mark: 0,
  "span-begin": 0,
  "span-end": 0,
  resize: 0,
};

function readMark(raw: Uint8Array, position: number): ListedMark {
  const payloadAt = position + MARK_PAYLOAD_AT;
  const mark = decodeMark(raw.subarray(payloadAt, payloadAt + PAYLOAD_BYTES.mark));
  return { sequence: numberAt(viewOf(raw), position), timeMicros: numberAt(viewOf(raw), position + 8), mark };
}

function readSpan(raw: Uint8Array, position: number): ListedSpan {
  const stamp = { sequence: numberAt(viewOf(raw), position), timeMicros: numberAt(viewOf(raw), position + 8) };
  const step = raw[position + SPAN_STEP_AT];
  const payload = raw.subarray(position + SPAN_PAYLOAD_AT, position + ITEM_BYTES);
  if (step === 1) return { ...stamp, step: "begin", span: decodeSpan(payload) };
  if (step === 2) return { ...stamp, step: "end", spanId: readId(payload, 0) };
  throw segmentDamaged("a span in its footer neither begins nor ends");
}

function numberAt(view: DataView, position: number): number {
  const value = readUint64(view, position);
  if (value === undefined) throw segmentDamaged("a number in its footer is above 2^53 - 1");
  return value;
}
