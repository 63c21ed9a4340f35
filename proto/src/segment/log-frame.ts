/** Records frames of log files: plain, uncompressed, with consecutive sequences (proto/segment.md §3). */
import { assert, viewOf } from "@leeward/base";
import { type CheckedFrame, checkFrame, writeFrameChecksum, writeFrameHead } from "./frame.ts";
import { FRAME_HEAD_BYTES, FRAME_PAYLOAD_BYTES_MAX, FRAME_RECORDS_MAX, RECORD_HEAD_BYTES } from "./limits.ts";
import type { LogRecord, RecordDraft } from "./record.ts";
import { encodePayload } from "./record-payload.ts";
import { decodePlacedRecords, headsBytes, type PlacedRecord, writeHead, writePrelude } from "./records.ts";
import { frameDamaged } from "./segment-fault.ts";

/** A frame as it is gathered: heads, then views of the data of its writes. */
export interface EncodedFrame {
  readonly parts: readonly Uint8Array[];
  /** Of all parts. */
  readonly bytes: number;
}

/**
 * One frame of 1 to 4,096 drafts with at most 1 MiB of payload together; they get the sequences from `from` on.
 * Nothing of the payload is copied: the drafts' data are borrowed as long as the parts are used.
 */
export function encodeLogFrame(from: number, drafts: readonly RecordDraft[]): EncodedFrame {
  assert(drafts.length > 0 && drafts.length <= FRAME_RECORDS_MAX, "a frame holds 1 to 4,096 records");
  const heads = new Uint8Array(FRAME_HEAD_BYTES + headsBytes(drafts.length));
  const view = viewOf(heads);
  const parts: Uint8Array[] = [heads];
  let payloadTotal = 0;
  let position = FRAME_HEAD_BYTES + headsBytes(0);
  for (const [index, draft] of drafts.entries()) {
    const payload = encodePayload(draft);
    writeHead(view, position, { draft, sequence: from + index, payloadBytes: payload.length });
    if (payload.length > 0) parts.push(payload);
    payloadTotal += payload.length;
    position += RECORD_HEAD_BYTES;
  }
  assert(payloadTotal <= FRAME_PAYLOAD_BYTES_MAX, "a frame holds at most 1 MiB of payload");
  const rawBytes = headsBytes(drafts.length) + payloadTotal;
  writePrelude(view, FRAME_HEAD_BYTES, drafts.length);
  const head = {
    kind: "records",
    codec: "none",
    storedBytes: rawBytes,
    rawBytes,
    number: from,
    count: drafts.length,
  } as const;
  writeFrameHead(view, 0, head);
  writeFrameChecksum(heads.subarray(0, FRAME_HEAD_BYTES), [heads.subarray(FRAME_HEAD_BYTES), ...parts.slice(1)]);
  return { parts, bytes: FRAME_HEAD_BYTES + rawBytes };
}

/** One decoded frame of a log. */
export interface DecodedLogFrame {
  readonly from: number;
  readonly to: number;
  /** Where it begins in what was decoded. */
  readonly position: number;
  /** Head and stored bytes. */
  readonly bytes: number;
  readonly records: readonly PlacedRecord[];
}

/**
 * The frames that fill `bytes` one after another, whole; their records' data are views of it.
 * @throws Fault `frame-damaged` when a byte is wrong or missing, or a sequence does not follow the one before it
 */
export function decodeLogFrames(bytes: Uint8Array): DecodedLogFrame[] {
  const frames: DecodedLogFrame[] = [];
  let position = 0;
  let next: number | undefined;
  while (position < bytes.length) {
    const checked = checkFrame(bytes, position);
    if (checked === undefined) throw frameDamaged("the bytes end before it does");
    const frame = decodeLogFrame(checked, position);
    if (next !== undefined && frame.from !== next) throw frameDamaged("it does not follow the one before it");
    frames.push(frame);
    next = frame.to + 1;
    position = checked.end;
  }
  return frames;
}

/** The records in `bytes`, which holds whole frames of a log; data are views of it. @throws Fault `frame-damaged` */
export function decodeFrames(bytes: Uint8Array): LogRecord[] {
  return decodeLogFrames(bytes).flatMap(({ records }) => records.map(({ record }) => record));
}

/** A frame whose checksum is right as the frame of a log. @throws Fault `frame-damaged` */
export function decodeLogFrame(checked: CheckedFrame, position: number): DecodedLogFrame {
  const { head, stored } = checked;
  if (head.kind !== "records" || head.codec !== "none" || head.storedBytes !== head.rawBytes) {
    throw frameDamaged("it is no frame of a log", { kind: head.kind, codec: head.codec });
  }
  const records = decodePlacedRecords(stored);
  for (const [index, { record }] of records.entries()) {
    if (record.sequence !== head.number + index) throw frameDamaged("a sequence does not follow the one before it");
  }
  if (records.length !== head.count) throw frameDamaged("it does not hold as many records as its head says");
  return {
    from: head.number,
    to: head.number + head.count - 1,
    position,
    bytes: FRAME_HEAD_BYTES + head.storedBytes,
    records,
  };
}
