import { createHash } from "node:crypto";
import type { Extent } from "@leeward/block";
import { runSpan } from "../limits.ts";
import type { HeldSegment, MergedEntry, RunEntry, SpanReason } from "../manifest/entry.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { SpanBook } from "./span-book.ts";

/** The chain before the first segment of a branch without parent. */
export const CHAIN_START = "0".repeat(64);

/** The chain after a segment: whoever has the same chain has the same segments in the same order. */
export function chainAfter(chain: string, sha256: string): string {
  return createHash("sha256").update(Buffer.from(chain, "hex")).update(Buffer.from(sha256, "hex")).digest("hex");
}

/** How a branch stands where it begins, or where the base has cut it off. */
export interface BranchStart {
  /** Number of its first segment that is kept. */
  readonly number: number;
  readonly sequence: number;
  readonly chain: string;
  readonly diskBytes: number;
  readonly lastMicros: number;
}

/** What is open where a branch begins. */
export interface SpanState {
  readonly complete: boolean;
  readonly openSpans: readonly (readonly [string, SpanReason])[];
}

/** Why no point can stand in a gap: what was copied there, or that bytes of it are damaged. */
export type GapReason = SpanReason | "merged" | "damage";

interface DamageNote {
  readonly number: number;
  readonly extents: readonly Extent[];
}

/**
 * One line of the disk's history, or a stretch of one behind a hole, as far as it is kept. Segments are numbered from 0; those before `start` are in the base. A merged one has the
 * number of the last that went into it, so that numbers rise and some are missing.
 */
export class Branch {
  readonly id: string;
  /** The branch's id as its senders have it: another than `id` behind a hole. */
  readonly name: string;
  readonly parent: BranchPosition | undefined;
  /** The sequence of its first segment ever. */
  readonly from: number;
  readonly blockBytes: number;
  #spans: SpanBook;
  #spansAtStart: SpanState;
  #start: BranchStart;
  #segments: HeldSegment[] = [];
  readonly #runs = new Map<string, RunEntry>();
  #damage: DamageNote[] = [];

  constructor(options: {
    id: string;
    name?: string;
    parent: BranchPosition | undefined;
    from: number;
    blockBytes: number;
    start: BranchStart;
    spans: SpanState;
  }) {
    this.id = options.id;
    this.name = options.name ?? options.id;
    this.parent = options.parent;
    this.from = options.from;
    this.blockBytes = options.blockBytes;
    this.#start = options.start;
    this.#spansAtStart = options.spans;
    this.#spans = new SpanBook(options.spans);
  }

  get spans(): SpanBook {
    return this.#spans;
  }

  get start(): BranchStart {
    return this.#start;
  }

