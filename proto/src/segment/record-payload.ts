import { NUMBER_MAX, readUint64, unreachable, viewOf, writeUint64 } from "@leeward/base";
import { ID_BYTES, readId, writeId } from "./id-field.ts";
import {
  CONSISTENCY,
  MARK_KIND,
  type Mark,
  type RecordDraft,
  type RecordKind,
  SPAN_REASON,
  type Span,
} from "./record.ts";
import { frameDamaged } from "./segment-fault.ts";

/** Payload bytes of the kinds where they are fixed; a write's are as long as its extent. */
export const PAYLOAD_BYTES: Readonly<Record<Exclude<RecordKind, "write">, number>> = {
  zero: 0,
  discard: 0,
  void: 16,
  mark: 40,
  "span-begin": 32,
  "span-end": ID_BYTES,
  resize: 8,
};

/** Payload bytes that the draft will have. */
export function payloadBytesOf(draft: RecordDraft): number {
  return draft.kind === "write" ? draft.data.length : PAYLOAD_BYTES[draft.kind];
}

const NO_BYTES = new Uint8Array(0);

/** A write's own data, not copied; for the others a new array. */
export function encodePayload(draft: RecordDraft): Uint8Array {
  switch (draft.kind) {
    case "write":
      return draft.data;
    case "zero":
    case "discard":
      return NO_BYTES;
    case "void":
      return encodeNumbers([draft.refusedFrom, draft.refusedTo]);
    case "mark":
      return encodeMark(draft.mark);
    case "span-begin":
      return encodeSpan(draft.span);
    case "span-end":
      return encodeSpanId(draft.spanId);
    case "resize":
      return encodeNumbers([draft.sizeBytes]);
    default:
      return unreachable(draft);
  }
}

export function encodeMark(mark: Mark): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES.mark);
  const view = viewOf(bytes);
  writeId(bytes, 0, mark.pointId);
  writeUint64(view, 16, mark.number);
  writeUint64(view, 24, mark.timeMicros);
  view.setUint8(32, MARK_KIND.numberOf(mark.kind));
  view.setUint8(33, CONSISTENCY.numberOf(mark.consistency));
  return bytes;
}

/** @throws Fault `frame-damaged` */
export function decodeMark(bytes: Uint8Array): Mark {
  const view = viewOf(bytes);
  const kind = MARK_KIND.nameOf(view.getUint8(32));
  const consistency = CONSISTENCY.nameOf(view.getUint8(33));
  if (kind === undefined || consistency === undefined) throw frameDamaged("a mark names no kind that there is");
  refuseReserved(bytes.subarray(34));
  return { pointId: readId(bytes, 0), number: numberAt(bytes, 16), timeMicros: numberAt(bytes, 24), kind, consistency };
}

export function encodeSpan(span: Span): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES["span-begin"]);
  const view = viewOf(bytes);
  writeId(bytes, 0, span.spanId);
  writeUint64(view, 16, span.totalBytes);
  view.setUint8(24, SPAN_REASON.numberOf(span.reason));
  return bytes;
}

/** @throws Fault `frame-damaged` */
export function decodeSpan(bytes: Uint8Array): Span {
  const reason = SPAN_REASON.nameOf(bytes[24] ?? 0);
  if (reason === undefined) throw frameDamaged("a span names no reason that there is");
  refuseReserved(bytes.subarray(25));
  return { spanId: readId(bytes, 0), reason, totalBytes: numberAt(bytes, 16) };
}

/** A 64-bit field. @throws Fault `frame-damaged` when it is above 2^53 - 1 */
export function numberAt(bytes: Uint8Array, position: number): number {
  const value = readUint64(viewOf(bytes), position);
  if (value === undefined) throw frameDamaged(`a number is above ${NUMBER_MAX}`);
  return value;
}

/** @throws Fault `frame-damaged` when one of the bytes is not 0 */
function refuseReserved(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw frameDamaged("a reserved byte is not 0");
}

function encodeNumbers(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * numbers.length);
  const view = viewOf(bytes);
  for (const [index, number] of numbers.entries()) writeUint64(view, 8 * index, number);
  return bytes;
}

function encodeSpanId(spanId: string): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  writeId(bytes, 0, spanId);
  return bytes;
}
