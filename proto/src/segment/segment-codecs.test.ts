import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import fc from "fast-check";
import {
  checkFrame,
  checksumOf,
  decodeFooter,
  decodeFrames,
  decodeHeader,
  decodeIndexPage,
  decodeLogFrames,
  decodeRecords,
  decodeTrailer,
  encodeFooter,
  encodeFrameHead,
  encodeHeader,
  encodeIndexPage,
  encodeLogFrame,
  encodeTrailer,
  FRAME_BYTES_MAX,
  FRAME_PAYLOAD_BYTES_MAX,
  FRAME_RECORDS_MAX,
  HEADER_BYTES,
  type IndexEntry,
  type IndexReference,
  type LogRecord,
  looksLike,
  MARK_KIND,
  mayAppendTo,
  NO_COUNTS,
  type RecordDraft,
  type SegmentFooter,
  type SegmentHeader,
  SPAN_REASON,
} from "../index.ts";

/** Objects as literals make them. */
function object<Fields>(model: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }): fc.Arbitrary<Fields> {
  return fc.record(model, { noNullPrototype: true });
}

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const whole = fc.oneof(fc.nat(100), fc.maxSafeNat());
const stamp = { timeMicros: whole };
const extent = {
  offset: fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1), fc.constant(2 ** 52)),
  length: fc.integer({ min: 1, max: 2 ** 40 }),
};
const mark = object({
  pointId: id,
  number: whole,
  timeMicros: whole,
  kind: fc.constantFrom(...MARK_KIND.names),
  consistency: fc.constantFrom("crash" as const, "file-system" as const, "application" as const),
});
const span = object({ spanId: id, reason: fc.constantFrom(...SPAN_REASON.names), totalBytes: whole });
const draft: fc.Arbitrary<RecordDraft> = fc.oneof(
  object({
    kind: fc.constant("write" as const),
    ...stamp,
    offset: extent.offset,
    data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  object({ kind: fc.constantFrom("zero" as const, "discard" as const), ...stamp, ...extent }),
  object({
    kind: fc.constant("void" as const),
    ...stamp,
    ...extent,
    refusedFrom: fc.integer({ min: 1, max: 500 }),
    refusedTo: fc.integer({ min: 500, max: 999 }),
  }),
  object({ kind: fc.constant("mark" as const), ...stamp, mark }),
  object({ kind: fc.constant("span-begin" as const), ...stamp, span }),
  object({ kind: fc.constant("span-end" as const), ...stamp, spanId: id }),
  object({ kind: fc.constant("resize" as const), ...stamp, sizeBytes: whole }),
);
const drafts = fc.array(draft, { minLength: 1, maxLength: 12 });
/** Above every sequence that a void names. */
const from = fc.integer({ min: 1_000, max: 2 ** 50 });

function recordsOf(first: number, list: readonly RecordDraft[]): LogRecord[] {
  return list.map((each, index) => {
    const sequence = first + index;
    return each.kind === "write" ? { ...each, sequence, length: each.data.length } : { ...each, sequence };
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** What is given is either decoded or refused with a Fault that says damage; nothing else happens. */
function refusedOr<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    assert.ok(
      isFault(error, "frame-damaged", "segment-damaged", "segment-foreign", "segment-unsupported"),
      String(error),
    );
    return undefined;
  }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  const at = bit >> 3;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

test("a frame of a log gives back the records it was made of, and views of their data", () => {
  fc.assert(
    fc.property(from, drafts, (first, list) => {
      const { parts, bytes } = encodeLogFrame(first, list);
      const frame = joined(parts);
      assert.equal(frame.length, bytes);
      const records = decodeFrames(frame);
      assert.deepEqual(records, recordsOf(first, list));
      for (const record of records) if (record.kind === "write") assert.equal(record.data.buffer, frame.buffer);
    }),
  );
});

test("frames one after another are decoded when their sequences follow, and refused when they do not", () => {
  fc.assert(
    fc.property(from, drafts, drafts, fc.nat(3), (first, one, two, gap) => {
      const next = first + one.length + gap;
      const bytes = joined([...encodeLogFrame(first, one).parts, ...encodeLogFrame(next, two).parts]);
      if (gap === 0) assert.deepEqual(decodeFrames(bytes), recordsOf(first, [...one, ...two]));
      else
        assert.equal(
          refusedOr(() => decodeFrames(bytes)),
          undefined,
        );
    }),
  );
});

test("a frame that is cut at any byte is refused", () => {
  fc.assert(
    fc.property(from, fc.array(draft, { minLength: 1, maxLength: 3 }), (first, list) => {
      const bytes = joined(encodeLogFrame(first, list).parts);
      for (let length = 1; length < bytes.length; length += 1) {
        assert.equal(checkOrRefused(bytes.subarray(0, length)), undefined);
        assert.equal(
          refusedOr(() => decodeLogFrames(bytes.subarray(0, length))),
          undefined,
        );
      }
    }),
    { numRuns: 30 },
  );
});

function checkOrRefused(bytes: Uint8Array): unknown {
  return refusedOr(() => checkFrame(bytes, 0));
}

test("a flipped bit anywhere in a frame is found", () => {
  const list: RecordDraft[] = [
    { kind: "write", timeMicros: 1, offset: 512, data: Uint8Array.of(1, 2, 3, 4, 5) },
    {
      kind: "mark",
      timeMicros: 2,
      mark: { pointId: "0f".repeat(16), number: 3, timeMicros: 4, kind: "auto", consistency: "crash" },
    },
  ];
  const bytes = joined(encodeLogFrame(7, list).parts);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    assert.equal(
      refusedOr(() => decodeFrames(flipped(bytes, bit))),
      undefined,
      `bit ${bit}`,
    );
  }
});

test("records with right checksums and hostile contents are decoded whole or refused", () => {
  fc.assert(
    fc.property(from, drafts, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), (first, list, edits) => {
      const raw = joined(encodeLogFrame(first, list).parts).slice(32);
      for (const [at, value] of edits) if (at < raw.length) raw[at] = value;
      refusedOr(() => decodeRecords(raw));
      const head = {
        kind: "records",
        codec: "none",
        storedBytes: raw.length,
        rawBytes: raw.length,
        number: first,
        count: list.length,
      } as const;
      refusedOr(() => decodeFrames(joined([encodeFrameHead(head, [raw]), raw])));
    }),
    { numRuns: 2_000 },
  );
});

test("bytes of any kind are no frame, and no length in them is believed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const framed = bytes.slice();
      framed.set([0x4c, 0x57, 0x46, 0x52].slice(0, framed.length));
      assert.equal(checkOrRefused(framed), undefined);
      refusedOr(() => decodeIndexPage(bytes));
      refusedOr(() => decodeFooter(bytes));
      refusedOr(() => decodeHeader(bytes));
    }),
    { numRuns: 1_000 },
  );
});

