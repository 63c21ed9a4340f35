import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry, SpanEdge, StoredFile } from "./entry.ts";
import { decodeEntry, encodeEntry } from "./entry-codec.ts";
import { FieldError, FieldReader } from "./field-reader.ts";
import { FieldWriter } from "./field-writer.ts";
import { baseName, runName, segmentName } from "./file-name.ts";

/** A record as code makes it, with the prototype of objects. */
function plain<B>(body: { [K in keyof B]: fc.Arbitrary<B[K]> }): fc.Arbitrary<B> {
  return fc.record(body, { noNullPrototype: true });
}

const bytesHex = (count: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: count, maxLength: count }).map((bytes) => Buffer.from(bytes).toString("hex"));
const id = bytesHex(16).filter((text) => text !== "0".repeat(32));
const hash = bytesHex(32);
const number = fc.maxSafeNat();
const small = fc.nat(2 ** 32 - 2);
const ids = fc.array(id, { maxLength: 4 });
const storedFile = plain({ fileId: id, bytes: number, sha256: hash });
const named = (file: Omit<StoredFile, "name">, name: string): StoredFile => ({ ...file, name });
const edge: fc.Arbitrary<SpanEdge> = fc.oneof(
  plain({ edge: fc.constant("end" as const), spanId: id, sequence: number, timeMicros: number }),
  plain({
    edge: fc.constant("begin" as const),
    spanId: id,
    sequence: number,
    timeMicros: number,
    reason: fc.constantFrom("initial", "catch-up", "recovery", "resync"),
    needed: fc.boolean(),
  }),
);

function of<T extends Entry["type"], B>(
  type: T,
  body: { [K in keyof B]: fc.Arbitrary<B[K]> },
): fc.Arbitrary<B & { type: T }> {
  return plain(body).map((fields) => ({ type, ...fields }));
}

const entries: readonly fc.Arbitrary<Entry>[] = [
  of("genesis", { rangeBytes: number }),
  fc.constant({ type: "snapshot-end" as const }),
  fc.constant({ type: "base-cleared" as const }),
  of("branch", {
    branch: id,
    parent: fc.option(plain({ branch: id, sequence: number }), { nil: undefined }),
    from: number.map((value) => Math.max(1, value)),
    blockBytes: fc.constantFrom(512, 4096),
  }),
  of("skip", {
    stretch: id,
    branch: id,
    from: number.map((value) => Math.max(1, value)),
    blockBytes: fc.constantFrom(512, 4096),
  }),
  of("branch-dropped", { branch: id }),
  of("segment", {
    branch: id,
    number: small,
    from: number,
    to: number,
    file: storedFile,
    rawBytes: number,
    diskBytes: number,
    lastMicros: number,
    endsAtMark: fc.boolean(),
    chain: hash,
    spans: fc.array(edge, { maxLength: 3 }),
    resizes: fc.array(plain({ sequence: number, diskBytes: number }), { maxLength: 3 }),
  }).map((entry) => ({ ...entry, file: named(entry.file, segmentName(entry.branch, entry.from, entry.file.fileId)) })),
  of("merged", {
    branch: id,
    first: small,
    number: small,
    from: number,
    to: number,
    file: storedFile,
    rawBytes: number,
    diskBytes: number,
    lastMicros: number,
    endsAtMark: fc.boolean(),
    hadGap: fc.boolean(),
    chain: hash,
  })
    .filter((entry) => entry.first < entry.number)
    .map((entry) => ({ ...entry, file: named(entry.file, segmentName(entry.branch, entry.from, entry.file.fileId)) })),
  of("base", { branch: id, sequence: number, nextNumber: small, diskBytes: number, lastMicros: number, chain: hash }),
  of("floor", { branch: id, sequence: number }),
  of("range", { range: small, file: fc.option(storedFile, { nil: undefined }) }).map(({ range, file, type }) => ({
    type,
    range,
    file: file === undefined ? undefined : named(file, baseName(range, file.fileId)),
  })),
  of("run", { branch: id, level: fc.nat(255), first: small, file: storedFile }).map((entry) => ({
    ...entry,
    file: named(entry.file, runName({ ...entry, fileId: entry.file.fileId })),
  })),
  of("run-dropped", { branch: id, level: fc.nat(255), first: small }),
  of("point", {
    id,
    number,
    timeMicros: number,
    validUntilMicros: number,
    epoch: number,
    kind: fc.constantFrom("auto", "mark", "group"),
    consistency: fc.constantFrom("crash", "file-system", "application"),
    branch: id,
    sequence: number,
    memberDiskIds: ids,
    missingDiskIds: ids,
  }),
  of("point-extended", { id, validUntilMicros: number }),
  of("points-dropped", { count: small, reason: fc.constantFrom("time", "bytes", "request") }),
  of("points-withdrawn", { ids }),
  of("points-thinned", { ids }),
  of("lock", {
    pinId: id,
    pointId: id,
    owner: fc.string({ unit: "grapheme", maxLength: 20 }),
    reason: fc.string({ maxLength: 20 }),
    timeMicros: number,
    untilMicros: number,
  }),
  of("pin", {
    pinId: id,
    pointId: id,
    kind: fc.constantFrom("pin", "lock"),
    owner: fc.string({ unit: "grapheme", maxLength: 20 }),
    reason: fc.string({ maxLength: 20 }),
    timeMicros: number,
  }),
  of("unpin", { pinId: id }),
  of("damage", {
    branch: id,
    number: small.map((value) => value - 1),
    extents: fc.array(plain({ offset: number, length: number }), { maxLength: 4 }),
  }),
  of("file-damaged", { fileId: id }),
  of("scrub", { startedMicros: number, endedMicros: number, files: number, bytes: number, damagedFiles: number }),
];

