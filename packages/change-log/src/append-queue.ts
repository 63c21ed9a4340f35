import {
  type DecodedLogFrame,
  FRAME_PAYLOAD_BYTES_MAX,
  FRAME_RECORDS_MAX,
  payloadBytesOf,
  type RecordDraft,
} from "@leeward/proto";
import { type PendingFrame, pendingFrame } from "./pending-frame.ts";

/** What goes to the file in one write. */
export interface Batch {
  readonly frames: readonly PendingFrame[];
  /** Settles `written` of every append in it. */
  readonly done: PromiseWithResolvers<void>;
  /** A new file begins after it. */
  readonly cutAfter: boolean;
}

/** Gathers appends into frames, and frames into batches, until somebody takes them. Sequences are given as records come in. */
export class AppendQueue {
  #next: number;
  #batches: GatheredBatch[] = [];

  constructor(next: number) {
    this.#next = next;
  }

  /** The sequence of the next record. */
  get next(): number {
    return this.#next;
  }

  /** Resolves when all the records are written; the drafts' data are borrowed until then. */
  addDrafts(drafts: readonly RecordDraft[]): Promise<void> {
    const batch = this.#open();
    for (const draft of drafts) {
      for (const part of splitDraft(draft)) {
        batch.addDraft(this.#next, part);
        this.#next += 1;
      }
    }
    return batch.done.promise;
  }

  /** Frames as they came, which begin with the next sequence. */
  addFrames(bytes: Uint8Array, frames: readonly DecodedLogFrame[]): Promise<void> {
    const batch = this.#open();
    for (const frame of frames) {
      batch.addFrame({
        from: frame.from,
        to: frame.to,
        drafts: frame.records.map(({ record }) => record),
        parts: [bytes.subarray(frame.position, frame.position + frame.bytes)],
        bytes: frame.bytes,
      });
      this.#next = frame.to + 1;
    }
    return batch.done.promise;
  }

  /** Lets a new file begin after what was added so far. */
  cut(): Promise<void> {
    const batch = this.#open();
    batch.cutAfter = true;
    return batch.done.promise;
  }

  /** The oldest batch, which takes no more; undefined when nothing waits. */
  take(): Batch | undefined {
    const batch = this.#batches.shift();
    return batch === undefined ? undefined : { frames: batch.finish(), done: batch.done, cutAfter: batch.cutAfter };
  }

  /** All that waits fails. */
  refuse(reason: unknown): void {
    for (const batch of this.#batches.splice(0)) batch.done.reject(reason);
  }

  #open(): GatheredBatch {
    const last = this.#batches.at(-1);
    if (last !== undefined && !last.cutAfter) return last;
    const batch = new GatheredBatch();
    this.#batches.push(batch);
    return batch;
  }
}

class GatheredBatch {
  readonly done = Promise.withResolvers<void>();
  cutAfter = false;
  readonly #frames: PendingFrame[] = [];
  #drafts: RecordDraft[] = [];
  #draftsFrom = 0;
  #payloadBytes = 0;

  constructor() {
    // Whoever appended may look at the log's failure instead of at its own promise.
    this.done.promise.catch(() => undefined);
  }

  addDraft(sequence: number, draft: RecordDraft): void {
    const payloadBytes = payloadBytesOf(draft);
    const full =
      this.#drafts.length === FRAME_RECORDS_MAX || this.#payloadBytes + payloadBytes > FRAME_PAYLOAD_BYTES_MAX;
    if (full) this.#closeFrame();
    if (this.#drafts.length === 0) this.#draftsFrom = sequence;
    this.#drafts.push(draft);
    this.#payloadBytes += payloadBytes;
  }

  addFrame(frame: PendingFrame): void {
    this.#closeFrame();
    this.#frames.push(frame);
  }

  finish(): readonly PendingFrame[] {
    this.#closeFrame();
    return this.#frames;
  }

  #closeFrame(): void {
    if (this.#drafts.length === 0) return;
    this.#frames.push(pendingFrame(this.#draftsFrom, this.#drafts));
    this.#drafts = [];
    this.#payloadBytes = 0;
  }
}

function splitDraft(draft: RecordDraft): readonly RecordDraft[] {
  if (draft.kind !== "write" || draft.data.length <= FRAME_PAYLOAD_BYTES_MAX) return [draft];
  const parts: RecordDraft[] = [];
  for (let at = 0; at < draft.data.length; at += FRAME_PAYLOAD_BYTES_MAX) {
    const data = draft.data.subarray(at, at + FRAME_PAYLOAD_BYTES_MAX);
    parts.push({ kind: "write", timeMicros: draft.timeMicros, offset: draft.offset + at, data });
  }
  return parts;
}
