import { type Extent, endOf } from "@leeward/block";
import type { SegmentReader } from "@leeward/change-log";
import { clipEntry, type IndexEntry } from "@leeward/proto";
import type { HeldSegment, Resize } from "../manifest/entry.ts";

/**
 * The entries of a segment as they hold at its end. A disk that was cut loses what lay behind the cut: entries older than it end
 * there, and what no newer entry holds behind it reads as zeroes, also where older segments know better.
 */
export async function* segmentEntries(
  reader: SegmentReader,
  options: { readonly segment: HeldSegment; readonly diskBytesBefore: number; readonly extent: Extent },
): AsyncGenerator<readonly IndexEntry[]> {
  const { segment, diskBytesBefore, extent } = options;
  const resizes = segment.type === "segment" ? segment.resizes : [];
  if (resizes.length === 0) {
    yield* reader.entries(extent);
    return;
  }
  const kept: IndexEntry[] = [];
  for await (const entries of reader.entries(extent))
    for (const entry of entries) kept.push(...beforeCuts(entry, resizes));
  const least = Math.min(...resizes.map(({ diskBytes }) => diskBytes));
  const most = Math.max(diskBytesBefore, ...resizes.map(({ diskBytes }) => diskBytes));
  yield* [
    withZeroes(kept, { from: Math.max(least, extent.offset), to: Math.min(most, endOf(extent)), sequence: segment.to }),
  ];
}

/** What later cuts leave of an entry. */
function beforeCuts(entry: IndexEntry, resizes: readonly Resize[]): IndexEntry[] {
  const later = resizes.filter(({ sequence }) => sequence > entry.sequence).map(({ diskBytes }) => diskBytes);
  const end = Math.min(endOf(entry), ...later);
  return end > entry.offset ? [clipEntry(entry, { offset: entry.offset, end })] : [];
}

/** The sorted entries, and zeroes where none lies between `from` and `to`. */
function withZeroes(
  entries: readonly IndexEntry[],
  gap: { readonly from: number; readonly to: number; readonly sequence: number },
): IndexEntry[] {
  const whole: IndexEntry[] = [];
  let at = gap.from;
  for (const entry of entries) {
    if (entry.offset > at && at < gap.to) whole.push(zeroes(at, Math.min(entry.offset, gap.to), gap.sequence));
    whole.push(entry);
    at = Math.max(at, endOf(entry));
  }
  if (at < gap.to) whole.push(zeroes(at, gap.to, gap.sequence));
  return whole;
}

function zeroes(offset: number, end: number, sequence: number): IndexEntry {
  const place = { framePosition: 0, frameOrdinal: 0, frameBytes: 0, rawPosition: 0, file: 0 };
  return { kind: "zero", offset, length: end - offset, sequence, ...place };
}
