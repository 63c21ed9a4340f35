/**
 * The records of one cut while they are gathered.
 *
 * A cut ends with its first `mark`, or where it is large enough, or before a `resize`: so a point is always the end of a cut, and what
 * a cut writes lies on a disk of one size. Every record between `from` and `to` was looked at, in order; that is what lets the cut
 * stand for all of them.
 *
 * A `void` takes the records that it names out of the cut. It only ever names records shortly before it; those that an earlier cut
 * has taken already were on their way to the disk when that cut's mark was made, as an unacknowledged write may be at a crash, and what the
 * source found in their place is logged after the `void`.
 */
import { assert, unreachable } from "@leeward/base";
import type { LogRecord, MarkRecord, ResizeRecord, SpanBeginRecord, SpanEndRecord } from "@leeward/proto";
import { LIMITS } from "../limits.ts";
import type { Change } from "./change.ts";

/** Records that a cut keeps as they are. */
export type KeptRecord = MarkRecord | SpanBeginRecord | SpanEndRecord | ResizeRecord;

const RECORD_HEAD_BYTES = 40;
const NO_BYTES = new Uint8Array();

/** Bytes that a record counts for where cuts are measured. */
export function recordBytes(record: LogRecord): number {
  return RECORD_HEAD_BYTES + (record.kind === "write" ? record.data.length : 0);
}

export class CutDraft {
  readonly from: number;
  readonly kept: KeptRecord[] = [];
  readonly #changes: Change[] = [];
  readonly #voided: { readonly from: number; readonly to: number }[] = [];
  #to: number;
  #bytes = 0;
  #ended: "mark" | "size" | "resize" | undefined;

  constructor(from: number) {
    this.from = from;
    this.#to = from - 1;
  }

  /** from - 1 while it holds nothing. */
  get to(): number {
    return this.#to;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why the cut is complete; undefined while it may take more. */
  get ended(): "mark" | "size" | "resize" | undefined {
    return this.#ended;
  }

  /** Takes the next record, unless it ends the cut before itself. Records before `from` are passed over. */
  add(record: LogRecord): void {
    if (record.sequence < this.from || this.#ended !== undefined) return;
    assert(record.sequence === this.#to + 1, "a cut looks at every record");
    if (record.kind === "resize" && this.#to >= this.from) {
      this.#ended = "resize";
      return;
    }
    this.#to = record.sequence;
    this.#bytes += recordBytes(record);
    this.#take(record);
    const large = this.#bytes >= LIMITS.cutBytesMax || this.#to - this.from + 1 >= LIMITS.cutRecordsMax;
    if (record.kind === "mark") this.#ended = "mark";
    else if (large) this.#ended = "size";
  }

  /** What the cut does to the disk, refused records left out. */
  changes(): readonly Change[] {
    if (this.#voided.length === 0) return this.#changes;
    const refused = new Set<number>();
    for (const { from, to } of this.#voided) {
      for (let sequence = Math.max(from, this.from); sequence <= to; sequence += 1) refused.add(sequence);
    }
    return this.#changes.filter(({ sequence }) => !refused.has(sequence));
  }

  #take(record: LogRecord): void {
    switch (record.kind) {
      case "write":
      case "zero":
      case "discard": {
        const { kind, sequence, timeMicros, offset, length } = record;
        const payload = record.kind === "write" ? record.data : NO_BYTES;
        this.#changes.push({ kind, sequence, timeMicros, offset, length, payload });
        return;
      }
      case "void":
        this.#voided.push({ from: record.refusedFrom, to: record.refusedTo });
        return;
      case "mark":
      case "span-begin":
      case "span-end":
      case "resize":
        this.kept.push(record);
        return;
      default:
        unreachable(record);
    }
  }
}
