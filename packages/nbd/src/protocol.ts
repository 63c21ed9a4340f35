/** Numbers of the NBD protocol (the NetworkBlockDevice project's doc/proto.md). All integers on the wire are big-endian. */

/** "NBDMAGIC": the first eight bytes of every server, as two halves. */
export const INIT_MAGIC = { high: 0x4e42444d, low: 0x41474943 } as const;
/** "IHAVEOPT": what follows it in the newstyle handshake, and the head of every option. */
export const OPTION_MAGIC = { high: 0x49484156, low: 0x454f5054 } as const;
/** The head of every option reply. */
export const OPTION_REPLY_MAGIC = { high: 0x0003e889, low: 0x045565a9 } as const;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** Handshake flags; the client answers with the same bits. */
export const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const OPTION = {
  exportName: 1,
  abort: 2,
  list: 3,
  startTls: 5,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

export const OPTION_REPLY = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: 2 ** 31 + 1,
  policy: 2 ** 31 + 2,
  invalid: 2 ** 31 + 3,
  tlsRequired: 2 ** 31 + 5,
  unknown: 2 ** 31 + 6,
  shutdown: 2 ** 31 + 7,
  tooBig: 2 ** 31 + 9,
} as const;

/** Replies from this number on are refusals. */
export const OPTION_REPLY_ERROR_FIRST = 2 ** 31;

export const INFO = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** Transmission flags: what an export can do. */
export const TRANSMISSION = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  flush: 1 << 2,
  fua: 1 << 3,
  trim: 1 << 5,
  writeZeroes: 1 << 6,
  doNotFragment: 1 << 7,
  multipleConnections: 1 << 8,
} as const;

export const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6, blockStatus: 7 } as const;

export const COMMAND_FLAG = { fua: 1, noHole: 2, doNotFragment: 4, requestOne: 8 } as const;

export const CHUNK = {
  none: 0,
  data: 1,
  hole: 2,
  blockStatus: 5,
  error: 2 ** 15 + 1,
  errorOffset: 2 ** 15 + 2,
} as const;

/** Chunk types from this number on are errors, also those that we do not know. */
export const CHUNK_ERROR_FIRST = 2 ** 15;
export const CHUNK_FLAG_DONE = 1;

/** Flags of the metadata context `base:allocation`. */
export const STATE = { hole: 1, zero: 2 } as const;
export const BASE_ALLOCATION = "base:allocation";
/** The one id under which our server speaks of `base:allocation` after the handshake. */
export const ALLOCATION_CONTEXT_ID = 1;

export const ERROR = {
  permission: 1,
  io: 5,
  memory: 12,
  invalid: 22,
  noSpace: 28,
  overflow: 75,
  notSupported: 95,
  shutdown: 108,
} as const;

/** magic 4, flags 2, type 2, cookie 8, offset 8, length 4. */
export const REQUEST_BYTES = 28;
/** magic 4, error 4, cookie 8. */
export const SIMPLE_REPLY_BYTES = 16;
/** magic 4, flags 2, type 2, cookie 8, length 4. */
export const CHUNK_HEAD_BYTES = 20;
/** magic 8, option 4, length 4. */
export const OPTION_HEAD_BYTES = 16;
/** magic 8, option 4, reply 4, length 4. */
export const OPTION_REPLY_HEAD_BYTES = 20;
/** Magic, magic, flags. */
export const GREETING_BYTES = 18;
/** What closes the answer to EXPORT_NAME unless both sides said noZeroes. */
export const EXPORT_NAME_ZEROES_BYTES = 124;

/** Names of exports, contexts and the like are at most this long. Bytes of UTF-8. */
export const STRING_BYTES_MAX = 4096;
