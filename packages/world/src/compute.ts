import { Fault } from "@leeward/base";

/** How a frame is compressed. The numbers are on disk and on the wire. */
export const CODECS = { none: 0, lz4: 1, zstd: 2 } as const;

export type Codec = keyof typeof CODECS;

/** Nothing longer is compressed or believed; frames are far shorter. */
export const COMPUTE_BYTES_MAX = 64 * 1024 * 1024;

/** Compression and other work that may leave the event loop; done at once in simulation. */
export interface Compute {
  /** The compressed bytes, or undefined when they would not be shorter than `raw`. `raw` is borrowed until it settles. */
  compress(codec: Exclude<Codec, "none">, raw: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * Exactly `rawBytes` bytes, at most COMPUTE_BYTES_MAX.
   * @throws Fault `frame-undecodable` when the stored bytes do not decode to that
   */
  decompress(codec: Exclude<Codec, "none">, stored: Uint8Array, rawBytes: number): Promise<Uint8Array>;
}

/** Stored bytes that do not decode to what their head promises. */
export function frameUndecodable(codec: Codec, rawBytes: number, cause?: unknown): Fault {
  return new Fault({
    code: "frame-undecodable",
    kind: "corruption",
    message: `Stored ${codec} bytes do not decode to the ${rawBytes} bytes that their head promises.`,
    remedy:
      "Check the disk that holds the file; a scrub says which points are concerned, and the present state is copied again from the source.",
    detail: { codec, rawBytes },
    cause,
  });
}
