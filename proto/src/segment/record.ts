import { numbering } from "./numbering.ts";

/** What every record says. */
interface Stamp {
  /** From 1; rises by 1 with each record of a branch's log. */
  readonly sequence: number;
  /** Microseconds since 1970. For people: order is by sequence alone. */
  readonly timeMicros: number;
}

interface Covered {
  /** Bytes of the disk. */
  readonly offset: number;
  /** Bytes of the disk, above 0. */
  readonly length: number;
}

export interface WriteRecord extends Stamp, Covered {
  readonly kind: "write";
  /** `length` bytes. */
  readonly data: Uint8Array;
}

/** The extent reads as zeroes. */
export interface ZeroRecord extends Stamp, Covered {
  readonly kind: "zero";
}

/** The extent's content is not needed any more, and reads as zeroes. */
export interface DiscardRecord extends Stamp, Covered {
  readonly kind: "discard";
}

/** The disk refused these records of the extent: they are taken as if they were not there. */
export interface VoidRecord extends Stamp, Covered {
  readonly kind: "void";
  readonly refusedFrom: number;
  /** ≥ refusedFrom, below the void's own sequence. */
  readonly refusedTo: number;
}

export interface MarkRecord extends Stamp {
  readonly kind: "mark";
  readonly mark: Mark;
}

export interface SpanBeginRecord extends Stamp {
  readonly kind: "span-begin";
  readonly span: Span;
}

export interface SpanEndRecord extends Stamp {
  readonly kind: "span-end";
  readonly spanId: string;
}

export interface ResizeRecord extends Stamp {
  readonly kind: "resize";
  /** Of the disk from now on. */
  readonly sizeBytes: number;
}

/** One thing that happened to a disk. Views of its data are alive as long as what they were decoded from. */
export type LogRecord =
  | WriteRecord
  | ZeroRecord
  | DiscardRecord
  | VoidRecord
  | MarkRecord
  | SpanBeginRecord
  | SpanEndRecord
  | ResizeRecord;

export type RecordKind = LogRecord["kind"];

/** A record that has no sequence yet. A write's length is that of its data, which may be above the frame maximum: it becomes several records. */
export type RecordDraft =
  | Omit<WriteRecord, "sequence" | "length">
  | Omit<ZeroRecord, "sequence">
  | Omit<DiscardRecord, "sequence">
  | Omit<VoidRecord, "sequence">
  | Omit<MarkRecord, "sequence">
  | Omit<SpanBeginRecord, "sequence">
  | Omit<SpanEndRecord, "sequence">
  | Omit<ResizeRecord, "sequence">;

/** Where a recovery point stands in a disk's history. */
export interface Mark {
  /** Id. */
  readonly pointId: string;
  readonly number: number;
  /** Of the point; microseconds since 1970. */
  readonly timeMicros: number;
  readonly kind: MarkKind;
  readonly consistency: Consistency;
}

/** A copy of a part of the disk; inside of it there is no point for a target that needs it. */
export interface Span {
  /** Id. */
  readonly spanId: string;
  readonly reason: SpanReason;
  /** What will be copied, as far as is known when it begins. */
  readonly totalBytes: number;
}

export type MarkKind = (typeof MARK_KIND.names)[number];
export type Consistency = (typeof CONSISTENCY.names)[number];
export type SpanReason = (typeof SPAN_REASON.names)[number];

export const RECORD_KIND = numbering(
  ["write", "zero", "discard", "void", "mark", "span-begin", "span-end", "resize"],
  1,
);
export const MARK_KIND = numbering(["auto", "mark", "group"], 1);
export const CONSISTENCY = numbering(["crash", "file-system", "application"], 1);
export const SPAN_REASON = numbering(["initial", "catch-up", "recovery", "resync"], 1);
