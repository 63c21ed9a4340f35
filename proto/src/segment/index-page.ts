/** Pages of a segment's index (proto/segment.md §5). */
import { assert, viewOf, writeUint64 } from "@leeward/base";
import { INDEX_ENTRY_BYTES, INDEX_PAGE_ITEMS_MAX, INDEX_PAGE_PRELUDE_BYTES, INDEX_REFERENCE_BYTES } from "./limits.ts";
import { numbering } from "./numbering.ts";

export const ENTRY_KIND = numbering(["write", "zero", "discard"], 1);
export type EntryKind = (typeof ENTRY_KIND.names)[number];

/** Where the newest bytes of one extent lie. */
export interface IndexEntry {
  /** Bytes of the disk. */
  readonly offset: number;
  readonly length: number;
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Of the frame that holds the record, in the file that holds it. */
  readonly framePosition: number;
  /** The number in that frame's head; 0 for a log file. */
  readonly frameOrdinal: number;
  /** Head and stored bytes of that frame. */
  readonly frameBytes: number;
  /** Of the entry's first byte in the frame's raw bytes; 0 for zero and discard. */
  readonly rawPosition: number;
  /** 0: the file that the index is in. In an index run: the number that its maker gave to the file. */
  readonly file: number;
}

/** A page of the level below. */
export interface IndexReference {
  /** Of the page's first entry. */
  readonly offset: number;
  /** Of the page's last entry. */
  readonly end: number;
  /** Of the page's frame. */
  readonly position: number;
  readonly ordinal: number;
  /** Head and stored bytes of the page's frame. */
  readonly bytes: number;
}

export type IndexPage =
  | { readonly level: 0; readonly entries: readonly IndexEntry[] }
  | { readonly level: number; readonly references: readonly IndexReference[] };

export function encodeIndexPage(page: IndexPage): Uint8Array {
  const items = "entries" in page ? page.entries : page.references;
  const itemBytes = "entries" in page ? INDEX_ENTRY_BYTES : INDEX_REFERENCE_BYTES;
  assert(items.length > 0 && items.length <= INDEX_PAGE_ITEMS_MAX, "a page holds 1 to 4,096 items");
  const bytes = new Uint8Array(INDEX_PAGE_PRELUDE_BYTES + items.length * itemBytes);
  const view = viewOf(bytes);
  view.setUint32(0, page.level, true);
  view.setUint32(4, items.length, true);
  let position = INDEX_PAGE_PRELUDE_BYTES;
  if ("entries" in page) for (const entry of page.entries) position = writeEntry(view, position, entry);
  else for (const reference of page.references) position = writeReference(view, position, reference);
  return bytes;
}

/** The part of an entry that lies in [offset, end), which it overlaps. */
export function clipEntry(
  entry: IndexEntry,
  { offset, end }: { readonly offset: number; readonly end: number },
): IndexEntry {
  const from = Math.max(entry.offset, offset);
  const to = Math.min(entry.offset + entry.length, end);
  assert(from < to, "only what overlaps is clipped");
  if (from === entry.offset && to === entry.offset + entry.length) return entry;
  const rawPosition = entry.kind === "write" ? entry.rawPosition + (from - entry.offset) : 0;
  return { ...entry, offset: from, length: to - from, rawPosition };
}

function writeEntry(view: DataView, position: number, entry: IndexEntry): number {
  writeUint64(view, position, entry.offset);
  writeUint64(view, position + 8, entry.length);
  writeUint64(view, position + 16, entry.sequence);
  writeUint64(view, position + 24, entry.framePosition);
  view.setUint32(position + 32, entry.frameOrdinal, true);
  view.setUint32(position + 36, entry.frameBytes, true);
  view.setUint32(position + 40, entry.rawPosition, true);
  view.setUint32(position + 44, entry.file, true);
  view.setUint8(position + 48, ENTRY_KIND.numberOf(entry.kind));
  return position + INDEX_ENTRY_BYTES;
}

function writeReference(view: DataView, position: number, reference: IndexReference): number {
  writeUint64(view, position, reference.offset);
  writeUint64(view, position + 8, reference.end);
  writeUint64(view, position + 16, reference.position);
  view.setUint32(position + 24, reference.ordinal, true);
  view.setUint32(position + 28, reference.bytes, true);
  return position + INDEX_REFERENCE_BYTES;
}
