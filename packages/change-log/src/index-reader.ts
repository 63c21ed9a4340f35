import { type Extent, endOf } from "@leeward/block";
import {
  clipEntry,
  type IndexEntry,
  type IndexPage,
  type IndexReference,
  type IndexRoot,
  segmentDamaged,
} from "@leeward/proto";

/** Gives the raw bytes of an index frame as a decoded page. */
export type LoadPage = (place: IndexRoot) => Promise<IndexPage>;

/**
 * The entries below the page that lie in the extent, cut to it, in order.
 * @throws Fault `segment-damaged`, and what loading a page throws
 */
export async function* entriesIn(
  page: IndexPage,
  extent: Extent,
  load: LoadPage,
): AsyncGenerator<readonly IndexEntry[]> {
  const end = endOf(extent);
  if ("entries" in page) {
    const first = firstAfter(page.entries, (entry) => endOf(entry), extent.offset);
    const past = firstFrom(page.entries, end);
    const found = page.entries.slice(first, past).map((entry) => clipEntry(entry, { offset: extent.offset, end }));
    if (found.length > 0) yield found;
    return;
  }
  const first = firstAfter(page.references, (reference) => reference.end, extent.offset);
  for (const reference of page.references.slice(first, firstFrom(page.references, end))) {
    const below = await load(reference);
    if (below.level !== page.level - 1 || !spans(below, reference)) {
      throw segmentDamaged("its index does not go down level by level, each page where the one above says");
    }
    yield* entriesIn(below, extent, load);
  }
}

/** Whether the page begins and ends where the reference says: so no page is read for two references, whatever a file claims. */
function spans(page: IndexPage, { offset, end }: IndexReference): boolean {
  const items = "entries" in page ? page.entries : page.references;
  const last = items.at(-1);
  const lastEnd = last === undefined ? undefined : "end" in last ? last.end : endOf(last);
  return items[0]?.offset === offset && lastEnd === end;
}

/** The first item that ends after `offset`. */
function firstAfter<Item>(items: readonly Item[], endOfItem: (item: Item) => number, offset: number): number {
  return firstThat(items, (item) => endOfItem(item) > offset);
}

/** The first item that begins at or after `offset`. */
function firstFrom(items: readonly { readonly offset: number }[], offset: number): number {
  return firstThat(items, (item) => item.offset >= offset);
}

/** Where the items begin for which `holds`, which is false before and true after; the number of items when there are none. */
function firstThat<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
