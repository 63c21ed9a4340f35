/** A range of a disk in bytes: offset ≥ 0, length > 0, offset + length ≤ 2^53 - 1. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** The first byte after the extent. */
export function endOf(extent: Extent): number {
  return extent.offset + extent.length;
}

export function overlaps(a: Extent, b: Extent): boolean {
  return a.offset < endOf(b) && b.offset < endOf(a);
}

/** What both have, or undefined when they do not overlap. */
export function intersection(a: Extent, b: Extent): Extent | undefined {
  const offset = Math.max(a.offset, b.offset);
  const length = Math.min(endOf(a), endOf(b)) - offset;
  return length > 0 ? { offset, length } : undefined;
}
