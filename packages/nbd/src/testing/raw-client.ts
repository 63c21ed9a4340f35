import type { Duplex } from "node:stream";
import { OPTION_HEAD_BYTES, OPTION_MAGIC, REQUEST_BYTES, REQUEST_MAGIC } from "../protocol.ts";

/** The first four bytes of a client. */
export function clientFlags(flags: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(flags, 0);
  return bytes;
}

export function optionBytes(option: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(OPTION_HEAD_BYTES);
  head.writeUInt32BE(OPTION_MAGIC.high, 0);
  head.writeUInt32BE(OPTION_MAGIC.low, 4);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

/** A request as written on the wire; what is not given is zero. */
export interface RawRequest {
  readonly kind: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly cookie?: number;
}

export function requestBytes(request: RawRequest, payload: Buffer = Buffer.alloc(0)): Buffer {
  const { kind, flags = 0, offset = 0, length = 0, cookie = 1 } = request;
  const head = Buffer.alloc(REQUEST_BYTES);
  head.writeUInt32BE(REQUEST_MAGIC, 0);
  head.writeUInt16BE(flags, 4);
  head.writeUInt16BE(kind, 6);
  head.writeBigUInt64BE(BigInt(cookie), 8);
  head.writeBigUInt64BE(BigInt(offset), 16);
  head.writeUInt32BE(length, 24);
  return Buffer.concat([head, payload]);
}

/** All that arrives on the stream until it ends. */
export async function bytesOf(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.once("end", () => resolve());
  stream.once("close", () => resolve());
  await promise;
  return Buffer.concat(chunks);
}
