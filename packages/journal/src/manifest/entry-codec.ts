import { assert } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Consistency, PointKind } from "../recovery-point.ts";
import type { Entry, SegmentEntry, SpanEdge, SpanReason, StoredFile } from "./entry.ts";
import { FieldError, type FieldReader } from "./field-reader.ts";
import type { FieldWriter } from "./field-writer.ts";
import { baseName, runName, segmentName } from "./file-name.ts";

/**
 * Entries as bytes (proto/journal.md, "Entries"): type (1), reserved (3), body bytes (4), body. Two pure functions; a body that
 * is longer or shorter than its fields is damage, and so is a type that this version does not know.
 */
const HEAD_BYTES = 8;
const LIST_COUNT_MAX = 65_536;
const POINT_KINDS: readonly PointKind[] = ["auto", "mark", "group"];
const CONSISTENCIES: readonly Consistency[] = ["crash", "file-system", "application"];
const REASONS: readonly SpanReason[] = ["initial", "catch-up", "recovery", "resync"];
const DROP_REASONS = ["time", "bytes", "request"] as const;
const PIN_KINDS = ["pin", "lock"] as const;
const NO_ID = "0".repeat(32);

const TYPES = {
  genesis: 1,
  "snapshot-end": 2,
  branch: 3,
  "branch-dropped": 4,
  segment: 5,
  base: 6,
  "base-cleared": 7,
  range: 8,
  run: 9,
  "run-dropped": 10,
  point: 11,
  "point-extended": 12,
  "points-dropped": 13,
  "points-withdrawn": 14,
  pin: 15,
  unpin: 16,
  damage: 17,
  "file-damaged": 18,
  scrub: 19,
  floor: 20,
} as const satisfies Record<Entry["type"], number>;

export function encodeEntry(to: FieldWriter, entry: Entry): void {
  const start = to.length;
  to.uint8(TYPES[entry.type]);
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
  const entry = decodeBody(from, type);
  if (from.position !== end) throw new FieldError("a body that is not as long as its fields");
  return entry;
}

function encodeBody(to: FieldWriter, entry: Entry): void {
  switch (entry.type) {
    case "genesis":
      to.uint64(entry.rangeBytes);
      return;
    case "snapshot-end":
    case "base-cleared":
      return;
    case "branch":
      to.hex(entry.branch, 16);
      to.hex(entry.parent?.branch ?? NO_ID, 16);
      to.uint64(entry.parent?.sequence ?? 0);
      to.uint64(entry.from);
      to.uint32(entry.blockBytes);
      return;
    case "branch-dropped":
      to.hex(entry.branch, 16);
      return;
    case "segment":
      encodeSegment(to, entry);
      return;
    case "base":
      to.hex(entry.branch, 16);
      to.uint64(entry.sequence);
      to.uint32(entry.nextNumber);
      to.uint64(entry.diskBytes);
      to.uint64(entry.lastMicros);
      to.hex(entry.chain, 32);
      return;
    case "floor":
      to.hex(entry.branch, 16);
      to.uint64(entry.sequence);
      return;
    default:
      encodeFileEntry(to, entry);
  }
}

type FileOrPointEntry = Exclude<
  Entry,
  { type: "genesis" | "snapshot-end" | "base-cleared" | "branch" | "branch-dropped" | "segment" | "base" | "floor" }
>;

function encodeFileEntry(to: FieldWriter, entry: FileOrPointEntry): void {
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
      return;
    default:
      encodePointEntry(to, entry);
  }
}

type PointRelatedEntry = Exclude<
  FileOrPointEntry,
  { type: "range" | "run" | "run-dropped" | "damage" | "file-damaged" | "scrub" }
>;

