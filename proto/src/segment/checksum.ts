import { crc32c } from "@node-rs/crc32";

/** CRC-32C (RFC 3720) of the parts one after another. */
export function checksumOf(parts: readonly Uint8Array[]): number {
  let state = 0;
  for (const part of parts) if (part.length > 0) state = crc32c(part, state);
  return state;
}
