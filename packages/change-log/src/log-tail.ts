import { encodeFooter, encodeFrameHead, encodeTrailer, type FrameKind, TRAILER_BYTES } from "@leeward/proto";
import { type FrameSink, IndexBuilder, type PlacedFrame } from "./index-builder.ts";
import type { SegmentSummary } from "./segment-summary.ts";

export interface LogTailFields {
  readonly fileId: string;
  readonly from: number;
  readonly to: number;
  /** Where the tail begins. */
  readonly recordsEnd: number;
  readonly wallMicros: number;
}

export interface LogTail {
  /** Index and footer. */
  readonly parts: readonly Uint8Array[];
  /** Behind the parts, once they are durable: it says that they are there. */
  readonly trailer: Uint8Array;
  readonly trailerPosition: number;
  /** Of the file with the tail. */
  readonly fileBytes: number;
}

/** Index, footer and trailer of a log file: what makes it sealed. Where there is much to do, `pause` lets others run in between. */
export async function logTail(
  summary: SegmentSummary,
  fields: LogTailFields,
  pause: () => Promise<void>,
): Promise<LogTail> {
  const sink = new PlainSink(fields.recordsEnd);
  const builder = new IndexBuilder(sink);
  for await (const entries of summary.entrySlices(pause)) await builder.add(entries);
  const { root, entryCount } = await builder.finish();
  const footer = await sink.add(
    "footer",
    encodeFooter({
      from: fields.from,
      to: fields.to,
      rawBytes: summary.rawBytes,
      entryCount,
      ...(root === undefined ? {} : { root }),
      diskBytes: summary.diskBytes,
      wallMicros: fields.wallMicros,
      counts: summary.counts,
      recordsEnd: fields.recordsEnd,
      marks: summary.marks,
      spans: summary.spans,
    }),
  );
  const fileBytes = sink.end + TRAILER_BYTES;
  const trailer = encodeTrailer({
    footerPosition: footer.position,
    footerBytes: footer.bytes,
    footerOrdinal: footer.ordinal,
    fileBytes,
    fileId: fields.fileId,
  });
  return { parts: sink.parts, trailer, trailerPosition: sink.end, fileBytes };
}

/** Plain frames in memory. */
class PlainSink implements FrameSink {
  readonly parts: Uint8Array[] = [];
  #ordinal = 0;
  #end: number;

  constructor(position: number) {
    this.#end = position;
  }

  get end(): number {
    return this.#end;
  }

  async add(kind: FrameKind, raw: Uint8Array): Promise<PlacedFrame> {
    const fields = {
      kind,
      codec: "none",
      storedBytes: raw.length,
      rawBytes: raw.length,
      number: this.#ordinal,
      count: 0,
    } as const;
    const head = encodeFrameHead(fields, [raw]);
    this.parts.push(head, raw);
    const placed = { position: this.#end, ordinal: this.#ordinal, bytes: head.length + raw.length };
    this.#ordinal += 1;
    this.#end += placed.bytes;
    return placed;
  }
}