function encodePointEntry(to: FieldWriter, entry: PointRelatedEntry): void {
  switch (entry.type) {
    case "point":
      to.hex(entry.id, 16);
      for (const value of [entry.number, entry.timeMicros, entry.validUntilMicros, entry.epoch]) to.uint64(value);
      to.uint8(POINT_KINDS.indexOf(entry.kind));
      to.uint8(CONSISTENCIES.indexOf(entry.consistency));
      to.hex(entry.branch, 16);
      to.uint64(entry.sequence);
      encodeIds(to, entry.memberDiskIds);
      encodeIds(to, entry.missingDiskIds);
      return;
    case "point-extended":
      to.hex(entry.id, 16);
      to.uint64(entry.validUntilMicros);
      return;
    case "points-dropped":
      to.uint32(entry.count);
      to.uint8(DROP_REASONS.indexOf(entry.reason));
      return;
    case "points-withdrawn":
      encodeIds(to, entry.ids);
      return;
    case "pin":
      to.hex(entry.pinId, 16);
      to.hex(entry.pointId, 16);
      to.uint8(PIN_KINDS.indexOf(entry.kind));
      to.text(entry.owner);
      to.text(entry.reason);
      to.uint64(entry.timeMicros);
      return;
    case "unpin":
      to.hex(entry.pinId, 16);
  }
}

function encodeSegment(to: FieldWriter, entry: SegmentEntry): void {
  to.hex(entry.branch, 16);
  to.uint32(entry.number);
  to.uint64(entry.from);
  to.uint64(entry.to);
  encodeFile(to, entry.file);
  for (const value of [entry.rawBytes, entry.diskBytes, entry.lastMicros]) to.uint64(value);
  to.uint8(entry.endsAtMark ? 1 : 0);
  to.hex(entry.chain, 32);
  to.uint32(entry.spans.length);
  for (const span of entry.spans) {
    to.uint8(span.edge === "begin" ? (span.needed ? 2 : 1) : 0);
    to.hex(span.spanId, 16);
    to.uint64(span.sequence);
    to.uint64(span.timeMicros);
    to.uint8(span.edge === "begin" ? REASONS.indexOf(span.reason) : 0);
  }
  to.uint32(entry.resizes.length);
  for (const { sequence, diskBytes } of entry.resizes) {
    to.uint64(sequence);
    to.uint64(diskBytes);
  }
}

function encodeFile(to: FieldWriter, file: StoredFile): void {
  to.hex(file.fileId, 16);
  to.uint64(file.bytes);
  to.hex(file.sha256, 32);
}

function encodeIds(to: FieldWriter, ids: readonly string[]): void {
  assert(ids.length <= LIST_COUNT_MAX, "a list of ids is cut before it is written");
  to.uint32(ids.length);
  for (const id of ids) to.hex(id, 16);
}

function decodeBody(from: FieldReader, type: number): Entry {
  switch (type) {
    case TYPES.genesis:
      return { type: "genesis", rangeBytes: from.uint64() };
    case TYPES["snapshot-end"]:
      return { type: "snapshot-end" };
    case TYPES.branch:
      return decodeBranch(from);
    case TYPES["branch-dropped"]:
      return { type: "branch-dropped", branch: from.id() };
    case TYPES.segment:
      return decodeSegment(from);
    case TYPES.base:
      return {
        type: "base",
        branch: from.id(),
        sequence: from.uint64(),
        nextNumber: from.uint32(),
        diskBytes: from.uint64(),
        lastMicros: from.uint64(),
        chain: from.hex(32),
      };
    case TYPES["base-cleared"]:
      return { type: "base-cleared" };
    case TYPES.floor:
      return { type: "floor", branch: from.id(), sequence: from.uint64() };
    default:
      return decodeFileEntry(from, type);
  }
}

function decodeFileEntry(from: FieldReader, type: number): Entry {
  switch (type) {
    case TYPES.range: {
      const range = from.uint32();
      return {
        type: "range",
        range,
        file: from.flag() ? decodeFile(from, (fileId) => baseName(range, fileId)) : undefined,
      };
    }
    case TYPES.run: {
      const [branch, level, first] = [from.id(), from.uint8(), from.uint32()];
      return {
        type: "run",
        branch,
        level,
        first,
        file: decodeFile(from, (fileId) => runName({ branch, level, first, fileId })),
      };
    }
    case TYPES["run-dropped"]:
      return { type: "run-dropped", branch: from.id(), level: from.uint8(), first: from.uint32() };
    case TYPES.damage:
      return { type: "damage", branch: from.id(), number: from.uint32() - 1, extents: decodeExtents(from) };
    case TYPES["file-damaged"]:
      return { type: "file-damaged", fileId: from.id() };
    case TYPES.scrub:
      return {
        type: "scrub",
        startedMicros: from.uint64(),
        endedMicros: from.uint64(),
        files: from.uint64(),
        bytes: from.uint64(),
        damagedFiles: from.uint64(),
      };
    default:
      return decodePointEntry(from, type);
  }
}

