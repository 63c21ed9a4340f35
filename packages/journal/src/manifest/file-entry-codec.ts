import type { Extent } from "@leeward/block";
import type { Entry, StoredFile } from "./entry.ts";
import { ENTRY_TYPES, LIST_COUNT_MAX } from "./entry-type.ts";
import type { FieldReader } from "./field-reader.ts";
import type { FieldWriter } from "./field-writer.ts";
import { baseName, runName } from "./file-name.ts";

/** Entries about the files of base and index, and about what is damaged. */
export type FileEntry = Extract<Entry, { type: "range" | "run" | "run-dropped" | "damage" | "file-damaged" | "scrub" }>;

/** Writes the body alone. */
export function encodeFileEntry(to: FieldWriter, entry: FileEntry): void {
  switch (entry.type) {
    case "range":
      to.uint32(entry.range);
      to.uint8(entry.file === undefined ? 0 : 1);
      if (entry.file !== undefined) encodeFile(to, entry.file);
      return;
    case "run":
      to.hex(entry.branch, 16);
      to.uint8(entry.level);
      to.uint32(entry.first);
      encodeFile(to, entry.file);
      return;
    case "run-dropped":
      to.hex(entry.branch, 16);
      to.uint8(entry.level);
      to.uint32(entry.first);
      return;
    case "damage":
      to.hex(entry.branch, 16);
      to.uint32(entry.number + 1);
      to.uint32(entry.extents.length);
      for (const { offset, length } of entry.extents) {
        to.uint64(offset);
        to.uint64(length);
      }
      return;
    case "file-damaged":
      to.hex(entry.fileId, 16);
      return;
    case "scrub":
      for (const value of [entry.startedMicros, entry.endedMicros, entry.files, entry.bytes, entry.damagedFiles])
        to.uint64(value);
  }
}

/** What names a file and tells it from a damaged one: 56 bytes. */
export function encodeFile(to: FieldWriter, file: StoredFile): void {
  to.hex(file.fileId, 16);
  to.uint64(file.bytes);
  to.hex(file.sha256, 32);
}

/** Reads a body; undefined when the type is none of these. @throws FieldError */
export function decodeFileEntry(from: FieldReader, type: number): FileEntry | undefined {
  switch (type) {
    case ENTRY_TYPES.range: {
      const range = from.uint32();
      return {
        type: "range",
        range,
        file: from.flag() ? decodeFile(from, (fileId) => baseName(range, fileId)) : undefined,
      };
    }
    case ENTRY_TYPES.run: {
      const [branch, level, first] = [from.id(), from.uint8(), from.uint32()];
      return {
        type: "run",
        branch,
        level,
        first,
        file: decodeFile(from, (fileId) => runName({ branch, level, first, fileId })),
      };
    }
    case ENTRY_TYPES["run-dropped"]:
      return { type: "run-dropped", branch: from.id(), level: from.uint8(), first: from.uint32() };
    case ENTRY_TYPES.damage:
      return { type: "damage", branch: from.id(), number: from.uint32() - 1, extents: decodeExtents(from) };
    case ENTRY_TYPES["file-damaged"]:
      return { type: "file-damaged", fileId: from.id() };
    case ENTRY_TYPES.scrub:
      return {
        type: "scrub",
        startedMicros: from.uint64(),
        endedMicros: from.uint64(),
        files: from.uint64(),
        bytes: from.uint64(),
        damagedFiles: from.uint64(),
      };
    default:
      return undefined;
  }
}

/** The name is not stored: `nameOf` makes it of the id. */
export function decodeFile(from: FieldReader, nameOf: (fileId: string) => string): StoredFile {
  const fileId = from.hex(16);
  return { name: nameOf(fileId), fileId, bytes: from.uint64(), sha256: from.hex(32) };
}

function decodeExtents(from: FieldReader): Extent[] {
  return Array.from({ length: from.count(LIST_COUNT_MAX) }, () => ({ offset: from.uint64(), length: from.uint64() }));
}
