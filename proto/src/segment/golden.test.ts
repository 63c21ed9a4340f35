/**
 * Bytes that version 1 of the segment format wrote, kept for ever: proto/golden/segment-1. They are read and written alike by every
 * later software; a change that breaks one of them is a new version, which gets vectors of its own beside these.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  decodeFooter,
  decodeHeader,
  decodeIndexPage,
  decodeLogFrames,
  decodeTrailer,
  encodeFooter,
  encodeHeader,
  encodeIndexPage,
  encodeLogFrame,
  encodeTrailer,
  type IndexEntry,
  NO_COUNTS,
  type RecordDraft,
  type SegmentFooter,
  type SegmentHeader,
} from "../index.ts";

function golden(name: string): Uint8Array {
  const text = readFileSync(new URL(`../../golden/segment-1/${name}.hex`, import.meta.url), "utf8");
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
}

const MARK = {
  pointId: "00112233445566778899aabbccddeeff",
  number: 7,
  timeMicros: 1_700_000_000_000_001,
  kind: "group",
  consistency: "file-system",
} as const;
const SPAN = { spanId: "ffeeddccbbaa99887766554433221100", reason: "catch-up", totalBytes: 2 ** 40 + 1 } as const;

const DRAFTS: readonly RecordDraft[] = [
  { kind: "span-begin", timeMicros: 1_700_000_000_000_000, span: SPAN },
  { kind: "write", timeMicros: 1_700_000_000_000_001, offset: 2 ** 33, data: Uint8Array.of(1, 2, 3, 4, 5) },
  { kind: "zero", timeMicros: 1_700_000_000_000_002, offset: 4096, length: 2 ** 35 },
  { kind: "discard", timeMicros: 1_700_000_000_000_003, offset: 0, length: 512 },
  { kind: "void", timeMicros: 1_700_000_000_000_004, offset: 2 ** 33, length: 5, refusedFrom: 1001, refusedTo: 1002 },
  { kind: "span-end", timeMicros: 1_700_000_000_000_005, spanId: SPAN.spanId },
  { kind: "resize", timeMicros: 1_700_000_000_000_006, sizeBytes: 2 ** 41 },
  { kind: "mark", timeMicros: 1_700_000_000_000_007, mark: MARK },
];

const HEADER: SegmentHeader = {
  kind: "merged",
  fileId: "01".repeat(16),
  machineId: "02".repeat(16),
  diskId: "03".repeat(16),
  branch: "04".repeat(16),
  parent: { branch: "05".repeat(16), sequence: 2 ** 34 },
  from: 1001,
  to: 2 ** 33 + 1,
  range: { offset: 2 ** 30, length: 2 ** 31 },
  diskBytes: 2 ** 41,
  blockBytes: 512,
  physicalBlockBytes: 4096,
  bootId: "06".repeat(16),
  wallMicros: 1_700_000_000_000_000,
  monotonicMicros: 123_456_789,
  codec: "zstd",
  encryption: { cipher: "aes-256-gcm", keyId: "07".repeat(16), salt: new Uint8Array(32).fill(8) },
};

const ENTRY: IndexEntry = {
  offset: 2 ** 33,
  length: 5,
  sequence: 1002,
  kind: "write",
  framePosition: 4096,
  frameOrdinal: 2,
  frameBytes: 500,
  rawPosition: 360,
  file: 9,
};
const ENTRIES = [{ ...ENTRY, offset: 0, kind: "discard", rawPosition: 0 }, ENTRY] as const;
const REFERENCES = [{ offset: 0, end: 2 ** 33 + 5, position: 8192, ordinal: 3, bytes: 152 }] as const;

const FOOTER: SegmentFooter = {
  from: 1001,
  to: 1008,
  rawBytes: 999,
  entryCount: 2,
  root: { position: 8192, ordinal: 3, bytes: 152 },
  diskBytes: 2 ** 41,
  wallMicros: 1_700_000_000_000_009,
  counts: { ...NO_COUNTS, write: 1, zero: 2, discard: 3, void: 4, mark: 5, "span-begin": 6, "span-end": 7, resize: 8 },
  recordsEnd: 8000,
  digest: new Uint8Array(32).fill(10),
  marks: [{ sequence: 1008, timeMicros: 1_700_000_000_000_007, mark: MARK }],
  spans: [
    { sequence: 1001, timeMicros: 1_700_000_000_000_000, step: "begin", span: SPAN },
    { sequence: 1006, timeMicros: 1_700_000_000_000_005, step: "end", spanId: SPAN.spanId },
  ],
};

const TRAILER = {
  footerPosition: 2 ** 33,
  footerBytes: 376,
  footerOrdinal: 4,
  fileBytes: 2 ** 33 + 440,
  fileId: "01".repeat(16),
};

test("a frame with every kind of record is what it was", () => {
  const bytes = golden("log-frame");
  assert.deepEqual(new Uint8Array(Buffer.concat(encodeLogFrame(1001, DRAFTS).parts)), bytes);
  const [frame] = decodeLogFrames(bytes);
  assert.equal(frame?.to, 1008);
  assert.deepEqual(
    frame?.records.map(({ record }) => record),
    DRAFTS.map((draft, index) => ({
      ...draft,
      sequence: 1001 + index,
      ...(draft.kind === "write" ? { length: 5 } : {}),
    })),
  );
});

test("a header is what it was", () => {
  assert.deepEqual(encodeHeader(HEADER), golden("header"));
  assert.deepEqual(decodeHeader(golden("header")), HEADER);
});

test("index pages are what they were", () => {
  assert.deepEqual(encodeIndexPage({ level: 0, entries: ENTRIES }), golden("index-entries"));
  assert.deepEqual(decodeIndexPage(golden("index-entries")), { level: 0, entries: ENTRIES });
  assert.deepEqual(encodeIndexPage({ level: 1, references: REFERENCES }), golden("index-references"));
  assert.deepEqual(decodeIndexPage(golden("index-references")), { level: 1, references: REFERENCES });
});

test("a footer is what it was", () => {
  assert.deepEqual(encodeFooter(FOOTER), golden("footer"));
  assert.deepEqual(decodeFooter(golden("footer")), FOOTER);
});

test("a trailer is what it was", () => {
  assert.deepEqual(encodeTrailer(TRAILER), golden("trailer"));
  assert.deepEqual(decodeTrailer(golden("trailer")), TRAILER);
});
