import {
  CHUNK_HEAD_BYTES,
  GREETING_BYTES,
  HANDSHAKE,
  INFO,
  INIT_MAGIC,
  OPTION,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_HEAD_BYTES,
  OPTION_REPLY_MAGIC,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from "../protocol.ts";

export function greetingBytes(flags: number = HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes.writeUInt32BE(INIT_MAGIC.high, 0);
  bytes.writeUInt32BE(INIT_MAGIC.low, 4);
  bytes.writeUInt32BE(OPTION_MAGIC.high, 8);
  bytes.writeUInt32BE(OPTION_MAGIC.low, 12);
  bytes.writeUInt16BE(flags, 16);
  return bytes;
}

export function optionReplyBytes(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(OPTION_REPLY_HEAD_BYTES);
  head.writeUInt32BE(OPTION_REPLY_MAGIC.high, 0);
  head.writeUInt32BE(OPTION_REPLY_MAGIC.low, 4);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

/** The information EXPORT of GO. */
export function exportInfoBytes(sizeBytes: number, flags: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(INFO.export, 0);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 2);
  bytes.writeUInt16BE(flags, 10);
  return bytes;
}

/** All that a server says in a handshake that ends with structured replies, `base:allocation` as number 9, and the export. */
export function handshakeBytes(sizeBytes: number, flags: number): Buffer {
  const context = Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from("base:allocation")]);
  return Buffer.concat([
    greetingBytes(),
    optionReplyBytes(OPTION.structuredReply, OPTION_REPLY.ack),
    optionReplyBytes(OPTION.setMetaContext, OPTION_REPLY.metaContext, context),
    optionReplyBytes(OPTION.setMetaContext, OPTION_REPLY.ack),
    optionReplyBytes(OPTION.go, OPTION_REPLY.info, exportInfoBytes(sizeBytes, flags)),
    optionReplyBytes(OPTION.go, OPTION_REPLY.ack),
  ]);
}

export function simpleReplyBytes(cookie: number, error: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(SIMPLE_REPLY_BYTES);
  head.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
  head.writeUInt32BE(error, 4);
  head.writeBigUInt64BE(BigInt(cookie), 8);
  return Buffer.concat([head, data]);
}

export interface RawChunk {
  readonly cookie: number;
  readonly kind: number;
  readonly done: boolean;
  /** Instead of the payload's own length. */
  readonly length?: number;
}

export function chunkBytes(chunk: RawChunk, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(CHUNK_HEAD_BYTES);
  head.writeUInt32BE(STRUCTURED_REPLY_MAGIC, 0);
  head.writeUInt16BE(chunk.done ? 1 : 0, 4);
  head.writeUInt16BE(chunk.kind, 6);
  head.writeBigUInt64BE(BigInt(chunk.cookie), 8);
  head.writeUInt32BE(chunk.length ?? payload.length, 16);
  return Buffer.concat([head, payload]);
}

/** The payload of a data chunk. */
export function dataBytes(offset: number, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(offset), 0);
  return Buffer.concat([head, data]);
}

/** The payload of a hole chunk. */
export function holeBytes(offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(offset), 0);
  bytes.writeUInt32BE(length, 8);
  return bytes;
}

/** Numbers as 32 bits each: block status, errors. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
