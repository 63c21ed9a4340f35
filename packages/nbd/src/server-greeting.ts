import type { NbdExport } from "./exports.ts";
import type { ExportQuery } from "./option-data.ts";
import {
  BASE_ALLOCATION,
  GREETING_BYTES,
  HANDSHAKE,
  INFO,
  INIT_MAGIC,
  OPTION_MAGIC,
  OPTION_REPLY_HEAD_BYTES,
  OPTION_REPLY_MAGIC,
  TRANSMISSION,
} from "./protocol.ts";

const PREFERRED_BLOCK_BYTES = 4096;

/** The first bytes of a server. */
export function greetingBytes(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes.writeUInt32BE(INIT_MAGIC.high, 0);
  bytes.writeUInt32BE(INIT_MAGIC.low, 4);
  bytes.writeUInt32BE(OPTION_MAGIC.high, 8);
  bytes.writeUInt32BE(OPTION_MAGIC.low, 12);
  bytes.writeUInt16BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 16);
  return bytes;
}

/** magic 8, option 4, type 4, length 4, then the data. */
export function optionReplyBytes(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(OPTION_REPLY_HEAD_BYTES + data.length);
  bytes.writeUInt32BE(OPTION_REPLY_MAGIC.high, 0);
  bytes.writeUInt32BE(OPTION_REPLY_MAGIC.low, 4);
  bytes.writeUInt32BE(option, 8);
  bytes.writeUInt32BE(type, 12);
  bytes.writeUInt32BE(data.length, 16);
  data.copy(bytes, OPTION_REPLY_HEAD_BYTES);
  return bytes;
}

/** What an export can do, as transmission flags. */
export function flagsOf({ device }: NbdExport, structured: boolean): number {
  const { hasFlags, flush, multipleConnections, doNotFragment, readOnly, fua, trim, writeZeroes } = TRANSMISSION;
  // All connections share the one device, so a flush on any of them covers the writes of all.
  const always = hasFlags | flush | multipleConnections | (structured ? doNotFragment : 0);
  return always | (device.readOnly ? readOnly : fua | trim | writeZeroes);
}

/** The answer to EXPORT_NAME: size 8, flags 2. */
export function exportNameBytes(sizeBytes: number, flags: number): Buffer {
  const bytes = Buffer.alloc(10);
  writeSize(bytes, 0, sizeBytes);
  bytes.writeUInt16BE(flags, 8);
  return bytes;
}

/** The data of the INFO replies to one query: the export itself, and what else was asked for and is known. */
export function* infosOf(
  query: ExportQuery,
  found: NbdExport,
  told: { readonly flags: number; readonly requestBytesMax: number },
): IterableIterator<Buffer> {
  const { device, description } = found;
  const about = Buffer.alloc(12);
  about.writeUInt16BE(INFO.export, 0);
  writeSize(about, 2, device.sizeBytes);
  about.writeUInt16BE(told.flags, 10);
  yield about;
  if (query.infos.includes(INFO.name)) yield infoText(INFO.name, query.name);
  if (query.infos.includes(INFO.description) && description !== undefined)
    yield infoText(INFO.description, description);
  if (!query.infos.includes(INFO.blockSize)) return;
  const sizes = Buffer.alloc(14);
  sizes.writeUInt16BE(INFO.blockSize, 0);
  sizes.writeUInt32BE(device.blockBytes, 2);
  sizes.writeUInt32BE(Math.max(device.blockBytes, PREFERRED_BLOCK_BYTES), 6);
  sizes.writeUInt32BE(told.requestBytesMax, 10);
  yield sizes;
}

/** The data of one reply to LIST: length 4, name. */
export function listedName(name: string): Buffer {
  const text = Buffer.from(name);
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32BE(text.length, 0);
  text.copy(bytes, 4);
  return bytes;
}

/** The data that names `base:allocation`: id 4, name. */
export function allocationContext(id: number): Buffer {
  const bytes = Buffer.alloc(4 + BASE_ALLOCATION.length);
  bytes.writeUInt32BE(id, 0);
  bytes.write(BASE_ALLOCATION, 4);
  return bytes;
}

function infoText(kind: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const info = Buffer.alloc(2 + bytes.length);
  info.writeUInt16BE(kind, 0);
  bytes.copy(info, 2);
  return info;
}

function writeSize(target: Buffer, at: number, size: number): void {
  target.writeUInt32BE(Math.floor(size / 2 ** 32), at);
  target.writeUInt32BE(size % 2 ** 32, at + 4);
}
