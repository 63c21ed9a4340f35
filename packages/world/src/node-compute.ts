import { createRequire } from "node:module";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { Fault, MiB } from "@leeward/base";
import { compress, uncompress, uncompressSync } from "lz4-napi";
import { BufferPool } from "./buffer-pool.ts";
import {
  type CodecBackend,
  compressWith,
  decompressWith,
  SIZE_PREFIX_BYTES,
  withoutSize,
  withSize,
  zstdCompressOptions,
  zstdDecompressOptions,
} from "./codec-backend.ts";
import type { Compute } from "./compute.ts";

const zstdCompressAsync = promisify(zstdCompress);
const zstdDecompressAsync = promisify(zstdDecompress);

export interface NodeComputeOptions {
  /**
   * `lz4-napi` (default) works on the thread pool, but for what is quicker than the way there. `lz4` is the C library where someone has
   * built it: the faster encoder per core, but it works on the calling thread, so it belongs into a worker.
   */
  readonly lz4?: "lz4-napi" | "lz4";
}

/**
 * Compression by real libraries: LZ4 (block format), zstd by node:zlib on the thread pool.
 * @throws Fault `lz4-missing` when the C library is asked for and cannot be loaded
 */
export function nodeCompute(options: NodeComputeOptions = {}): Compute {
  const lz4 = options.lz4 === "lz4" ? loadC() : napi;
  const backend: CodecBackend<Promise<Uint8Array> | Uint8Array> = {
    compress: (codec, raw) =>
      codec === "lz4" ? lz4.compress(raw) : zstdCompressAsync(raw, zstdCompressOptions(raw.length)),
    decompress: (codec, stored, rawBytes) =>
      codec === "lz4" ? lz4.decompress(stored, rawBytes) : zstdDecompressAsync(stored, zstdDecompressOptions(rawBytes)),
  };
  return {
    compress: (codec, raw) => compressWith(backend, codec, raw),
    decompress: (codec, stored, rawBytes) => decompressWith(backend, codec, { stored, rawBytes }),
  };
}

interface Lz4 {
  compress(raw: Uint8Array): Promise<Uint8Array> | Uint8Array;
  decompress(stored: Uint8Array, rawBytes: number): Promise<Uint8Array> | Uint8Array;
}

/** Up to so many raw bytes a block is decompressed at once: that takes some 20 µs, and the way to the thread pool and back 40 more. */
const AT_ONCE_BYTES_MAX = 32 * 1024;

const napi: Lz4 = {
  compress: async (raw) => withoutSize(await compress(raw)),
  async decompress(stored, rawBytes) {
    if (rawBytes <= AT_ONCE_BYTES_MAX) return uncompressSync(withSize(stored, rawBytes));
    const framed = framing.take(SIZE_PREFIX_BYTES + stored.length);
    const raw = await uncompress(withSize(stored, rawBytes, () => framed));
    framing.give(framed);
    return raw;
  },
};

/** Blocks with their size before them, as the library wants them. */
const framing = new BufferPool({ keptBytesMax: 4 * MiB });

/** What we use of the npm package `lz4`. Both return how many bytes they wrote; 0 or a negative number is a refusal. */
interface CLibrary {
  encodeBlock(input: Buffer, output: Buffer): number;
  encodeBound(inputBytes: number): number;
  decodeBlock(input: Buffer, output: Buffer): number;
}

function loadC(): Lz4 {
  const library = loaded();
  return {
    compress(raw) {
      const output = Buffer.allocUnsafe(library.encodeBound(raw.length));
      return output.subarray(0, Math.max(0, library.encodeBlock(bufferOf(raw), output)));
    },
    decompress(stored, rawBytes) {
      const output = Buffer.alloc(rawBytes);
      return output.subarray(0, Math.max(0, library.decodeBlock(bufferOf(stored), output)));
    },
  };
}

function loaded(): CLibrary {
  let cause: unknown;
  try {
    const library: unknown = createRequire(import.meta.url)("lz4");
    if (isCLibrary(library)) return library;
  } catch (error) {
    cause = error;
  }
  throw new Fault({
    code: "lz4-missing",
    kind: "operator",
    message: "The C library lz4 was asked for and cannot be loaded.",
    remedy: "Leave the choice at its default, or build the library for this runtime.",
    cause,
  });
}

function isCLibrary(library: unknown): library is CLibrary {
  return typeof library === "object" && library !== null && "encodeBlock" in library && "decodeBlock" in library;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