  /** Number that the next segment gets. */
  get nextNumber(): number {
    return (this.last?.number ?? this.#start.number - 1) + 1;
  }

  get last(): HeldSegment | undefined {
    return this.#segments.at(-1);
  }

  /** The last sequence that is held. */
  get sequence(): number {
    return this.last?.to ?? this.#start.sequence;
  }

  get chain(): string {
    return this.last?.chain ?? this.#start.chain;
  }

  /** By number. A list that was given out shows segments that are added later, and none of those that are merged later. */
  get segments(): readonly HeldSegment[] {
    return this.#segments;
  }

  /** The segment that ends with this number. */
  segment(number: number): HeldSegment | undefined {
    return segmentIn(this.#segments, number);
  }

  /** Segments that end with the numbers `first` to `last`, oldest first. */
  within(first: number, last: number): readonly HeldSegment[] {
    return this.#segments.slice(indexFrom(this.#segments, first), indexFrom(this.#segments, last + 1));
  }

  /** Size of the disk where the segment begins. */
  diskBytesBefore(segment: HeldSegment): number {
    return this.#segments[indexFrom(this.#segments, segment.number) - 1]?.diskBytes ?? this.#start.diskBytes;
  }

  add(segment: HeldSegment): void {
    this.#segments.push(segment);
    this.#note(this.#spans, segment);
  }

  /** Puts a file in the place of the segments that it was merged of. False when it does not fit them: nothing is changed then. */
  merge(merged: MergedEntry): boolean {
    const gone = this.within(merged.first, merged.number);
    const [oldest] = gone;
    const newest = gone.at(-1);
    const isSame =
      oldest !== undefined &&
      firstOf(oldest) === merged.first &&
      oldest.from === merged.from &&
      newest?.number === merged.number &&
      newest.to === merged.to &&
      newest.chain === merged.chain;
    if (!isSame) return false;
    const at = indexFrom(this.#segments, merged.first);
    this.#segments = this.#segments.toSpliced(at, gone.length, merged);
    for (const { level, first } of this.runs) if (runOverlaps({ level, first }, merged)) this.dropRun(level, first);
    return true;
  }

  #note(book: SpanBook, segment: HeldSegment): void {
    if (segment.type === "segment") book.note(segment.number, segment.spans);
    else book.noteMerged(segment);
  }

  /** The segment that ends exactly at `sequence`; start.number - 1 when the branch's start does; undefined when none does. */
  numberEndingAt(sequence: number): number | undefined {
    if (sequence === this.#start.sequence) return this.#start.number - 1;
    const segment = this.#holding(sequence);
    return segment?.to === sequence ? segment.number : undefined;
  }

  /** Whether a segment ended at `sequence` or may have, and was merged with what follows. */
  isMergedOver(sequence: number): boolean {
    const segment = this.#holding(sequence);
    return segment?.type === "merged" && segment.from <= sequence && sequence < segment.to;
  }

  /** The segment that ends at or behind `sequence`. */
  #holding(sequence: number): HeldSegment | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle]?.to ?? 0) >= sequence) high = middle;
      else low = middle + 1;
    }
    return this.#segments[low];
  }

  /** The newest segment whose number is at most `number`. */
  lastThrough(number: number): HeldSegment | undefined {
    return this.#segments[indexFrom(this.#segments, number + 1) - 1];
  }

  /** The segment that follows number `number`. */
  following(number: number): HeldSegment | undefined {
    return this.#segments[indexFrom(this.#segments, number + 1)];
  }

  diskBytesAt(number: number): number {
    return this.segment(number)?.diskBytes ?? this.#start.diskBytes;
  }

  /** What is open at the end of segment `number`. */
  spansAt(number: number): SpanState {
    if (this.#spans.pointableAt(number)) return { complete: true, openSpans: [] };
    const book = new SpanBook(this.#spansAtStart);
    for (const segment of this.within(this.#start.number, number)) this.#note(book, segment);
    return { complete: book.complete, openSpans: book.openSpans };
  }

  /** Whether a point may stand at the end of segment `number`. */
  pointableAt(number: number): boolean {
    return this.#spans.pointableAt(number) && this.damageAt(number).length === 0;
  }

  /** What reads wrong at the end of segment `number`. */
  damageAt(number: number): readonly Extent[] {
    return this.#damage.findLast((note) => note.number <= number)?.extents ?? [];
  }

  /** Whether between the ends of two segments there are ends where no point can stand. */
  closedBetween(after: number, through: number): boolean {
    const damaged = this.#damage.some(
      ({ number, extents }, index) =>
        extents.length > 0 &&
        number < through &&
        (this.#damage[index + 1]?.number ?? Number.POSITIVE_INFINITY) > after + 1,
    );
    return damaged || this.#spans.closedBetween(after, through);
  }

  /** Why there are such ends, where that is known. */
  reasonBetween(after: number, through: number): GapReason | undefined {
    return this.#spans.reasonBetween(after, through) ?? (this.closedBetween(after, through) ? "damage" : undefined);
  }

  get damage(): readonly DamageNote[] {
    return this.#damage;
  }

  noteDamage(number: number, extents: readonly Extent[]): void {
    const rest = this.#damage.filter((note) => note.number !== number);
    rest.push({ number, extents });
    this.#damage = rest.sort((a, b) => a.number - b.number);
  }

  get runs(): Iterable<RunEntry> {
    return this.#runs.values();
  }

  run(level: number, first: number): RunEntry | undefined {
    return this.#runs.get(`${level}:${first}`);
  }

  addRun(run: RunEntry): void {
    this.#runs.set(`${run.level}:${run.first}`, run);
  }

  dropRun(level: number, first: number): void {
    this.#runs.delete(`${level}:${first}`);
  }

  /** From now on the base holds what came before `start`; runs of that alone go too. Returns the segments that are no longer kept. */
  advance(start: BranchStart): readonly HeldSegment[] {
    const count = indexFrom(this.#segments, start.number);
    const gone = this.#segments.slice(0, count);
    this.#segments = this.#segments.slice(count);
    // A manifest that was rewritten tells the base without the segments that led there; a base stands at a point, so whole.
    const isLed = start.number === this.#start.number || gone.at(-1)?.number === start.number - 1;
    if (!isLed) this.#spans = new SpanBook({ complete: true });
    this.#spansAtStart = { complete: true, openSpans: [] };
    this.#start = start;
    for (const { level, first } of this.runs) if (first + runSpan(level) <= start.number) this.dropRun(level, first);
    this.#spans.forgetBefore(start.number);
    const before = this.#damage.filter((note) => note.number < start.number);
    const kept = before.at(-1);
    this.#damage = [
      ...(kept === undefined ? [] : [{ ...kept, number: start.number - 1 }]),
      ...this.#damage.filter((note) => note.number >= start.number),
    ];
    return gone;
  }
}

/** Number of the first segment that is in it. */
export function firstOf(segment: HeldSegment): number {
  return segment.type === "merged" ? segment.first : segment.number;
}

/** The segment that ends with this number, of segments sorted by number. */
export function segmentIn(segments: readonly HeldSegment[], number: number): HeldSegment | undefined {
  const found = segments[indexFrom(segments, number)];
  return found?.number === number ? found : undefined;
}

/** Index of the first segment with this number or a later one. */
function indexFrom(segments: readonly HeldSegment[], number: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle]?.number ?? 0) >= number) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether the run's group has a number in common with what was merged: what it says of those is not right any more. */
export function runOverlaps(run: Pick<RunEntry, "level" | "first">, merged: MergedEntry): boolean {
  return run.first <= merged.number && run.first + runSpan(run.level) > merged.first;
}
