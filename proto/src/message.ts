// One message of a session as bytes:
//
//   0        4                4 + h            end
//   ┌────────┬────────────────┬────────────────┐
//   │ h: u32 │ Envelope (h)   │ payload (rest) │      h is little-endian; only `records` and `segmentPart` have a payload
//   └────────┴────────────────┴────────────────┘
//
// The payload stays outside of the Envelope, so that it is never copied by the message codec. What a peer sent is believed in
// nothing: whatever breaks a rule of the .proto files or of this page is a Fault `message-invalid`, whose kind drops the peer.
import { Fault, viewOf } from "@leeward/base";
import protobuf from "protobufjs/minimal.js";
import { leeward } from "../generated/codec.js";
import { type Envelope, type RawEnvelope, readEnvelope, writeEnvelope } from "../generated/messages.ts";
import { messageInvalid } from "./message-field.ts";

/** The longest Envelope, in bytes: the plan of a server with as many disks as it may have, each with its wrapped keys. Within a transport's 32 MiB for servers. */
export const HEAD_BYTES_MAX = 32 * 1024 * 1024 - 64 * 1024;
/** The longest payload, in bytes: with the longest head of a message that has one, it is within a transport's 4 MiB for agents. */
export const PAYLOAD_BYTES_MAX = 4 * 1024 * 1024 - 64 * 1024;
/** The longest Envelope of a message with a payload, in bytes. */
const PAYLOAD_HEAD_BYTES_MAX = 60 * 1024;

const LENGTH_BYTES = 4;

/** A message with its payload. */
export interface Message {
  readonly body: Envelope;
  /** Empty where the message has none. After a decode it is a part of the bytes that were decoded. */
  readonly payload: Uint8Array;
}

/** Kinds of messages that carry a payload, and are sent against credit. */
export type PayloadKind = "records" | "segmentPart";

export function hasPayload(body: Envelope): boolean {
  return body.kind === "records" || body.kind === "segmentPart";
}

/**
 * The message as parts to be sent one after another; the last is the payload itself, not a copy.
 * @throws Fault `message-unsendable` when it breaks a rule that every receiver holds it to
 */
export function encodeEnvelope(body: Envelope, payload: Uint8Array = new Uint8Array()): Uint8Array[] {
  try {
    const head = leeward.Envelope.encode(writeEnvelope(body)).finish();
    checkSizes(body, head.length, payload.length);
    checkMeaning(body, payload.length);
    const framed = new Uint8Array(LENGTH_BYTES + head.length);
    viewOf(framed).setUint32(0, head.length, true);
    framed.set(head, LENGTH_BYTES);
    return payload.length === 0 ? [framed] : [framed, payload];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const message = `A message ${body.kind} cannot be sent: ${error.message}`;
    throw new Fault({
      code: "message-unsendable",
      kind: "operator",
      message,
      remedy: "Shorten what the message names.",
      detail: error.detail,
      cause: error,
    });
  }
}

/**
 * The message in `bytes`. Its payload aliases `bytes`; nothing else does.
 * @throws Fault `message-invalid`
 */
export function decodeEnvelope(bytes: Uint8Array): Message {
  if (bytes.length < LENGTH_BYTES) throw messageInvalid("A message", `of ${bytes.length} bytes has no head`);
  const headLength = viewOf(bytes).getUint32(0, true);
  const end = LENGTH_BYTES + headLength;
  if (headLength > HEAD_BYTES_MAX || end > bytes.length) {
    throw messageInvalid("A message", `of ${bytes.length} bytes claims a head of ${headLength}`);
  }
  const body = readEnvelope(decodeHead(bytes.subarray(LENGTH_BYTES, end)));
  const payload = bytes.subarray(end);
  checkSizes(body, headLength, payload.length);
  checkMeaning(body, payload.length);
  return { body, payload };
}

function decodeHead(head: Uint8Array): RawEnvelope {
  try {
    // Unknown fields are what a newer peer may say; they are passed over, not kept.
    const reader = protobuf.Reader.create(head);
    reader.discardUnknown = true;
    return leeward.Envelope.decode(reader);
  } catch (cause) {
    const message = "A message's head does not decode.";
    throw new Fault({ code: "message-invalid", kind: "protocol", message, cause });
  }
}

function checkSizes(body: Envelope, headLength: number, payloadLength: number): void {
  const carries = hasPayload(body);
  if (carries !== payloadLength > 0) throw messageInvalid(body.kind, carries ? "has no payload" : "has a payload");
  if (payloadLength > PAYLOAD_BYTES_MAX) throw messageInvalid(body.kind, `has a payload of ${payloadLength} bytes`);
  const headMax = carries ? PAYLOAD_HEAD_BYTES_MAX : HEAD_BYTES_MAX;
  if (headLength > headMax)
    throw messageInvalid(body.kind, `has a head of ${headLength} bytes where ${headMax} are taken`);
}

/** Rules between fields, which the .proto files cannot say. */
function checkMeaning({ kind, value }: Envelope, payloadLength: number): void {
  if (kind === "hello" && value.wireVersionMin > value.wireVersionMax) {
    throw messageInvalid("hello", `speaks versions ${value.wireVersionMin} to ${value.wireVersionMax}`);
  }
  if ((kind === "records" || kind === "segmentPart") && value.from > value.to) {
    throw messageInvalid(kind, `runs from ${value.from} to ${value.to}`);
  }
  if (kind === "segmentPart" && value.position + payloadLength > value.totalBytes) {
    throw messageInvalid(kind, `ends at ${value.position + payloadLength} of ${value.totalBytes} bytes`);
  }
  if (kind === "controlResponse" && (value.fault === undefined) === (value.body === undefined)) {
    throw messageInvalid(kind, "has not exactly one of fault and body");
  }
}