test("limits are refused at once: stored and raw bytes, counts, records", () => {
  for (const fields of [
    { storedBytes: 0xffffffff, rawBytes: 100, count: 1 },
    { storedBytes: 100, rawBytes: 0xffffffff, count: 1 },
    { storedBytes: 100, rawBytes: 100, count: FRAME_RECORDS_MAX + 1 },
    { storedBytes: 117, rawBytes: 100, count: 1 },
  ]) {
    const head = encodeFrameHead({ kind: "records", codec: "none", number: 1, ...fields }, []);
    assert.throws(() => checkFrame(head, 0), { code: "frame-damaged" });
  }
  const raw = new Uint8Array(8);
  new DataView(raw.buffer).setUint32(0, 0xffffffff, true);
  assert.throws(() => decodeRecords(raw), { code: "frame-damaged" });
});

test("the largest frame fits the limit, and what is larger is a mistake", () => {
  const data = new Uint8Array(FRAME_PAYLOAD_BYTES_MAX / FRAME_RECORDS_MAX);
  const list = Array.from(
    { length: FRAME_RECORDS_MAX },
    () => ({ kind: "write", timeMicros: 0, offset: 0, data }) as const,
  );
  const { bytes, parts } = encodeLogFrame(1, list);
  assert.ok(bytes <= FRAME_BYTES_MAX);
  assert.equal(decodeFrames(joined(parts)).length, FRAME_RECORDS_MAX);
  assert.throws(() => encodeLogFrame(1, [...list, ...list]), { name: "AssertionFailure" });
  assert.throws(
    () =>
      encodeLogFrame(1, [
        { kind: "write", timeMicros: 0, offset: 0, data: new Uint8Array(FRAME_PAYLOAD_BYTES_MAX + 1) },
      ]),
    {
      name: "AssertionFailure",
    },
  );
  assert.throws(() => encodeLogFrame(1, [{ kind: "zero", timeMicros: 0, offset: 0, length: 0 }]), {
    name: "AssertionFailure",
  });
});

