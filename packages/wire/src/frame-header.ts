/** A binary message in one frame. */
const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const MASK_BYTES = 4;

/**
 * The header of a WebSocket frame that carries a whole binary message of `length` bytes (RFC 6455, section 5.2). A client must mask: its
 * mask is zero, which leaves the bytes as they are. Masks guard plain-text caches between the ends; inside of TLS there is none.
 */
export function frameHeader(length: number, side: "client" | "server"): Uint8Array {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const masked = side === "client";
  const header = new Uint8Array(2 + lengthBytes + (masked ? MASK_BYTES : 0));
  const view = new DataView(header.buffer);
  header[0] = FINAL_BINARY;
  header[1] = (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127) | (masked ? MASKED : 0);
  if (lengthBytes === 2) view.setUint16(2, length);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(length));
  return header;
}
