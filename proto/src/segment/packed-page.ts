/** Index pages as their raw bytes (proto/segment.md §5): items become objects only where somebody asks for them. */
import { NUMBER_MAX, readUint64, viewOf } from "@leeward/base";
import { ENTRY_KIND, type IndexEntry, type IndexPage, type IndexReference } from "./index-page.ts";
import {
  FRAME_BYTES_MAX,
  FRAME_RAW_BYTES_MAX,
  INDEX_ENTRY_BYTES,
  INDEX_LEVEL_MAX,
  INDEX_PAGE_ITEMS_MAX,
  INDEX_PAGE_PRELUDE_BYTES,
  INDEX_REFERENCE_BYTES,
} from "./limits.ts";
import { segmentDamaged } from "./segment-fault.ts";

/** A page with all its items. @throws Fault `segment-damaged` */
export function decodeIndexPage(raw: Uint8Array): IndexPage {
  const page = new PackedPage(raw);
  const { level, count } = page;
  if (level === 0) return { level: 0, entries: Array.from({ length: count }, (_, index) => page.entryAt(index)) };
  return { level, references: Array.from({ length: count }, (_, index) => page.referenceAt(index)) };
}

/** What can be searched for the items of an extent: sorted, disjoint. */
export interface SearchPage {
  /** 0: entries; above: references. */
  readonly level: number;
  readonly count: number;
  offsetAt(index: number): number;
  /** offset + length of an entry, the end of a reference. */
  endAt(index: number): number;
  /** Of level 0. */
  entryAt(index: number): IndexEntry;
  /** Of the levels above. */
  referenceAt(index: number): IndexReference;
}

/**
 * A page that is kept as it was stored, every item checked once.
 *
 * Invariant: every item that it gives keeps the rules of the format, and items are in order. Worst outcome: a read of a place that
 * the file chooses.
 */
export class PackedPage implements SearchPage {
  readonly level: number;
  readonly count: number;
  /** Of memory, about. */
  readonly bytes: number;
  readonly #view: DataView;
  readonly #itemBytes: number;

  /** `raw` belongs to the page from now on. @throws Fault `segment-damaged` */
  constructor(raw: Uint8Array) {
    if (raw.length < INDEX_PAGE_PRELUDE_BYTES) throw segmentDamaged("an index page has no head");
    this.#view = viewOf(raw);
    this.level = this.#view.getUint32(0, true);
    this.count = this.#view.getUint32(4, true);
    this.#itemBytes = this.level === 0 ? INDEX_ENTRY_BYTES : INDEX_REFERENCE_BYTES;
    this.bytes = raw.length + 256;
    const { level, count } = this;
    const isWhole = raw.length === INDEX_PAGE_PRELUDE_BYTES + count * this.#itemBytes;
    if (level > INDEX_LEVEL_MAX || count === 0 || count > INDEX_PAGE_ITEMS_MAX || !isWhole) {
      throw segmentDamaged("an index page does not hold what it says", { level, count });
    }
    this.#check();
  }

  offsetAt(index: number): number {
    return this.#number(this.#at(index));
  }

  endAt(index: number): number {
    const second = this.#number(this.#at(index) + 8);
    return this.level === 0 ? this.offsetAt(index) + second : second;
  }

  entryAt(index: number): IndexEntry {
    const at = this.#at(index);
    const view = this.#view;
    return {
      offset: this.#number(at),
      length: this.#number(at + 8),
      sequence: this.#number(at + 16),
      framePosition: this.#number(at + 24),
      frameOrdinal: view.getUint32(at + 32, true),
      frameBytes: view.getUint32(at + 36, true),
      rawPosition: view.getUint32(at + 40, true),
      file: view.getUint32(at + 44, true),
      kind: ENTRY_KIND.nameOf(view.getUint8(at + 48)) ?? "zero",
    };
  }

  referenceAt(index: number): IndexReference {
    const at = this.#at(index);
    return {
      offset: this.#number(at),
      end: this.#number(at + 8),
      position: this.#number(at + 16),
      ordinal: this.#view.getUint32(at + 24, true),
      bytes: this.#view.getUint32(at + 28, true),
    };
  }

  #at(index: number): number {
    return INDEX_PAGE_PRELUDE_BYTES + index * this.#itemBytes;
  }

  #number(position: number): number {
    const value = readUint64(this.#view, position);
    if (value === undefined) throw segmentDamaged("a number in its index is above 2^53 - 1");
    return value;
  }

  #check(): void {
    let before = 0;
    for (let index = 0; index < this.count; index += 1) {
      if (this.level === 0) this.#checkEntry(this.#at(index));
      else this.#checkReference(this.#at(index));
      const offset = this.offsetAt(index);
      const end = this.endAt(index);
      if (offset < before || end <= offset || end > NUMBER_MAX) throw segmentDamaged("an index page is not in order");
      before = end;
    }
  }

  #checkEntry(at: number): void {
    const kind = ENTRY_KIND.nameOf(this.#view.getUint8(at + 48));
    this.#number(at + 16);
    this.#number(at + 24);
    const rawEnd = this.#view.getUint32(at + 40, true) + (kind === "write" ? this.#number(at + 8) : 0);
    if (kind === undefined || this.#view.getUint32(at + 36, true) > FRAME_BYTES_MAX || rawEnd > FRAME_RAW_BYTES_MAX) {
      throw segmentDamaged("an index entry breaks a rule", { offset: this.#number(at) });
    }
  }

  #checkReference(at: number): void {
    this.#number(at + 16);
    if (this.#view.getUint32(at + 28, true) > FRAME_BYTES_MAX) {
      throw segmentDamaged("an index page is larger than a frame may be");
    }
  }
}
