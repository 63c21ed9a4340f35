import { endOf } from "@leeward/block";
import { clipEntry, type IndexEntry } from "@leeward/proto";

/** Sorted, disjoint entries, a page at a time. */
export type EntryPages = AsyncGenerator<readonly IndexEntry[]>;

const PAGE_ENTRIES = 2_048;

/**
 * Sorted, disjoint entries of several sources, newest first, as one: for each byte the entry of the newest source that has it.
 * One page of each source is in memory.
 */
export async function* mergedEntries(newestFirst: readonly EntryPages[]): AsyncGenerator<readonly IndexEntry[]> {
  const cursors: EntryCursor[] = [];
  for (const pages of newestFirst) {
    const cursor = new EntryCursor(pages);
    await cursor.advance();
    cursors.push(cursor);
  }
  let page: IndexEntry[] = [];
  for (let next = nextPiece(cursors); next !== undefined; next = nextPiece(cursors)) {
    page.push(next);
    const end = endOf(next);
    for (const cursor of cursors) {
      while (cursor.endsBy(end)) if (!cursor.step()) await cursor.advance();
      cursor.skipTo(end);
    }
    if (page.length < PAGE_ENTRIES) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** The first piece that is left: it ends where a newer source begins. */
function nextPiece(cursors: readonly EntryCursor[]): IndexEntry | undefined {
  let first: IndexEntry | undefined;
  let rank = 0;
  for (const [index, { current }] of cursors.entries()) {
    if (current !== undefined && (first === undefined || current.offset < first.offset))
      [first, rank] = [current, index];
  }
  if (first === undefined) return undefined;
  let end = endOf(first);
  for (let newer = 0; newer < rank; newer += 1) end = Math.min(end, cursors[newer]?.current?.offset ?? end);
  return end === endOf(first) ? first : clipEntry(first, { offset: first.offset, end });
}

class EntryCursor {
  readonly #pages: AsyncIterator<readonly IndexEntry[]>;
  #page: readonly IndexEntry[] = [];
  #index = 0;
  current: IndexEntry | undefined;

  constructor(pages: EntryPages) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  endsBy(end: number): boolean {
    return this.current !== undefined && endOf(this.current) <= end;
  }

  /** The part of the current entry before `end` is done with. */
  skipTo(end: number): void {
    if (this.current === undefined || this.current.offset >= end) return;
    this.current = clipEntry(this.current, { offset: end, end: endOf(this.current) });
  }

  /** To the next entry of the page; false when there is none and `advance` has to look. */
  step(): boolean {
    this.#index += 1;
    this.current = this.#page[this.#index];
    return this.current !== undefined;
  }

  /** To the first entry of the next page. */
  async advance(): Promise<void> {
    this.current = undefined;
    while (this.current === undefined) {
      const next = await this.#pages.next();
      if (next.done === true) return;
      this.#page = next.value;
      this.#index = 0;
      this.current = this.#page[0];
    }
  }
}