function decodePointEntry(from: FieldReader, type: number): Entry {
  switch (type) {
    case TYPES.point:
      return decodePoint(from);
    case TYPES["point-extended"]:
      return { type: "point-extended", id: from.hex(16), validUntilMicros: from.uint64() };
    case TYPES["points-dropped"]:
      return { type: "points-dropped", count: from.uint32(), reason: from.choice(DROP_REASONS) };
    case TYPES["points-withdrawn"]:
      return { type: "points-withdrawn", ids: decodeIds(from) };
    case TYPES.pin:
      return {
        type: "pin",
        pinId: from.hex(16),
        pointId: from.hex(16),
        kind: from.choice(PIN_KINDS),
        owner: from.text(),
        reason: from.text(),
        timeMicros: from.uint64(),
      };
    case TYPES.unpin:
      return { type: "unpin", pinId: from.hex(16) };
    default:
      throw new FieldError(`an entry of the unknown type ${type}`);
  }
}

function decodeBranch(from: FieldReader): Entry {
  const branch = from.id();
  const parentBranch = from.id();
  const sequence = from.uint64();
  if (parentBranch === NO_ID && sequence !== 0) throw new FieldError("a sequence of no parent");
  const parent = parentBranch === NO_ID ? undefined : { branch: parentBranch, sequence };
  const first = from.uint64();
  if (first === 0) throw new FieldError("a sequence 0");
  const blockBytes = from.uint32();
  if (blockBytes !== 512 && blockBytes !== 4096) throw new FieldError("a block size that is neither 512 nor 4096");
  return { type: "branch", branch, parent, from: first, blockBytes };
}

function decodeSegment(from: FieldReader): SegmentEntry {
  const [branch, number, first, to] = [from.id(), from.uint32(), from.uint64(), from.uint64()];
  const file = decodeFile(from, (fileId) => segmentName(branch, first, fileId));
  const [rawBytes, diskBytes, lastMicros] = [from.uint64(), from.uint64(), from.uint64()];
  const endsAtMark = from.flag();
  const chain = from.hex(32);
  const spans = Array.from({ length: from.count(LIST_COUNT_MAX) }, () => decodeSpan(from));
  const resizes = Array.from({ length: from.count(LIST_COUNT_MAX) }, () => ({
    sequence: from.uint64(),
    diskBytes: from.uint64(),
  }));
  return {
    type: "segment",
    branch,
    number,
    from: first,
    to,
    file,
    rawBytes,
    diskBytes,
    lastMicros,
    endsAtMark,
    chain,
    spans,
    resizes,
  };
}

function decodeSpan(from: FieldReader): SpanEdge {
  const edge = from.choice(["end", "begin", "begin-needed"] as const);
  const [spanId, sequence, timeMicros] = [from.id(), from.uint64(), from.uint64()];
  const reason = from.choice(REASONS);
  if (edge === "end" && reason !== REASONS[0]) throw new FieldError("the end of a span with a reason");
  if (edge === "end") return { edge, spanId, sequence, timeMicros };
  return { edge: "begin", spanId, sequence, timeMicros, reason, needed: edge === "begin-needed" };
}

function decodePoint(from: FieldReader): Entry {
  return {
    type: "point",
    id: from.hex(16),
    number: from.uint64(),
    timeMicros: from.uint64(),
    validUntilMicros: from.uint64(),
    epoch: from.uint64(),
    kind: from.choice(POINT_KINDS),
    consistency: from.choice(CONSISTENCIES),
    branch: from.id(),
    sequence: from.uint64(),
    memberDiskIds: decodeIds(from),
    missingDiskIds: decodeIds(from),
  };
}

function decodeFile(from: FieldReader, nameOf: (fileId: string) => string): StoredFile {
  const fileId = from.hex(16);
  return { name: nameOf(fileId), fileId, bytes: from.uint64(), sha256: from.hex(32) };
}

function decodeIds(from: FieldReader): string[] {
  return Array.from({ length: from.count(LIST_COUNT_MAX) }, () => from.id());
}

function decodeExtents(from: FieldReader): Extent[] {
  return Array.from({ length: from.count(LIST_COUNT_MAX) }, () => ({ offset: from.uint64(), length: from.uint64() }));
}
