import { assert } from "@leeward/base";

/** Bytes of an id. */
export const ID_BYTES = 16;
const ID_PATTERN = /^[0-9a-f]{32}$/;
/** An id field that holds none. */
const NO_ID = "0".repeat(2 * ID_BYTES);

/** Whether `text` is an id: 32 lower-case hex digits. */
export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}

/** 16 bytes as 32 hex digits. */
export function readId(bytes: Uint8Array, position: number): string {
  let id = "";
  for (let at = position; at < position + ID_BYTES; at += 1) id += (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return id;
}

/** As `readId`; 16 zero bytes are undefined. */
export function readIdMaybe(bytes: Uint8Array, position: number): string | undefined {
  const id = readId(bytes, position);
  return id === NO_ID ? undefined : id;
}

export function writeId(bytes: Uint8Array, position: number, id: string): void {
  assert(isId(id), `an id is 32 lower-case hex digits, not ${JSON.stringify(id)}`);
  for (let at = 0; at < ID_BYTES; at += 1) bytes[position + at] = Number.parseInt(id.slice(2 * at, 2 * at + 2), 16);
}
