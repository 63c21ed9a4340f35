import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { compressSync, uncompressSync } from "lz4-napi";
import {
  type CodecBackend,
  compressWith,
  decompressWith,
  withoutSize,
  withSize,
  zstdCompressOptions,
  zstdDecompressOptions,
} from "../codec-backend.ts";
import type { Compute } from "../compute.ts";

const backend: CodecBackend<Uint8Array> = {
  compress: (codec, raw) =>
    codec === "lz4"
      ? withoutSize(compressSync(Buffer.from(raw)))
      : zstdCompressSync(raw, zstdCompressOptions(raw.length)),
  decompress: (codec, stored, rawBytes) =>
    codec === "lz4"
      ? uncompressSync(withSize(stored, rawBytes))
      : zstdDecompressSync(stored, zstdDecompressOptions(rawBytes)),
};

/** The real codecs without the thread pool: done at once, so that virtual time stays deterministic. */
export function simulatedCompute(): Compute {
  return {
    compress: (codec, raw) => compressWith(backend, codec, raw),
    decompress: (codec, stored, rawBytes) => decompressWith(backend, codec, { stored, rawBytes }),
  };
}
