import { assert, viewOf } from "@leeward/base";
import {
  FRAME_PAYLOAD_BYTES_MAX,
  FRAME_RECORDS_MAX,
  headsBytes,
  type RecordDraft,
  writeHead,
  writePrelude,
} from "@leeward/proto";
import { BufferPool } from "@leeward/world";

/** A record without its data. */
export interface GatheredRecord {
  readonly sequence: number;
  /** A write's data are empty: its length is `payloadBytes`. */
  readonly draft: RecordDraft;
  readonly payloadBytes: number;
}

/** The raw bytes of one records frame, and what is in them. */
export interface GatheredFrame {
  /** Of no use after `release`. */
  readonly raw: Uint8Array;
  readonly records: readonly GatheredRecord[];
  /** Nothing reads `raw` any more; not called when that is not certain. */
  release(): void;
}

/** Where the payload begins in a buffer: before it is room for the heads of as many records as a frame may have. */
const PAYLOAD_AT = headsBytes(FRAME_RECORDS_MAX);
const BUFFER_BYTES = PAYLOAD_AT + FRAME_PAYLOAD_BYTES_MAX;
/** Of all gatherers of this thread. */
const BUFFERS = new BufferPool();

/** Copies records together until they fill a frame: the payload once, to where it stays; the heads before it, when they are all known. */
export class FrameGatherer {
  readonly #payloadBytesMax: number;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #payloadBytes = 0;
  #records: GatheredRecord[] = [];

  /** A frame gets at most so much payload (≤ 1 MiB), or one record that has more. */
  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** Whether a record with so much payload still belongs into this frame. */
  hasRoom(payloadBytes: number): boolean {
    const fits = this.#payloadBytes + payloadBytes <= this.#payloadBytesMax;
    return this.isEmpty || (fits && this.#records.length < FRAME_RECORDS_MAX);
  }

  /** Copies a record, whose payload is the parts one after another. */
  add(sequence: number, draft: RecordDraft, payload: readonly Uint8Array[]): void {
    const from = this.#payloadBytes;
    this.#buffer ??= BUFFERS.take(BUFFER_BYTES);
    for (const part of payload) {
      this.#buffer.set(part, PAYLOAD_AT + this.#payloadBytes);
      this.#payloadBytes += part.length;
    }
    this.#records.push({ sequence, draft, payloadBytes: this.#payloadBytes - from });
  }

  /** The frame; the next one begins empty. */
  take(): GatheredFrame {
    const buffer = this.#buffer;
    const records = this.#records;
    assert(buffer !== undefined, "an empty frame is not taken");
    const raw = buffer.subarray(PAYLOAD_AT - headsBytes(records.length), PAYLOAD_AT + this.#payloadBytes);
    const view = viewOf(raw);
    writePrelude(view, 0, records.length);
    for (const [index, record] of records.entries()) writeHead(view, headsBytes(index), record);
    this.#buffer = undefined;
    this.#records = [];
    this.#payloadBytes = 0;
    return { raw, records, release: () => BUFFERS.give(buffer) };
  }
}
