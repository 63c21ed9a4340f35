/**
 * The raw bytes of a records frame: count, record heads, payloads (proto/segment.md §3, §4).
 *
 * Heads lie together before the payloads, so that encoding gathers views of the data without copying it and decoding gives views
 * without copying them.
 */
import { assert, NUMBER_MAX, readUint64, unreachable, viewOf, writeUint64 } from "@leeward/base";
import { readId } from "./id-field.ts";
import { FRAME_PAYLOAD_BYTES_MAX, FRAME_RECORDS_MAX, RECORD_HEAD_BYTES, RECORDS_PRELUDE_BYTES } from "./limits.ts";
import { type LogRecord, RECORD_KIND, type RecordDraft, type RecordKind } from "./record.ts";
import { decodeMark, decodeSpan, numberAt, PAYLOAD_BYTES } from "./record-payload.ts";
import { frameDamaged } from "./segment-fault.ts";

/** Bytes before the first payload of a frame with `count` records. */
export function headsBytes(count: number): number {
  return RECORDS_PRELUDE_BYTES + count * RECORD_HEAD_BYTES;
}

/** Writes the count; its reserved bytes have to be 0 already or are made so. */
export function writePrelude(view: DataView, position: number, count: number): void {
  view.setUint32(position, count, true);
  view.setUint32(position + 4, 0, true);
}

export interface HeadFields {
  readonly sequence: number;
  readonly payloadBytes: number;
}

/** Writes one record head, all of its bytes. */
export function writeHead(
  view: DataView,
  position: number,
  fields: HeadFields & { readonly draft: RecordDraft },
): void {
  const { draft, sequence, payloadBytes } = fields;
  const offset = "offset" in draft ? draft.offset : 0;
  const length = draft.kind === "write" ? payloadBytes : "length" in draft ? draft.length : 0;
  assert(
    offset >= 0 && offset + length <= NUMBER_MAX && payloadBytes <= FRAME_PAYLOAD_BYTES_MAX,
    "a record keeps its limits",
  );
  assert(!("offset" in draft) || length > 0, "an extent is not empty");
  view.setUint32(position, RECORD_KIND.numberOf(draft.kind), true);
  view.setUint32(position + 4, payloadBytes, true);
  writeUint64(view, position + 8, sequence);
  writeUint64(view, position + 16, draft.timeMicros);
  writeUint64(view, position + 24, offset);
  writeUint64(view, position + 32, length);
}

/** A record, and where its payload begins in the raw bytes. */
export interface PlacedRecord {
  readonly record: LogRecord;
  readonly rawPosition: number;
}

/**
 * The records of a frame; their data are views of `raw`.
 * @throws Fault `frame-damaged`
 */
export function decodeRecords(raw: Uint8Array): LogRecord[] {
  return decodePlacedRecords(raw).map(({ record }) => record);
}

/** As `decodeRecords`, with places. */
export function decodePlacedRecords(raw: Uint8Array): PlacedRecord[] {
  if (raw.length < RECORDS_PRELUDE_BYTES) throw frameDamaged("its records have no count");
  const view = viewOf(raw);
  const count = view.getUint32(0, true);
  if (count === 0 || count > FRAME_RECORDS_MAX || headsBytes(count) > raw.length || view.getUint32(4, true) !== 0) {
    throw frameDamaged("it does not hold as many records as it says", { count });
  }
  const placed: PlacedRecord[] = [];
  let rawPosition = headsBytes(count);
  for (let index = 0; index < count; index += 1) {
    const head = readHead(raw, view, headsBytes(index));
    const end = rawPosition + head.payloadBytes;
    if (end > raw.length) throw frameDamaged("a payload ends behind it");
    placed.push({ record: recordOf(head, raw.subarray(rawPosition, end)), rawPosition });
    rawPosition = end;
  }
  if (rawPosition !== raw.length) throw frameDamaged("bytes are left behind its payloads");
  return placed;
}

interface Head extends HeadFields {
  readonly kind: RecordKind;
  readonly timeMicros: number;
  readonly offset: number;
  readonly length: number;
}

function readHead(raw: Uint8Array, view: DataView, position: number): Head {
  const kind = RECORD_KIND.nameOf(view.getUint32(position, true));
  const payloadBytes = view.getUint32(position + 4, true);
  const sequence = readUint64(view, position + 8);
  const timeMicros = readUint64(view, position + 16);
  const offset = readUint64(view, position + 24);
  const length = readUint64(view, position + 32);
  if (
    kind === undefined ||
    sequence === undefined ||
    sequence === 0 ||
    timeMicros === undefined ||
    offset === undefined ||
    length === undefined ||
    offset + length > NUMBER_MAX ||
    payloadBytes !== (kind === "write" ? length : PAYLOAD_BYTES[kind])
  ) {
    throw frameDamaged("a record head breaks a rule", { position, rawBytes: raw.length });
  }
  return { kind, payloadBytes, sequence, timeMicros, offset, length };
}

function recordOf(head: Head, payload: Uint8Array): LogRecord {
  const { kind, sequence, timeMicros, offset, length } = head;
  switch (kind) {
    case "write":
    case "zero":
    case "discard":
    case "void":
      if (length === 0) throw frameDamaged("an extent is empty", { sequence });
      if (kind === "write") return { kind, sequence, timeMicros, offset, length, data: payload };
      if (kind !== "void") return { kind, sequence, timeMicros, offset, length };
      return { kind, sequence, timeMicros, offset, length, ...refused(sequence, payload) };
    case "mark":
    case "span-begin":
    case "span-end":
    case "resize":
      if (offset !== 0 || length !== 0) throw frameDamaged(`a ${kind} has an extent`, { sequence });
      if (kind === "mark") return { kind, sequence, timeMicros, mark: decodeMark(payload) };
      if (kind === "span-begin") return { kind, sequence, timeMicros, span: decodeSpan(payload) };
      if (kind === "span-end") return { kind, sequence, timeMicros, spanId: readId(payload, 0) };
      return { kind, sequence, timeMicros, sizeBytes: numberAt(payload, 0) };
    default:
      return unreachable(kind);
  }
}

function refused(sequence: number, payload: Uint8Array): { refusedFrom: number; refusedTo: number } {
  const refusedFrom = numberAt(payload, 0);
  const refusedTo = numberAt(payload, 8);
  if (refusedFrom === 0 || refusedTo < refusedFrom || refusedTo >= sequence) {
    throw frameDamaged("a void names no records before it", { sequence });
  }
  return { refusedFrom, refusedTo };
}
