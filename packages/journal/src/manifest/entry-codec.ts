import type { Entry } from "./entry.ts";
import { ENTRY_TYPES } from "./entry-type.ts";
import { FieldError, type FieldReader } from "./field-reader.ts";
import type { FieldWriter } from "./field-writer.ts";
import { decodeFileEntry, encodeFileEntry } from "./file-entry-codec.ts";
import { decodeHistoryEntry, encodeHistoryEntry } from "./history-entry-codec.ts";
import { decodePointEntry, encodePointEntry } from "./point-entry-codec.ts";

/**
 * Entries as bytes (proto/journal.md, "Entries"): type (1), reserved (3), body bytes (4), body. Two pure functions; a body that
 * is longer or shorter than its fields is damage, and so is a type that this version does not know. The bodies are written and read side by side
 * in `history-entry-codec.ts`, `file-entry-codec.ts` and `point-entry-codec.ts`.
 */
const HEAD_BYTES = 8;

export function encodeEntry(to: FieldWriter, entry: Entry): void {
  const start = to.length;
  to.uint8(ENTRY_TYPES[entry.type]);
  to.uint8(0);
  to.uint16(0);
  to.uint32(0);
  encodeBody(to, entry);
  to.patchUint32(start + 4, to.length - start - HEAD_BYTES);
}

/** @throws FieldError when the bytes are no entry */
export function decodeEntry(from: FieldReader): Entry {
  const type = from.uint8();
  if (from.uint8() !== 0 || from.uint16() !== 0) throw new FieldError("reserved bytes that are not 0");
  const bodyBytes = from.uint32();
  if (bodyBytes > from.rest) throw new FieldError("a body longer than its frame");
  const end = from.position + bodyBytes;
  const entry = decodeHistoryEntry(from, type) ?? decodeFileEntry(from, type) ?? decodePointEntry(from, type);
  if (entry === undefined) throw new FieldError(`an entry of the unknown type ${type}`);
  if (from.position !== end) throw new FieldError("a body that is not as long as its fields");
  return entry;
}

function encodeBody(to: FieldWriter, entry: Entry): void {
  switch (entry.type) {
    case "genesis":
    case "snapshot-end":
    case "branch":
    case "skip":
    case "branch-dropped":
    case "segment":
    case "merged":
    case "base":
    case "base-cleared":
    case "floor":
      encodeHistoryEntry(to, entry);
      return;
    case "range":
    case "run":
    case "run-dropped":
    case "damage":
    case "file-damaged":
    case "scrub":
      encodeFileEntry(to, entry);
      return;
    default:
      encodePointEntry(to, entry);
  }
}