function encoded(entry: Entry): Uint8Array {
  const to = new FieldWriter();
  encodeEntry(to, entry);
  return to.bytes().slice();
}

test("every entry comes back as it was, one behind the other, and a cut one is refused", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...entries), { minLength: 1, maxLength: 5 }), fc.nat(), (list, cut) => {
      const all = Buffer.concat(list.map((entry) => encoded(entry)));
      const from = new FieldReader(all);
      assert.deepEqual(
        list.map(() => decodeEntry(from)),
        list,
      );
      assert.equal(from.rest, 0);
      const last = encoded(list.at(-1) ?? { type: "snapshot-end" });
      assert.throws(() => decodeEntry(new FieldReader(last.subarray(0, cut % last.length))), FieldError);
    }),
    { numRuns: 500 },
  );
});

test("bytes of any kind are an entry or refused, and no count in them is believed", () => {
  fc.assert(
    fc.property(fc.oneof(...entries), fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, at, mask) => {
      const bytes = encoded(entry);
      const position = at % bytes.length;
      bytes[position] = (bytes[position] ?? 0) ^ mask;
      try {
        const reader = new FieldReader(bytes);
        assert.deepEqual(encoded(decodeEntry(reader)), bytes.slice(0, reader.position));
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("the bytes of entries change only with the version of the format", () => {
  const [a, b, c] = ["a1".repeat(16), "b2".repeat(16), "c3".repeat(16)];
  const [sha256, chain] = ["d4".repeat(32), "e5".repeat(32)];
  const file = { name: "", fileId: b, bytes: 70_000, sha256 };
  const point = { id: a, number: 9, timeMicros: 1_700_000_000_000_000, validUntilMicros: 1_700_000_002_000_000 };
  const golden: readonly Entry[] = [
    { type: "genesis", rangeBytes: 268_435_456 },
    { type: "branch", branch: a, parent: { branch: b, sequence: 77 }, from: 1, blockBytes: 512 },
    {
      type: "segment",
      branch: a,
      number: 3,
      from: 100,
      to: 250,
      file,
      rawBytes: 90_000,
      diskBytes: 2 ** 40,
      lastMicros: 5,
      endsAtMark: true,
      chain,
      spans: [
        { edge: "begin", spanId: c, sequence: 101, timeMicros: 6, reason: "resync", needed: true },
        { edge: "end", spanId: c, sequence: 140, timeMicros: 7 },
      ],
      resizes: [{ sequence: 150, diskBytes: 2 ** 39 }],
    },
    { type: "base", branch: a, sequence: 99, nextNumber: 3, diskBytes: 2 ** 40, lastMicros: 4, chain },
    { type: "floor", branch: a, sequence: 250 },
    { type: "range", range: 12, file },
    { type: "range", range: 13, file: undefined },
    { type: "run", branch: a, level: 2, first: 256, file },
    { type: "run-dropped", branch: a, level: 1, first: 16 },
    {
      type: "point",
      ...point,
      kind: "mark",
      consistency: "application",
      epoch: 2,
      branch: a,
      sequence: 250,
      memberDiskIds: [b, c],
      missingDiskIds: [a],
    },
    { type: "point-extended", id: a, validUntilMicros: 8 },
    { type: "points-dropped", count: 4, reason: "bytes" },
    { type: "points-withdrawn", ids: [a, b] },
    { type: "pin", pinId: a, pointId: b, kind: "lock", owner: "operator", reason: "audit – Größe", timeMicros: 10 },
    { type: "unpin", pinId: a },
    { type: "damage", branch: a, number: -1, extents: [{ offset: 4_096, length: 512 }] },
    { type: "file-damaged", fileId: b },
    { type: "scrub", startedMicros: 1, endedMicros: 2, files: 3, bytes: 4, damagedFiles: 5 },
    { type: "branch-dropped", branch: c },
    { type: "base-cleared" },
    { type: "snapshot-end" },
  ];
  const digest = createHash("sha256");
  for (const entry of golden) digest.update(encoded(entry));
  assert.equal(digest.digest("hex"), "367d564ec1ea564f2b862cc8485501a0173fc3b8a01922daab4054cfddfe022b");
});

test("so do those of entries that thinning and locks brought", () => {
  const [branch, fileId, c] = ["a1".repeat(16), "b2".repeat(16), "c3".repeat(16)];
  const file = { name: "", fileId, bytes: 70_000, sha256: "d4".repeat(32) };
  const covers = { first: 3, number: 40, from: 100, to: 250, rawBytes: 90_000, diskBytes: 2 ** 40, lastMicros: 5 };
  const texts = { owner: "Ada", reason: "audit – Größe" };
  const golden: readonly Entry[] = [
    { type: "merged", branch, ...covers, file, endsAtMark: true, hadGap: true, chain: "e5".repeat(32) },
    { type: "points-thinned", ids: [branch, c] },
    { type: "lock", pinId: branch, pointId: c, ...texts, timeMicros: 10, untilMicros: 20 },
  ];
  const digest = createHash("sha256");
  for (const entry of golden) digest.update(encoded(entry));
  assert.equal(digest.digest("hex"), "f07f0d04daaf4c974293a545c35db658cd4fce7d0451b20ba9f34d0448f6247f");
});

test("so do those of the entry that holes brought", () => {
  const stretch = encoded({
    type: "skip",
    stretch: "a1".repeat(16),
    branch: "b2".repeat(16),
    from: 77,
    blockBytes: 4_096,
  });
  const body = `${"a1".repeat(16)}${"b2".repeat(16)}4d0000000000000000100000`;
  assert.equal(Buffer.from(stretch).toString("hex"), `180000002c000000${body}`);
});
