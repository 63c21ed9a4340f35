import { constants } from "node:zlib";
import { COMPUTE_BYTES_MAX, type Codec, frameUndecodable } from "./compute.ts";

type Compressing = Exclude<Codec, "none">;

/** One compressor as bytes in, bytes out, at once or on the thread pool: what both forms of Compute are made of. */
export interface CodecBackend<Result> {
  compress(codec: Compressing, raw: Uint8Array): Result;
  /** May return any number of bytes up to `rawBytes`, or throw anything. */
  decompress(codec: Compressing, stored: Uint8Array, rawBytes: number): Result;
}

/** zstd at level 1; without a chunk as long as the answer, node:zlib goes to the thread pool once for each 16 KiB. */
export function zstdCompressOptions(rawBytes: number) {
  return { chunkSize: chunkBytes(rawBytes), params: { [constants.ZSTD_c_compressionLevel]: 1 } };
}

export function zstdDecompressOptions(rawBytes: number) {
  return { chunkSize: chunkBytes(rawBytes), maxOutputLength: rawBytes };
}

function chunkBytes(rawBytes: number): number {
  return Math.max(1024, rawBytes);
}

/** lz4-napi puts the raw size before the block, and believes it when it reads. */
export const SIZE_PREFIX_BYTES = 4;

export function withoutSize(framed: Uint8Array): Uint8Array {
  return framed.subarray(SIZE_PREFIX_BYTES);
}

export function withSize(
  stored: Uint8Array,
  rawBytes: number,
  take: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const framed = take(SIZE_PREFIX_BYTES + stored.length);
  new DataView(framed.buffer, framed.byteOffset).setUint32(0, rawBytes, true);
  framed.set(stored, SIZE_PREFIX_BYTES);
  return framed;
}

/** The rules that hold for every backend: what counts as shorter, what length is believed, what a bad block becomes. */
export async function compressWith(
  backend: CodecBackend<Promise<Uint8Array> | Uint8Array>,
  codec: Compressing,
  raw: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (raw.length === 0 || raw.length > COMPUTE_BYTES_MAX) return undefined;
  const stored = await backend.compress(codec, raw);
  return stored.length > 0 && stored.length < raw.length ? stored : undefined;
}

export async function decompressWith(
  backend: CodecBackend<Promise<Uint8Array> | Uint8Array>,
  codec: Compressing,
  sized: { readonly stored: Uint8Array; readonly rawBytes: number },
): Promise<Uint8Array> {
  const { stored, rawBytes } = sized;
  if (stored.length === 0 || rawBytes === 0 || rawBytes > COMPUTE_BYTES_MAX) throw frameUndecodable(codec, rawBytes);
  let raw: Uint8Array;
  try {
    raw = await backend.decompress(codec, stored, rawBytes);
  } catch (cause) {
    throw frameUndecodable(codec, rawBytes, cause);
  }
  if (raw.length !== rawBytes) throw frameUndecodable(codec, rawBytes);
  return raw;
}
