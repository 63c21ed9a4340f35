import type { RecordDraft, SpanReason } from "@leeward/proto";
import type { StateFile } from "./state-file.ts";
import type { StoredCopy, StoredSpan, StoredState } from "./stored-state.ts";

/** What a slot holds before its span is begun. */
export interface WantedSpan {
  readonly spanId: string;
  readonly reason: SpanReason;
  readonly totalBytes: number;
  /** Of a copy: as StoredCopy.whole. One that has been begun stays what it is. */
  readonly whole?: boolean;
}

/**
 * One of a splitter's two spans: the `copy` of the whole disk, or the `catchUp` from the bitmap.
 *
 * Invariant: in the log a span begins once and ends once, after any crash. Order of each step: the intent (`beginning`, `ending`,
 * and the sequence after which to look) durable in the state file → record into the log → log durable → `open`, or no span.
 * A crash in between leaves an intent, and the log after its sequence says whether the record is there: so the log lets go of nothing
 * after that sequence (`neededAfter`) before the last step. When the log loses the record without a crash, it is put again.
 */
export class SpanSlot {
  readonly #file: StateFile;
  readonly #name: "copy" | "catchUp";
  /** The sequence of the record that the phase is about; undefined while it is not in the log. */
  #recordAt: number | undefined;
  /** Of an intent that is being stored. */
  #storingAfter = Number.POSITIVE_INFINITY;

  constructor(file: StateFile, name: "copy" | "catchUp") {
    this.#file = file;
    this.#name = name;
  }

  get span(): StoredSpan | null {
    return this.#file.state[this.#name];
  }

  /** The span has a beginning in the log. */
  get begun(): boolean {
    const { span } = this;
    return span !== null && (span.phase !== "beginning" || this.#recordAt !== undefined);
  }

  /** The log after this sequence is needed to tell what happened, should the machine stop now. */
  get neededAfter(): number {
    const { span } = this;
    return Math.min(this.#storingAfter, span === null || span.phase === "open" ? Number.POSITIVE_INFINITY : span.after);
  }

  /** The intent to begin; the record follows. There is no span in the slot, or one whose beginning was lost. */
  async intendBegin({ spanId, reason, totalBytes, whole = false }: WantedSpan, after: number): Promise<void> {
    this.#recordAt = undefined;
    await this.#store({ spanId, reason, totalBytes, phase: "beginning", after }, whole);
  }

  /** The record that has to be put before anything of the span; undefined when it is in the log. */
  beginDraft(timeMicros: number): RecordDraft | undefined {
    const { span } = this;
    if (span === null || this.begun) return undefined;
    const { spanId, reason, totalBytes } = span;
    return { kind: "span-begin", timeMicros, span: { spanId, reason, totalBytes } };
  }

  async intendEnd(after: number): Promise<void> {
    this.#recordAt = undefined;
    const { span } = this;
    if (span !== null) await this.#store({ ...span, phase: "ending", after });
  }

  endDraft(timeMicros: number): RecordDraft | undefined {
    const { span } = this;
    return span === null ? undefined : { kind: "span-end", timeMicros, spanId: span.spanId };
  }

  /** The record was appended. */
  placed(sequence: number): void {
    this.#recordAt = sequence;
  }

  /** The log is durable up to `durable`: what the intent was about has happened when its record is among that. */
  async confirm(durable: number): Promise<void> {
    const { span } = this;
    if (span === null || this.#recordAt === undefined || this.#recordAt > durable) return;
    if (span.phase === "beginning") await this.#store({ ...span, phase: "open", after: 0 });
    else if (span.phase === "ending") await this.#store(null);
    this.#recordAt = undefined;
  }

  /** The end is durable in the log. */
  endedBy(durable: number): boolean {
    return this.span?.phase === "ending" && this.#recordAt !== undefined && this.#recordAt <= durable;
  }

  /**
   * An end that was intended and whose record did not get into the log is not intended any more: the span goes on. A beginning whose record did
   * not is to come after `last`: nothing before that is needed for it, and what the target holds may leave the log.
   */
  async goOn(last: number): Promise<void> {
    const { span } = this;
    if (span === null || this.#recordAt !== undefined) return;
    if (span.phase === "ending") await this.#store({ ...span, phase: "open", after: 0 });
    if (span.phase === "beginning" && span.after < last) await this.#store({ ...span, after: last });
  }

  /** After a crash: whether the record that the intent was about is in the log. */
  async resolve(isInLog: boolean): Promise<void> {
    const { span } = this;
    if (span?.phase === "beginning" && isInLog) await this.#store({ ...span, phase: "open", after: 0 });
    if (span?.phase === "ending") await this.#store(isInLog ? null : { ...span, phase: "open", after: 0 });
  }

  /** The log lost what is above `durable`. */
  cut(durable: number): void {
    if (this.#recordAt !== undefined && this.#recordAt > durable) this.#recordAt = undefined;
  }

  async #store(span: StoredSpan | null, isWhole = false): Promise<void> {
    if (span !== null && span.phase !== "open") this.#storingAfter = span.after;
    try {
      await this.#file.change((state) => this.#with(state, span, isWhole));
    } finally {
      this.#storingAfter = Number.POSITIVE_INFINITY;
    }
  }

  #with(state: StoredState, span: StoredSpan | null, isWhole: boolean): StoredState {
    if (this.#name === "catchUp") return { ...state, catchUp: span };
    // A copy that has ended means that its target holds the whole disk.
    if (span === null) return { ...state, copy: null, complete: true };
    const before = span.spanId === state.copy?.spanId ? state.copy : undefined;
    const logZeroes = before?.logZeroes ?? span.reason !== "initial";
    const { position = 0, differingBytes = 0, whole = isWhole } = before ?? {};
    const copy: StoredCopy = { ...span, position, logZeroes, differingBytes, whole };
    return { ...state, copy };
  }
}
