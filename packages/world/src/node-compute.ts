import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { Fault } from "@leeward/base";
import { compress, uncompress } from "lz4-napi";
import { type Codec, type Compute } from "./compute.ts";

const zstdCompressAsync = promisify(zstdCompress);
const zstdDecompressAsync = promisify(zstdDecompress);
/** lz4-napi puts the raw size before the block and believes it when it reads. */
const SIZE_PREFIX_BYTES = 4;

/** Compression on the thread pool: LZ4 (block format) by lz4-napi, zstd by node:zlib. */
export const nodeCompute: Compute = {
  async compress(codec, raw) {
    const stored =
      codec === "lz4"
        ? (await compress(raw)).subarray(SIZE_PREFIX_BYTES)
        : new Uint8Array(await zstdCompressAsync(raw, { params: { [100]: 1 } }));
    return stored.length < raw.length ? stored : undefined;
  },
  async decompress(codec, stored, rawBytes) {
    let raw: Uint8Array;
    try {
      raw = codec === "lz4" ? await uncompress(withSize(stored, rawBytes)) : await zstdDecompressAsync(stored, { maxOutputLength: rawBytes });
    } catch (cause) {
      throw undecodable(codec, rawBytes, cause);
    }
    if (raw.length !== rawBytes) throw undecodable(codec, rawBytes, undefined);
    return raw;
  },
};

function withSize(stored: Uint8Array, rawBytes: number): Uint8Array {
  const framed = new Uint8Array(SIZE_PREFIX_BYTES + stored.length);
  new DataView(framed.buffer).setUint32(0, rawBytes, true);
  framed.set(stored, SIZE_PREFIX_BYTES);
  return framed;
}

function undecodable(codec: Codec, rawBytes: number, cause: unknown): Fault {
  return new Fault({
    code: "frame-undecodable",
    kind: "corruption",
    message: `Stored ${codec} bytes do not decode to the ${rawBytes} bytes that their head promises.`,
    detail: { codec, rawBytes },
    cause,
  });
}
