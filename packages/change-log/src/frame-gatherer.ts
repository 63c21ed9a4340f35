import {
  FRAME_PAYLOAD_BYTES_MAX,
  FRAME_RECORDS_MAX,
  headsBytes,
  type RecordDraft,
  writeHead,
  writePrelude,
} from "@leeward/proto";

/** A record without its data. */
export interface GatheredRecord {
  readonly sequence: number;
  /** A write's data are empty: its length is `payloadBytes`. */
  readonly draft: RecordDraft;
  readonly payloadBytes: number;
}

/** The raw bytes of one records frame, and what is in them. */
export interface GatheredFrame {
  readonly raw: Uint8Array;
  readonly records: readonly GatheredRecord[];
}

/** Copies records together until they fill a frame. */
export class FrameGatherer {
  readonly #payloadBytesMax: number;
  readonly #payload = new Uint8Array(FRAME_PAYLOAD_BYTES_MAX);
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
    for (const part of payload) {
      this.#payload.set(part, this.#payloadBytes);
      this.#payloadBytes += part.length;
    }
    this.#records.push({ sequence, draft, payloadBytes: this.#payloadBytes - from });
  }

  /** The frame; the next one begins empty. */
  take(): GatheredFrame {
    const records = this.#records;
    const heads = headsBytes(records.length);
    const raw = new Uint8Array(heads + this.#payloadBytes);
    const view = new DataView(raw.buffer);
    writePrelude(view, 0, records.length);
    for (const [index, record] of records.entries()) writeHead(view, headsBytes(index), record);
    raw.set(this.#payload.subarray(0, this.#payloadBytes), heads);
    this.#records = [];
    this.#payloadBytes = 0;
    return { raw, records };
  }
}
