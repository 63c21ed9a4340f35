import { STRING_BYTES_MAX } from "./protocol.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What INFO and GO ask: an export, and what is to be told of it. */
export interface ExportQuery {
  readonly name: string;
  readonly infos: readonly number[];
}

/** What LIST_META_CONTEXT and SET_META_CONTEXT ask. */
export interface ContextQuery {
  readonly name: string;
  readonly queries: readonly string[];
}

/** The text, or undefined when it is too long or not UTF-8. */
export function decodeName(bytes: Uint8Array): string | undefined {
  if (bytes.length > STRING_BYTES_MAX) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    // Not UTF-8: a peer's mistake, which the caller answers.
    return undefined;
  }
}

/** length 4, name, count 2, then 2 bytes for each; undefined when the data is anything else. */
export function decodeExportQuery(data: Buffer): ExportQuery | undefined {
  const name = decodeText(data, 0);
  if (name === undefined || data.length < name.end + 2) return undefined;
  const count = data.readUInt16BE(name.end);
  if (data.length !== name.end + 2 + 2 * count) return undefined;
  const infos = Array.from({ length: count }, (_, index) => data.readUInt16BE(name.end + 2 + 2 * index));
  return { name: name.text, infos };
}

/** length 4, name, count 4, then length 4 and text for each; undefined when the data is anything else. */
export function decodeContextQuery(data: Buffer): ContextQuery | undefined {
  const name = decodeText(data, 0);
  if (name === undefined || data.length < name.end + 4) return undefined;
  const count = data.readUInt32BE(name.end);
  const queries: string[] = [];
  let at = name.end + 4;
  for (let index = 0; index < count; index += 1) {
    const query = decodeText(data, at);
    if (query === undefined) return undefined;
    queries.push(query.text);
    at = query.end;
  }
  return at === data.length ? { name: name.text, queries } : undefined;
}

export function encodeExportQuery(query: ExportQuery): Buffer {
  const infos = Buffer.alloc(2 + 2 * query.infos.length);
  infos.writeUInt16BE(query.infos.length, 0);
  for (const [index, info] of query.infos.entries()) infos.writeUInt16BE(info, 2 + 2 * index);
  return Buffer.concat([encodeText(query.name), infos]);
}

export function encodeContextQuery(query: ContextQuery): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(query.queries.length, 0);
  return Buffer.concat([encodeText(query.name), count, ...query.queries.map(encodeText)]);
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}

function decodeText(data: Buffer, at: number): { readonly text: string; readonly end: number } | undefined {
  if (data.length < at + 4) return undefined;
  const end = at + 4 + data.readUInt32BE(at);
  if (end > data.length) return undefined;
  const text = decodeName(data.subarray(at + 4, end));
  return text === undefined ? undefined : { text, end };
}
