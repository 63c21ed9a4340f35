import type { BranchEntry, Entry, MergedEntry, SegmentEntry, SpanEdge, SpanReason } from "./entry.ts";
import { ENTRY_TYPES, LIST_COUNT_MAX, NO_ID } from "./entry-type.ts";
import { FieldError, type FieldReader } from "./field-reader.ts";
import type { FieldWriter } from "./field-writer.ts";
import { decodeFile, encodeFile } from "./file-entry-codec.ts";
import { segmentName } from "./file-name.ts";

/** Entries that say what the history is: its branches, their segments, and the base below them. */
export type HistoryEntry = Extract<
  Entry,
  {
    type:
      | "genesis"
      | "snapshot-end"
      | "base-cleared"
      | "branch"
      | "skip"
      | "branch-dropped"
      | "segment"
      | "merged"
      | "base"
      | "floor";
  }
>;

const REASONS: readonly SpanReason[] = ["initial", "catch-up", "recovery", "resync"];

/** Writes the body alone. */
export function encodeHistoryEntry(to: FieldWriter, entry: HistoryEntry): void {
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
    case "skip":
      to.hex(entry.stretch, 16);
      to.hex(entry.branch, 16);
      to.uint64(entry.from);
      to.uint32(entry.blockBytes);
      return;
    case "branch-dropped":
      to.hex(entry.branch, 16);
      return;
    case "segment":
      encodeSegment(to, entry);
      return;
    case "merged":
      encodeMerged(to, entry);
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

function encodeMerged(to: FieldWriter, entry: MergedEntry): void {
  to.hex(entry.branch, 16);
  to.uint32(entry.first);
  to.uint32(entry.number);
  to.uint64(entry.from);
  to.uint64(entry.to);
  encodeFile(to, entry.file);
  for (const value of [entry.rawBytes, entry.diskBytes, entry.lastMicros]) to.uint64(value);
  to.uint8(entry.endsAtMark ? 1 : 0);
  to.uint8(entry.hadGap ? 1 : 0);
  to.hex(entry.chain, 32);
}

/** Reads a body; undefined when the type is none of these. @throws FieldError */
export function decodeHistoryEntry(from: FieldReader, type: number): HistoryEntry | undefined {
  switch (type) {
    case ENTRY_TYPES.genesis:
      return { type: "genesis", rangeBytes: from.uint64() };
    case ENTRY_TYPES["snapshot-end"]:
      return { type: "snapshot-end" };
    case ENTRY_TYPES.branch:
      return decodeBranch(from);
    case ENTRY_TYPES.skip:
      return { type: "skip", stretch: from.id(), branch: from.id(), ...decodeBeginning(from) };
    case ENTRY_TYPES["branch-dropped"]:
      return { type: "branch-dropped", branch: from.id() };
    case ENTRY_TYPES.segment:
      return decodeSegment(from);
    case ENTRY_TYPES.merged:
      return decodeMerged(from);
    case ENTRY_TYPES.base:
      return {
        type: "base",
        branch: from.id(),
        sequence: from.uint64(),
        nextNumber: from.uint32(),
        diskBytes: from.uint64(),
        lastMicros: from.uint64(),
        chain: from.hex(32),
      };
    case ENTRY_TYPES["base-cleared"]:
      return { type: "base-cleared" };
    case ENTRY_TYPES.floor:
      return { type: "floor", branch: from.id(), sequence: from.uint64() };
    default:
      return undefined;
  }
}

function decodeBranch(from: FieldReader): HistoryEntry {
  const branch = from.id();
  const parentBranch = from.id();
  const sequence = from.uint64();
  if (parentBranch === NO_ID && sequence !== 0) throw new FieldError("a sequence of no parent");
  const parent = parentBranch === NO_ID ? undefined : { branch: parentBranch, sequence };
  return { type: "branch", branch, parent, ...decodeBeginning(from) };
}

function decodeBeginning(from: FieldReader): Pick<BranchEntry, "from" | "blockBytes"> {
  const first = from.uint64();
  if (first === 0) throw new FieldError("a sequence 0");
  const blockBytes = from.uint32();
  if (blockBytes !== 512 && blockBytes !== 4096) throw new FieldError("a block size that is neither 512 nor 4096");
  return { from: first, blockBytes };
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

function decodeMerged(from: FieldReader): MergedEntry {
  const [branch, first, number] = [from.id(), from.uint32(), from.uint32()];
  if (number <= first) throw new FieldError("a file in the place of fewer than two segments");
  const [fromSequence, to] = [from.uint64(), from.uint64()];
  const file = decodeFile(from, (fileId) => segmentName(branch, fromSequence, fileId));
  const [rawBytes, diskBytes, lastMicros] = [from.uint64(), from.uint64(), from.uint64()];
  const [endsAtMark, hadGap, chain] = [from.flag(), from.flag(), from.hex(32)];
  const covers = { first, number, from: fromSequence, to };
  return { type: "merged", branch, ...covers, file, rawBytes, diskBytes, lastMicros, endsAtMark, hadGap, chain };
}

function decodeSpan(from: FieldReader): SpanEdge {
  const edge = from.choice(["end", "begin", "begin-needed"] as const);
  const [spanId, sequence, timeMicros] = [from.id(), from.uint64(), from.uint64()];
  const reason = from.choice(REASONS);
  if (edge === "end" && reason !== REASONS[0]) throw new FieldError("the end of a span with a reason");
  if (edge === "end") return { edge, spanId, sequence, timeMicros };
  return { edge: "begin", spanId, sequence, timeMicros, reason, needed: edge === "begin-needed" };
}
