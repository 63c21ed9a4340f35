import { assert } from "@leeward/base";
import {
  encodeIndexPage,
  type FrameKind,
  INDEX_PAGE_ITEMS_MAX,
  type IndexEntry,
  type IndexReference,
  type IndexRoot,
} from "@leeward/proto";

/** Where a frame went. */
export interface PlacedFrame {
  readonly position: number;
  readonly ordinal: number;
  /** Head and stored bytes. */
  readonly bytes: number;
}

/** Takes the raw bytes of frames that are not records, in order. */
export interface FrameSink {
  add(kind: FrameKind, raw: Uint8Array): Promise<PlacedFrame>;
}

/** Items of a page: a page is small enough to be read for one entry, and three levels hold 10^8 of them. */
const PAGE_ITEMS = 512;

/** Writes sorted, disjoint entries as a tree of pages, with one page per level in memory. */
export class IndexBuilder {
  readonly #sink: FrameSink;
  readonly #pageItems: number;
  #entries: IndexEntry[] = [];
  readonly #levels: IndexReference[][] = [];
  #entryCount = 0;
  #end = 0;

  constructor(sink: FrameSink, pageItems = PAGE_ITEMS) {
    assert(pageItems > 1 && pageItems <= INDEX_PAGE_ITEMS_MAX, "a page has 2 to 4,096 items");
    this.#sink = sink;
    this.#pageItems = pageItems;
  }

  /** The next entries: each begins at or after the end of the one before it. */
  async add(entries: Iterable<IndexEntry>): Promise<void> {
    for (const entry of entries) {
      assert(entry.offset >= this.#end && entry.length > 0, "entries are sorted and disjoint");
      this.#end = entry.offset + entry.length;
      this.#entries.push(entry);
      this.#entryCount += 1;
      if (this.#entries.length === this.#pageItems) await this.#flushEntries();
    }
  }

  /** Writes what is left; the root is undefined when there were no entries. */
  async finish(): Promise<{ readonly root: IndexRoot | undefined; readonly entryCount: number }> {
    await this.#flushEntries();
    for (let level = 0; level < this.#levels.length; level += 1) {
      const [only] = this.#levels[level] ?? [];
      if (only !== undefined && this.#levels[level]?.length === 1 && level === this.#levels.length - 1) {
        return {
          root: { position: only.position, ordinal: only.ordinal, bytes: only.bytes },
          entryCount: this.#entryCount,
        };
      }
      await this.#flushReferences(level);
    }
    return { root: undefined, entryCount: 0 };
  }

  async #flushEntries(): Promise<void> {
    const entries = this.#entries.splice(0);
    const first = entries[0];
    if (first === undefined) return;
    const placed = await this.#sink.add("index", encodeIndexPage({ level: 0, entries }));
    await this.#refer(0, { offset: first.offset, end: this.#end, ...placed });
  }

  async #flushReferences(level: number): Promise<void> {
    const references = this.#levels[level]?.splice(0) ?? [];
    const first = references[0];
    const last = references.at(-1);
    if (first === undefined || last === undefined) return;
    const placed = await this.#sink.add("index", encodeIndexPage({ level: level + 1, references }));
    await this.#refer(level + 1, { offset: first.offset, end: last.end, ...placed });
  }

  async #refer(level: number, reference: IndexReference): Promise<void> {
    const references = (this.#levels[level] ??= []);
    references.push(reference);
    if (references.length === this.#pageItems) await this.#flushReferences(level);
  }
}
