import { type Extent, endOf } from "@leeward/block";
import { cutLocated, type Located, type Piece, type ViewSource } from "./located.ts";

/**
 * What an extent reads as, from sources newest first on a base: each source answers for what the newer ones left open, the base
 * for what is left then, and what the base does not know reads as zeroes.
 *
 * Invariant: the pieces are sorted, disjoint and cover the extent whole; each byte comes from the newest source that knows it.
 */
export async function layered(
  sources: readonly ViewSource[],
  base: ViewSource | undefined,
  extent: Extent,
): Promise<Piece[]> {
  const found: Piece[] = [];
  const forBase: Extent[] = [];
  let open: Extent[] = [extent];
  for (const source of sources) {
    if (open.length === 0) break;
    const { taken, rest } = split(open, await source.locate(hullOf(open)));
    for (const located of taken) {
      if (located.kind === "base") forBase.push({ offset: located.offset, length: located.length });
      else found.push(located);
    }
    open = rest;
  }
  forBase.push(...open);
  if (forBase.length > 0) found.push(...(await baseAlone(base, forBase.sort(byOffset))));
  return joinedZeroes(found.sort(byOffset));
}

async function baseAlone(base: ViewSource | undefined, open: readonly Extent[]): Promise<Piece[]> {
  const located = base === undefined ? [] : await base.locate(hullOf(open));
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
