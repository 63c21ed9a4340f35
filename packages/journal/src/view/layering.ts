import { type Extent, endOf } from "@leeward/block";
import { type BaseSource, cutLocated, type Located, type Piece, type ViewSource } from "./located.ts";

/** Sources that are asked side by side: most reads of a disk with much history have to ask many. */
const SOURCES_AT_ONCE = 8;

/**
 * What an extent reads as, from sources newest first on a base: each source answers for what the newer ones left open, the base
 * for what is left then, and what the base does not know reads as zeroes.
 *
 * Invariant: the pieces are sorted, disjoint and cover the extent whole; each byte comes from the newest source that knows it.
 */
export async function layered(
  sources: readonly ViewSource[],
  base: BaseSource | undefined,
  extent: Extent,
): Promise<Piece[]> {
  const found: Piece[] = [];
  const forBase: Extent[] = [];
  let open: Extent[] = [extent];
  for (let first = 0; first < sources.length && open.length > 0; first += SOURCES_AT_ONCE) {
    const hull = hullOf(open);
    // What the older ones of them find may be hidden by the newer ones: they are asked early, not believed early.
    const batch = sources.slice(first, first + SOURCES_AT_ONCE).map((source) => source.locate(hull));
    for (const known of await Promise.allSettled(batch)) {
      // Nor does it matter that one of them cannot be read when the newer ones know everything.
      if (open.length === 0) break;
      if (known.status === "rejected") throw known.reason;
      const { taken, rest } = split(open, known.value);
      for (const located of taken) {
        if (located.kind === "base") forBase.push({ offset: located.offset, length: located.length });
        else found.push(located);
      }
      open = rest;
    }
  }
  forBase.push(...open);
  if (forBase.length > 0) found.push(...(await baseAlone(base, forBase.sort(byOffset))));
  return joinedZeroes(found.sort(byOffset));
}

async function baseAlone(base: BaseSource | undefined, open: readonly Extent[]): Promise<Piece[]> {
  const located = base === undefined ? [] : await base.locate(open);
  const { taken, rest } = split(open, located);
  const pieces: Piece[] = rest.map(({ offset, length }) => ({ kind: "zero", offset, length }));
  for (const each of taken) if (each.kind !== "base") pieces.push(each);
  return pieces;
}

/** What of the sorted extents `open` the sorted `located` answer for, and what stays open. */
function split(open: readonly Extent[], located: readonly Located[]): { taken: Located[]; rest: Extent[] } {
  const taken: Located[] = [];
  const rest: Extent[] = [];
  let index = 0;
  for (const extent of open) {
    let at = extent.offset;
    const end = endOf(extent);
    for (let next = located[index]; next !== undefined && next.offset < end; next = located[index]) {
      if (endOf(next) > at) {
        const cut = cutLocated(next, { offset: at, end });
        if (cut.offset > at) rest.push({ offset: at, length: cut.offset - at });
        taken.push(cut);
        at = endOf(cut);
      }
      // One that reaches beyond this extent may answer for the next one too.
      if (endOf(next) > end) break;
      index += 1;
    }
    if (at < end) rest.push({ offset: at, length: end - at });
  }
  return { taken, rest };
}

function hullOf(extents: readonly Extent[]): Extent {
  const [first] = extents;
  const last = extents.at(-1);
  if (first === undefined || last === undefined) return { offset: 0, length: 0 };
  return { offset: first.offset, length: endOf(last) - first.offset };
}

function joinedZeroes(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.kind === "zero" && piece.kind === "zero" && endOf(last) === piece.offset) {
      joined[joined.length - 1] = { ...last, length: last.length + piece.length };
    } else joined.push(piece);
  }
  return joined;
}

function byOffset(a: Extent, b: Extent): number {
  return a.offset - b.offset;
}
