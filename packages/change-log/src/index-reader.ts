import { type Extent, endOf } from "@leeward/block";
import {
  clipEntry,
  type IndexEntry,
  type IndexReference,
  type IndexRoot,
  type SearchPage,
  segmentDamaged,
} from "@leeward/proto";

/** Gives the page that a reference names when it is at hand. */
export type FindPage = (reference: IndexReference, level: number) => SearchPage | undefined;

/** Gives the page of an index frame. */
export type LoadPage = (place: IndexRoot) => Promise<SearchPage>;

/** Sorted, disjoint entries that no file holds as a page. */
export class EntryList implements SearchPage {
  readonly level = 0;
  readonly #entries: readonly IndexEntry[];

  constructor(entries: readonly IndexEntry[]) {
    this.#entries = entries;
  }

  get count(): number {
    return this.#entries.length;
  }

  offsetAt(index: number): number {
    return this.entryAt(index).offset;
  }

  endAt(index: number): number {
    return endOf(this.entryAt(index));
  }

  entryAt(index: number): IndexEntry {
    const entry = this.#entries[index];
    if (entry === undefined) throw segmentDamaged("an entry is asked for that there is not");
    return entry;
  }

  referenceAt(): IndexReference {
    throw segmentDamaged("a list of entries has no references");
  }
}

/**
 * The entries below the page that lie in the extent, cut to it, in order.
 * @throws Fault `segment-damaged`, and what loading a page throws
 */
export async function* entriesIn(
  page: SearchPage,
  extent: Extent,
  load: LoadPage,
): AsyncGenerator<readonly IndexEntry[]> {
  const end = endOf(extent);
  const first = firstEndingAfter(page, extent.offset);
  if (page.level === 0) {
    const found: IndexEntry[] = [];
    for (let index = first; index < page.count && page.offsetAt(index) < end; index += 1) {
      found.push(clipEntry(page.entryAt(index), { offset: extent.offset, end }));
    }
    if (found.length > 0) yield found;
    return;
  }
  for (let index = first; index < page.count && page.offsetAt(index) < end; index += 1) {
    const reference = page.referenceAt(index);
    const below = await load(reference);
    refuseMisplaced(below, page.level - 1, reference);
    yield* entriesIn(below, extent, load);
  }
}

/**
 * As `entriesIn`, without waiting: puts the entries into `found` until a page is needed that is not at hand, and returns that page's
 * reference; undefined when all were found. What lies before the reference was found.
 * @throws Fault `segment-damaged`
 */
export function gatherEntries(
  page: SearchPage,
  extent: Extent,
  { found, findPage }: { readonly found: IndexEntry[]; readonly findPage: FindPage },
): IndexReference | undefined {
  const end = endOf(extent);
  for (
    let index = firstEndingAfter(page, extent.offset);
    index < page.count && page.offsetAt(index) < end;
    index += 1
  ) {
    if (page.level === 0) {
      found.push(clipEntry(page.entryAt(index), { offset: extent.offset, end }));
      continue;
    }
    const reference = page.referenceAt(index);
    const below = findPage(reference, page.level - 1);
    if (below === undefined) return reference;
    refuseMisplaced(below, page.level - 1, reference);
    const missing = gatherEntries(below, extent, { found, findPage });
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function refuseMisplaced(page: SearchPage, level: number, reference: IndexReference): void {
  if (page.level === level && spans(page, reference)) return;
  throw segmentDamaged("its index does not go down level by level, each page where the one above says");
}

/** Whether the page begins and ends where the reference says: so no page is read for two references, whatever a file claims. */
function spans(page: SearchPage, { offset, end }: IndexReference): boolean {
  return page.offsetAt(0) === offset && page.endAt(page.count - 1) === end;
}

/** The first item that ends after `offset`; the number of items when none does. */
function firstEndingAfter(page: SearchPage, offset: number): number {
  let low = 0;
  let high = page.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (page.endAt(middle) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
