/**
 * What a segment holds, gathered while it is written or scanned: what its footer and its index will say.
 *
 * Invariant: of the records that name a byte, the one with the highest sequence wins, of equal ones the later; records that a
 * `void` names do not count. Worst outcome if broken: reads at the target return old or refused bytes.
 */
import { assert, unreachable } from "@leeward/base";
import { type Extent, ExtentMap, ExtentSet, type MappedExtent } from "@leeward/block";
import {
  ENTRY_KIND,
  type EntryKind,
  FOOTER_ITEMS_MAX,
  type IndexEntry,
  type ListedMark,
  type ListedSpan,
  NO_COUNTS,
  type RecordCounts,
  type RecordDraft,
  type RecordKind,
} from "@leeward/proto";
import { NumberRows } from "./number-rows.ts";

/** A record's sequence, and where it lies in its file. */
export interface RecordPlace {
  readonly sequence: number;
  readonly framePosition: number;
  /** 0 in a log file. */
  readonly frameOrdinal: number;
  /** Head and stored bytes of the frame. */
  readonly frameBytes: number;
  /** Of the payload in the frame's raw bytes. */
  readonly rawPosition: number;
}

const COLUMN = {
  offset: 0,
  length: 1,
  sequence: 2,
  kind: 3,
  framePosition: 4,
  frameOrdinal: 5,
  frameBytes: 6,
  raw: 7,
} as const;
const COLUMNS = 8;
/** Rows between two pauses: some milliseconds of work. */
const SLICE_ROWS = 1_024;

export class SegmentSummary {
  readonly #rows = new NumberRows(COLUMNS);
  readonly #counts: Record<RecordKind, number> = { ...NO_COUNTS };
  readonly #marks: ListedMark[] = [];
  readonly #spans: ListedSpan[] = [];
  /** Of sequences, not of bytes. */
  readonly #voids = new ExtentSet();
  #sorted = true;
  #sequenceMax = 0;
  #rawBytes = 0;
  #diskBytes: number;

  constructor(diskBytes: number) {
    this.#diskBytes = diskBytes;
  }

  get counts(): RecordCounts {
    return { ...this.#counts };
  }

  /** Records that have an extent. */
  get extentCount(): number {
    return this.#rows.count;
  }

  get marks(): readonly ListedMark[] {
    return this.#marks;
  }

  get spans(): readonly ListedSpan[] {
    return this.#spans;
  }

  /** Of all records frames. */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  get diskBytes(): number {
    return this.#diskBytes;
  }

  addFrame(rawBytes: number): void {
    this.#rawBytes += rawBytes;
  }

  add(record: RecordDraft, place: RecordPlace): void {
    const { timeMicros } = record;
    const { sequence } = place;
    switch (record.kind) {
      case "write":
      case "zero":
      case "discard":
        this.addExtent(record.kind, { offset: record.offset, length: extentLength(record) }, place);
        return;
      case "void":
        this.#voids.add({ offset: record.refusedFrom, length: record.refusedTo - record.refusedFrom + 1 });
        break;
      case "mark":
        list(this.#marks, { sequence, timeMicros, mark: record.mark });
        break;
      case "span-begin":
        list(this.#spans, { sequence, timeMicros, step: "begin", span: record.span });
        break;
      case "span-end":
        list(this.#spans, { sequence, timeMicros, step: "end", spanId: record.spanId });
        break;
      case "resize":
        this.#diskBytes = record.sizeBytes;
        break;
      default:
        unreachable(record);
    }
    this.#counts[record.kind] += 1;
  }

  /** As `add`, for a record whose data are not at hand. */
  addExtent(kind: EntryKind, { offset, length }: Extent, place: RecordPlace): void {
    this.#counts[kind] += 1;
    if (place.sequence < this.#sequenceMax) this.#sorted = false;
    this.#sequenceMax = Math.max(this.#sequenceMax, place.sequence);
    const { framePosition, frameOrdinal, frameBytes, rawPosition } = place;
    const kindNumber = ENTRY_KIND.numberOf(kind);
    this.#rows.push([offset, length, place.sequence, kindNumber, framePosition, frameOrdinal, frameBytes, rawPosition]);
  }

  /** The index: sorted, disjoint, what the records leave. */
  entries(): IndexEntry[] {
    const map = new ExtentMap<number>();
    for (const row of this.#rowsByAge()) this.#put(map, row);
    return Array.from(map, (piece) => this.#entry(piece));
  }

  /** As `entries`, in slices: others run in between, where `pause` lets them. Nothing is added meanwhile. */
  async *entrySlices(pause: () => Promise<void>): AsyncGenerator<readonly IndexEntry[]> {
    const map = new ExtentMap<number>();
    for (const [done, row] of this.#rowsByAge().entries()) {
      this.#put(map, row);
      if (done % SLICE_ROWS === SLICE_ROWS - 1) await pause();
    }
    let slice: IndexEntry[] = [];
    for (const piece of map) {
      slice.push(this.#entry(piece));
      if (slice.length < SLICE_ROWS) continue;
      yield slice;
      slice = [];
      await pause();
    }
    yield slice;
  }

  /** Every extent that a record names, refused ones too: what may have been on its way to the disk. */
  namedExtents(): ExtentSet {
    const set = new ExtentSet();
    for (let row = 0; row < this.#rows.count; row += 1) {
      set.add({ offset: this.#rows.at(row, COLUMN.offset), length: this.#rows.at(row, COLUMN.length) });
    }
    return set;
  }

  #rowsByAge(): number[] {
    const rows = Array.from({ length: this.#rows.count }, (_, row) => row);
    if (this.#sorted) return rows;
    return rows.sort((a, b) => this.#rows.at(a, COLUMN.sequence) - this.#rows.at(b, COLUMN.sequence) || a - b);
  }

  #put(map: ExtentMap<number>, row: number): void {
    if (this.#voids.intersects({ offset: this.#rows.at(row, COLUMN.sequence), length: 1 })) return;
    map.set({ offset: this.#rows.at(row, COLUMN.offset), length: this.#rows.at(row, COLUMN.length) }, row);
  }

  #entry({ value: row, offset, length, skip }: MappedExtent<number>): IndexEntry {
    const kind = ENTRY_KIND.nameOf(this.#rows.at(row, COLUMN.kind));
    assert(kind !== undefined, "only kinds that there are were added");
    return {
      offset,
      length,
      sequence: this.#rows.at(row, COLUMN.sequence),
      kind,
      framePosition: this.#rows.at(row, COLUMN.framePosition),
      frameOrdinal: this.#rows.at(row, COLUMN.frameOrdinal),
      frameBytes: this.#rows.at(row, COLUMN.frameBytes),
      rawPosition: kind === "write" ? this.#rows.at(row, COLUMN.raw) + skip : 0,
      file: 0,
    };
  }
}

function extentLength(record: Extract<RecordDraft, { readonly kind: EntryKind }>): number {
  return record.kind === "write" ? record.data.length : record.length;
}

function list<Item>(items: Item[], item: Item): void {
  if (items.length < FOOTER_ITEMS_MAX) items.push(item);
}
