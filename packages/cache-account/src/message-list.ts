// Messages of sessions, one after another, as an object of a cache container holds them: u32 length, message; little-endian.
import { viewOf } from "@leeward/base";
import { decodeEnvelope, type Message } from "@leeward/proto";
import { cacheObjectDamaged } from "./cache-faults.ts";

const LENGTH_BYTES = 4;

/** Each message as its parts. */
export function encodeMessages(messages: readonly (readonly Uint8Array[])[]): Uint8Array {
  const lengths = messages.map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const [index, parts] of messages.entries()) {
    viewOf(bytes).setUint32(at, lengths[index] ?? 0, true);
    at += LENGTH_BYTES;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return bytes;
}

/** The messages; payloads are parts of `bytes`. `key` names the object in what is thrown. @throws Fault `cache-object-damaged` */
export function decodeMessages(bytes: Uint8Array, key: string): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + LENGTH_BYTES > bytes.length ? Number.NaN : viewOf(bytes).getUint32(at, true);
    const from = at + LENGTH_BYTES;
    if (!(from + length <= bytes.length)) throw cacheObjectDamaged(key, "a message in it ends too soon");
    try {
      messages.push(decodeEnvelope(bytes.subarray(from, from + length)));
    } catch (error) {
      throw cacheObjectDamaged(key, "a message in it does not decode", error);
    }
    at = from + length;
  }
  return messages;
}