const header: fc.Arbitrary<SegmentHeader> = object({
  kind: fc.constantFrom(
    "log" as const,
    "cut" as const,
    "merged" as const,
    "base" as const,
    "index-run" as const,
    "manifest" as const,
  ),
  fileId: id,
  machineId: id,
  diskId: id,
  branch: id,
  parent: fc.option(object({ branch: id, sequence: whole }), { nil: undefined }),
  from: whole,
  to: fc.option(fc.integer({ min: 1, max: NUMBER_MAX }), { nil: undefined }),
  range: object({ offset: fc.nat(2 ** 31 - 1), length: fc.integer({ min: 0, max: 2 ** 50 }) }),
  diskBytes: whole,
  blockBytes: fc.constantFrom(512, 4096),
  physicalBlockBytes: fc.nat(2 ** 31 - 1),
  bootId: id,
  wallMicros: whole,
  monotonicMicros: whole,
  codec: fc.constantFrom("none" as const, "lz4" as const, "zstd" as const),
  encryption: fc.option(
    object({
      cipher: fc.constant("aes-256-gcm" as const),
      keyId: id,
      salt: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    }),
    { nil: undefined },
  ),
  hasHoles: fc.boolean(),
}).map(({ parent, to, encryption, hasHoles, ...rest }) => ({
  ...rest,
  ...(hasHoles && rest.kind === "manifest" ? { hasHoles } : {}),
  // A branch of zeroes would be none.
  ...(parent === undefined ? {} : { parent: { ...parent, branch: `1${parent.branch.slice(1)}` } }),
  ...(to === undefined ? {} : { to }),
  ...(encryption === undefined ? {} : { encryption }),
}));

test("a header gives back what it was made of, and a flipped bit anywhere in it is found", () => {
  fc.assert(
    fc.property(header, fc.nat(HEADER_BYTES * 8 - 1), (fields, bit) => {
      const bytes = encodeHeader(fields);
      assert.equal(bytes.length, HEADER_BYTES);
      assert.equal(looksLike(bytes), "leeward");
      assert.deepEqual(decodeHeader(bytes), fields);
      assert.deepEqual(decodeHeader(Buffer.from(bytes)), fields);
      assert.equal(
        refusedOr(() => decodeHeader(flipped(bytes, bit))),
        undefined,
      );
      assert.equal(
        refusedOr(() => decodeHeader(bytes.subarray(0, bit >> 3))),
        undefined,
      );
    }),
  );
});

test("a log of Hyper-V, a newer version and anything else are told apart", () => {
  const theirs = new Uint8Array(HEADER_BYTES);
  theirs.set(Buffer.from("msctlog "));
  assert.equal(looksLike(theirs), "hyper-v");
  assert.throws(() => decodeHeader(theirs), { code: "segment-foreign" });
  assert.equal(looksLike(new Uint8Array(HEADER_BYTES)), undefined);
  assert.equal(looksLike(theirs.subarray(0, 7)), undefined);
  assert.throws(() => decodeHeader(new Uint8Array(HEADER_BYTES)), { code: "segment-foreign" });
});

test("a header of a newer version, or with features that are not known, is told from a damaged one", () => {
  const [fields] = fc.sample(header, { numRuns: 1, seed: 3 });
  assert.ok(fields !== undefined);
  const changed = (position: number, value: number): Uint8Array => {
    const bytes = encodeHeader(fields);
    bytes[position] = value;
    bytes.fill(0, 8, 12);
    new DataView(bytes.buffer).setUint32(8, checksumOf([bytes]), true);
    return bytes;
  };
  assert.throws(() => decodeHeader(changed(12, 2)), { code: "segment-unsupported", kind: "operator" });
  assert.throws(() => decodeHeader(changed(24, 2)), { code: "segment-unsupported" });
  assert.throws(() => decodeHeader(changed(24, 3)), { code: "segment-unsupported" });
  assert.deepEqual(decodeHeader(changed(16, 1)), fields);
  assert.deepEqual(decodeHeader(changed(20, 1)), fields);
  assert.deepEqual([mayAppendTo(changed(16, 1)), mayAppendTo(changed(20, 1))], [true, false]);
  assert.throws(() => decodeHeader(changed(28, 1)), { code: "segment-damaged" });
  assert.throws(() => decodeHeader(changed(14, 77)), { code: "segment-damaged" });
});

