/**
 * Writes a sealed file of records: cut, merged or base (proto/segment.md).
 *
 * Invariant: the index says for each byte where the record with the highest sequence that names it lies, of equal ones the
 * later; records that a `void` of the same file names are in no index. Nobody sees the file before `seal` has settled; then it and
 * its name are durable. Worst outcome if broken: a target restores old bytes.
 */
import { assert, isFault } from "@leeward/base";
import {
  encodeFooter,
  encodePayload,
  FRAME_PAYLOAD_BYTES_MAX,
  headsBytes,
  type LogRecord,
  type RecordDraft,
  type SegmentFooter,
  type SegmentHeader,
} from "@leeward/proto";
import type { World } from "@leeward/world";
import { FrameFileWriter, type SegmentFileOptions } from "./frame-file-writer.ts";
import { FrameGatherer, type GatheredFrame } from "./frame-gatherer.ts";
import { IndexBuilder, type PlacedFrame } from "./index-builder.ts";
import { SegmentSummary } from "./segment-summary.ts";
import { piecesOf } from "./write-parts.ts";

/** Payload of a frame unless told: what a read of 4 KiB decodes at most. */
const FRAME_PAYLOAD_BYTES_DEFAULT = 256 * 1024;
/** Frames that are compressed and encrypted side by side. */
const FRAMES_IN_FLIGHT_MAX = 4;

export interface SegmentWriterOptions extends SegmentFileOptions {
  /** `to` is known. */
  readonly draft: SegmentFileOptions["draft"] & { readonly kind: "cut" | "merged" | "base"; readonly to: number };
  /** Payload that one frame gets, at most 1 MiB; 256 KiB unless told. */
  readonly framePayloadBytes?: number;
}

/** A file that was sealed. */
export interface SegmentFacts {
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** Of the file; 32 bytes. */
  readonly sha256: Uint8Array;
  readonly header: SegmentHeader;
  readonly footer: SegmentFooter;
}

/** A write whose data lie in parts, one after another. */
export interface WritePlace {
  readonly sequence: number;
  readonly timeMicros: number;
  readonly offset: number;
}

export class SegmentWriter implements AsyncDisposable {
  readonly #world: World;
  readonly #file: FrameFileWriter;
  readonly #to: number;
  readonly #gatherer: FrameGatherer;
  readonly #summary: SegmentSummary;
  #inFlight: Promise<void>[] = [];
  #ended = false;

  private constructor(world: World, file: FrameFileWriter, options: SegmentWriterOptions) {
    const framePayloadBytes = options.framePayloadBytes ?? FRAME_PAYLOAD_BYTES_DEFAULT;
    assert(framePayloadBytes <= FRAME_PAYLOAD_BYTES_MAX, "a frame has at most 1 MiB of payload");
    this.#world = world;
    this.#file = file;
    this.#to = options.draft.to;
    this.#gatherer = new FrameGatherer(framePayloadBytes);
    this.#summary = new SegmentSummary(options.draft.diskBytes);
  }

  /** Begins the file at `path`. @throws what the files throw */
  static async create(world: World, options: SegmentWriterOptions): Promise<SegmentWriter> {
    return new SegmentWriter(world, await FrameFileWriter.create(world, options), options);
  }

  /**
   * Adds a record; its data are copied before the call returns. Sequences lie inside of what the file covers, in any order.
   * It settles when there is room for more. @throws what an earlier write failed with
   */
  async add(record: LogRecord): Promise<void> {
    if (record.kind === "write") await this.addWrite(record, [record.data]);
    else await this.#add(record.sequence, record, [encodePayload(record)]);
  }

  /** As `add`, for a write of any length whose data are the parts one after another. */
  async addWrite({ sequence, timeMicros, offset }: WritePlace, parts: readonly Uint8Array[]): Promise<void> {
    for (const piece of piecesOf(parts)) {
      const draft: RecordDraft = { kind: "write", timeMicros, offset: offset + piece.skip, data: NO_BYTES };
      await this.#add(sequence, draft, piece.parts);
    }
  }

  /** Ends the file: durable, its name too, when it settles. @throws what the files throw */
  async seal(): Promise<SegmentFacts> {
    assert(!this.#ended, "a file is sealed once");
    if (!this.#gatherer.isEmpty) this.#begin(this.#gatherer.take());
    await Promise.all(this.#inFlight.splice(0));
    const recordsEnd = this.#file.position;
    const builder = new IndexBuilder(this.#file);
    await builder.add(this.#summary.entries());
    const { root, entryCount } = await builder.finish();
    const footer: SegmentFooter = {
      from: this.#file.header.from,
      to: this.#to,
      rawBytes: this.#summary.rawBytes,
      entryCount,
      ...(root === undefined ? {} : { root }),
      diskBytes: this.#summary.diskBytes,
      wallMicros: this.#world.clock.wallMicros(),
      counts: this.#summary.counts,
      recordsEnd,
      digest: this.#file.digest(),
      marks: this.#summary.marks,
      spans: this.#summary.spans,
    };
    const facts = await this.#file.finish(await this.#file.add("footer", encodeFooter(footer)));
    this.#ended = true;
    return { path: this.#file.path, ...facts, header: this.#file.header, footer };
  }

  /** Removes the file; does nothing once it is sealed. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await Promise.allSettled(this.#inFlight.splice(0));
    await this.#file.abort();
  }

  /** As `abort`; a file that cannot be removed is left, for the fault that ended the writing is the one that counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.abort();
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  async #add(sequence: number, draft: RecordDraft, payload: readonly Uint8Array[]): Promise<void> {
    assert(!this.#ended, "a sealed file is not changed");
    assert(sequence >= this.#file.header.from && sequence <= this.#to, "a record lies inside of what the file covers");
    const bytes = payload.reduce((total, part) => total + part.length, 0);
    if (!this.#gatherer.hasRoom(bytes)) this.#begin(this.#gatherer.take());
    this.#gatherer.add(sequence, draft, payload);
    while (this.#inFlight.length > FRAMES_IN_FLIGHT_MAX) await this.#inFlight.shift();
  }

  #begin(frame: GatheredFrame): void {
    const written = this.#write(frame);
    // It is awaited when there is no more room, or at the end.
    written.catch(() => undefined);
    this.#inFlight.push(written);
  }

  async #write({ raw, records, release }: GatheredFrame): Promise<void> {
    const placed = await this.#file.add("records", raw);
    this.#summarise(placed, records);
    this.#summary.addFrame(raw.length);
    release();
  }

  #summarise(placed: PlacedFrame, records: GatheredFrame["records"]): void {
    const { position: framePosition, ordinal: frameOrdinal, bytes: frameBytes } = placed;
    let rawPosition = headsBytes(records.length);
    for (const { sequence, draft, payloadBytes } of records) {
      const place = { sequence, framePosition, frameOrdinal, frameBytes, rawPosition };
      if (draft.kind === "write")
        this.#summary.addExtent("write", { offset: draft.offset, length: payloadBytes }, place);
      else this.#summary.add(draft, place);
      rawPosition += payloadBytes;
    }
  }
}

const NO_BYTES = new Uint8Array(0);