const disjoint = fc
  .array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 100_000 })), { minLength: 1, maxLength: 20 })
  .map((steps) => {
    let at = 0;
    return steps.map(([gap, length]) => {
      const offset = at + gap;
      at = offset + length;
      return { offset, length };
    });
  });

test("an index page gives back its entries or references, and a cut one is refused", () => {
  fc.assert(
    fc.property(
      disjoint,
      fc.nat(2 ** 31 - 1),
      fc.constantFrom("write" as const, "zero" as const, "discard" as const),
      (extents, number, kind) => {
        const entries: IndexEntry[] = extents.map((each) => ({
          ...each,
          kind,
          sequence: number + 1,
          framePosition: number * 1_000,
          frameOrdinal: number,
          frameBytes: number % FRAME_BYTES_MAX,
          rawPosition: number % 100_000,
          file: number,
        }));
        const page = encodeIndexPage({ level: 0, entries });
        assert.deepEqual(decodeIndexPage(page), { level: 0, entries });
        const references: IndexReference[] = extents.map(({ offset, length }) => ({
          offset,
          end: offset + length,
          position: number * 1_000,
          ordinal: number,
          bytes: number % FRAME_BYTES_MAX,
        }));
        const upper = encodeIndexPage({ level: 3, references });
        assert.deepEqual(decodeIndexPage(upper), { level: 3, references });
        assert.equal(
          refusedOr(() => decodeIndexPage(page.subarray(0, page.length - 1 - (number % 8)))),
          undefined,
        );
        if (entries.length > 1)
          assert.throws(() => decodeIndexPage(encodeIndexPage({ level: 0, entries: entries.toReversed() })), {
            code: "segment-damaged",
          });
      },
    ),
  );
});

const footer: fc.Arbitrary<SegmentFooter> = object({
  from: whole,
  to: whole,
  rawBytes: whole,
  entryCount: whole,
  root: fc.option(
    object({
      position: fc.integer({ min: 1, max: NUMBER_MAX }),
      ordinal: fc.nat(),
      bytes: fc.nat(FRAME_BYTES_MAX),
    }),
    {
      nil: undefined,
    },
  ),
  diskBytes: whole,
  wallMicros: whole,
  counts: object({ write: whole, mark: whole }).map((some) => ({ ...NO_COUNTS, ...some })),
  recordsEnd: whole,
  digest: fc.option(
    fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0)),
    { nil: undefined },
  ),
  marks: fc.array(object({ sequence: whole, timeMicros: whole, mark }), { maxLength: 5 }),
  spans: fc.array(
    fc.oneof(
      object({ sequence: whole, timeMicros: whole, step: fc.constant("begin" as const), span }),
      object({ sequence: whole, timeMicros: whole, step: fc.constant("end" as const), spanId: id }),
    ),
    { maxLength: 5 },
  ),
}).map(({ root, digest, ...rest }) => ({
  ...rest,
  ...(root === undefined ? {} : { root }),
  ...(digest === undefined ? {} : { digest }),
}));

test("a footer gives back what it was made of, and a cut one is refused", () => {
  fc.assert(
    fc.property(footer, fc.nat(), (fields, cut) => {
      const bytes = encodeFooter(fields);
      assert.deepEqual(decodeFooter(bytes), fields);
      assert.deepEqual(decodeFooter(Buffer.from(bytes)), fields);
      assert.equal(
        refusedOr(() => decodeFooter(bytes.subarray(0, cut % bytes.length))),
        undefined,
      );
    }),
  );
});

test("a trailer gives back what it was made of; one flipped bit or another length, and it is none", () => {
  const fields = {
    footerPosition: 2 ** 40 + 5,
    footerBytes: 999,
    footerOrdinal: 12,
    fileBytes: 2 ** 40 + 5 + 999 + 64,
    fileId: "5a".repeat(16),
  };
  const bytes = encodeTrailer(fields);
  assert.deepEqual(decodeTrailer(bytes), fields);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) assert.equal(decodeTrailer(flipped(bytes, bit)), undefined);
  for (let length = 0; length < bytes.length; length += 1)
    assert.equal(decodeTrailer(bytes.subarray(0, length)), undefined);
});
