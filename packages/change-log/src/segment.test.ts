import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { checkFrame, FRAME_BYTES_MAX, type IndexEntry, type LogRecord, writeFrameChecksum } from "@leeward/proto";
import { fileFault, readFile, type World } from "@leeward/world";
import { isSampled, sampledRuns, simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import {
  type DataKey,
  IndexRunWriter,
  type RandomAccess,
  type SegmentFacts,
  SegmentReader,
  SegmentWriter,
  segmentCache,
} from "./index.ts";

const ID = { machineId: "a1".repeat(16), diskId: "b2".repeat(16), branch: "c3".repeat(16), bootId: "d4".repeat(16) };
const DISK_BYTES = 1 << 16;
const SIZES = { diskBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 } as const;
const KEY: DataKey = { keyId: "e5".repeat(16), bytes: seededRandom(9).bytes(32) };
const DRAFT = { ...ID, ...SIZES, kind: "cut", from: 1, to: 100, range: { offset: 0, length: DISK_BYTES } } as const;

interface Change {
  readonly kind: "write" | "zero" | "discard";
  readonly offset: number;
  readonly length: number;
  readonly sequence: number;
  readonly fill: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("write", "write", "zero", "discard"),
  offset: fc.nat(DISK_BYTES - 1),
  length: fc.integer({ min: 1, max: 6_000 }),
  sequence: fc.integer({ min: 1, max: 100 }),
  fill: fc.nat(255),
});

function recordOf({ kind, offset, length: wanted, sequence, fill }: Change): LogRecord {
  const length = Math.min(wanted, DISK_BYTES - offset);
  const stamp = { sequence, timeMicros: 5, offset, length };
  return kind === "write" ? { ...stamp, kind, data: new Uint8Array(length).fill(fill) } : { ...stamp, kind };
}

function applied(records: readonly LogRecord[]): Uint8Array {
  const disk = new Uint8Array(DISK_BYTES);
  const inOrder = records.toSorted((a, b) => a.sequence - b.sequence);
  for (const record of inOrder) {
    if (record.kind === "write") disk.set(record.data, record.offset);
    else if (record.kind === "zero" || record.kind === "discard") {
      disk.fill(0, record.offset, record.offset + record.length);
    }
  }
  return disk;
}

async function throughIndex(reader: SegmentReader): Promise<Uint8Array> {
  const disk = new Uint8Array(DISK_BYTES);
  let end = 0;
  for await (const entries of reader.entries()) {
    for (const entry of entries) {
      assert.ok(entry.offset >= end);
      end = entry.offset + entry.length;
      await reader.read(entry, disk.subarray(entry.offset, end));
    }
  }
  return disk;
}

interface Form {
  readonly codec: "none" | "lz4" | "zstd";
  readonly key?: DataKey;
  readonly framePayloadBytes: number;
}

const forms: fc.Arbitrary<Form> = fc
  .record({
    codec: fc.constantFrom("none", "lz4", "zstd"),
    key: fc.constantFrom(undefined, KEY),
    framePayloadBytes: fc.constantFrom(512, 4096, 1 << 20),
  })
  .map(({ key, ...rest }) => (key === undefined ? rest : { ...rest, key }));

async function sealed(world: World, records: readonly LogRecord[], form: Form): Promise<SegmentFacts> {
  await world.files.makeFolder("/s");
  await using writer = await SegmentWriter.create(world, { path: "/s/one.hrl", draft: DRAFT, ...form });
  for (const record of records) await writer.add(record);
  return await writer.seal();
}

function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    async read(target, position) {
      const found = bytes.subarray(position, position + target.length);
      target.set(found);
      return found.length;
    },
    sizeBytes: async () => bytes.length,
  };
}

async function contentOf(world: World, path: string): Promise<Uint8Array> {
  return await readFile(world.files, path, 1 << 24);
}

async function recordsOf(reader: SegmentReader): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of reader.records()) {
    records.push(record.kind === "write" ? { ...record, data: new Uint8Array(record.data) } : record);
  }
  return records;
}

test("a sealed file gives back its records, and its index the newest bytes, with any codec and cipher", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 40 }), forms, fc.nat(), async (changes, form, seed) => {
      const world = simulatedWorld({ seed });
      const records = changes.map((each) => recordOf(each));
      const facts = await sealed(world, records, form);
      const bytes = await contentOf(world, facts.path);
      const reader = await SegmentReader.open(inMemory(bytes), { compute: world.compute, ...form });
      assert.equal(reader.sealed, true);
      assert.deepEqual(reader.header, facts.header);
      assert.deepEqual(reader.footer, facts.footer);
      assert.deepEqual(await recordsOf(reader), records);
      assert.deepEqual(await throughIndex(reader), applied(records));
      await reader.verify();
      assert.equal(bytes.length, facts.bytes);
      assert.deepEqual(new Uint8Array(createHash("sha256").update(bytes).digest()), facts.sha256);
    }),
    { numRuns: sampledRuns(60, 3) },
  );
});

test("an extent is found in the index cut to what was asked, and any part of an entry can be read", async () => {
  const world = simulatedWorld({ seed: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 20 }),
      fc.nat(DISK_BYTES - 1),
      fc.integer({ min: 1, max: 9_000 }),
      async (changes, offset, length) => {
        const records = changes.map((each) => recordOf(each));
        const facts = await sealed(world, records, { codec: "lz4", framePayloadBytes: 4096 });
        await using handle = await world.files.open(facts.path, "read");
        const reader = await SegmentReader.open(handle, { compute: world.compute });
        const disk = applied(records);
        for (const entry of await reader.lookup({ offset, length })) {
          assert.ok(entry.offset >= offset && entry.offset + entry.length <= offset + length);
          const skip = Math.floor(entry.length / 3);
          const target = new Uint8Array(Math.ceil(entry.length / 2)).fill(255);
          await reader.read(entry, target, skip);
          assert.deepEqual(target, disk.slice(entry.offset + skip, entry.offset + skip + target.length));
        }
        await world.files.remove(facts.path);
      },
    ),
    { numRuns: sampledRuns(40, 3) },
  );
});

test("a write longer than a frame, given in parts, is several records and reads back whole", async () => {
  const world = simulatedWorld({ seed: 3 });
  await world.files.makeFolder("/s");
  const random = seededRandom(4);
  const parts = [random.bytes(700_000), random.bytes(1), random.bytes(1_500_000), new Uint8Array(0), random.bytes(3)];
  const whole = new Uint8Array(Buffer.concat(parts));
  const draft = { ...DRAFT, diskBytes: 1 << 30, range: { offset: 0, length: 1 << 30 } };
  const writer = await SegmentWriter.create(world, { path: "/s/long.hrl", draft, codec: "zstd", key: KEY });
  await writer.addWrite({ sequence: 7, timeMicros: 1, offset: 512 }, parts);
  const { path, footer } = await writer.seal();
  assert.equal(footer.counts.write, 3);
  await using handle = await world.files.open(path, "read");
  const reader = await SegmentReader.open(handle, { compute: world.compute, key: KEY });
  const target = new Uint8Array(whole.length);
  for (const entry of await reader.lookup({ offset: 512, length: whole.length })) {
    await reader.read(entry, target.subarray(entry.offset - 512, entry.offset - 512 + entry.length));
  }
  assert.equal(Buffer.compare(target, whole), 0);
});

test("marks, spans and resizes are told by the footer, and what a void names is in no index", async () => {
  const world = simulatedWorld({ seed: 5 });
  const mark = {
    pointId: "0a".repeat(16),
    number: 3,
    timeMicros: 9,
    kind: "group",
    consistency: "application",
  } as const;
  const span = { spanId: "0b".repeat(16), reason: "resync", totalBytes: 77 } as const;
  const data = new Uint8Array(512).fill(1);
  const records: LogRecord[] = [
    { kind: "span-begin", sequence: 1, timeMicros: 1, span },
    { kind: "write", sequence: 2, timeMicros: 2, offset: 0, length: 512, data },
    { kind: "write", sequence: 3, timeMicros: 2, offset: 0, length: 512, data: new Uint8Array(512).fill(2) },
    { kind: "void", sequence: 4, timeMicros: 2, offset: 0, length: 512, refusedFrom: 3, refusedTo: 3 },
    { kind: "span-end", sequence: 5, timeMicros: 3, spanId: span.spanId },
    { kind: "resize", sequence: 6, timeMicros: 3, sizeBytes: 4096 },
    { kind: "mark", sequence: 7, timeMicros: 4, mark },
  ];
  const { footer, path } = await sealed(world, records, { codec: "none", framePayloadBytes: 4096 });
  assert.deepEqual(footer.marks, [{ sequence: 7, timeMicros: 4, mark }]);
  assert.deepEqual(footer.spans, [
    { sequence: 1, timeMicros: 1, step: "begin", span },
    { sequence: 5, timeMicros: 3, step: "end", spanId: span.spanId },
  ]);
  assert.equal(footer.diskBytes, 4096);
  assert.equal(footer.counts.void, 1);
  await using handle = await world.files.open(path, "read");
  const reader = await SegmentReader.open(handle, { compute: world.compute });
  assert.deepEqual((await throughIndex(reader)).subarray(0, 512), data);
});

for (const form of [
  { name: "plain", codec: "none", framePayloadBytes: 512 },
  { name: "encrypted", codec: "zstd", framePayloadBytes: 512, key: KEY },
] as const) {
  const options = "key" in form ? { key: form.key } : {};
  const records: LogRecord[] = [1, 2, 3].map((sequence) =>
    recordOf({ kind: "write", offset: sequence * 600, length: 400, sequence, fill: sequence }),
  );

  async function readAll(bytes: Uint8Array, world: World): Promise<void> {
    const reader = await SegmentReader.open(inMemory(bytes), { compute: world.compute, ...options });
    assert.deepEqual(await reader.verify(), createHash("sha256").update(bytes).digest());
  }

  test(`one flipped bit anywhere in a sealed ${form.name} file is found`, async () => {
    const world = simulatedWorld({ seed: 6 });
    const bytes = await contentOf(world, (await sealed(world, records, form)).path);
    await readAll(bytes, world);
    // The reserved end of the header is long and all alike.
    for (let at = 0; at < bytes.length; at += at > 300 && at < 4_000 ? 97 : 1) {
      if (!isSampled(at, 4)) continue;
      const bit = 1 << (at % 8);
      bytes[at] = (bytes[at] ?? 0) ^ bit;
      await assert.rejects(readAll(bytes, world), { kind: /corruption|operator/ }, `byte ${at}`);
      bytes[at] = (bytes[at] ?? 0) ^ bit;
    }
  });

  test(`a sealed ${form.name} file that is cut at any byte, or has bytes behind it, is refused`, async () => {
    const world = simulatedWorld({ seed: 7 });
    const bytes = await contentOf(world, (await sealed(world, records, form)).path);
    for (let length = 0; length < bytes.length; length += length > 10 && length < 4_000 ? 97 : 1) {
      await assert.rejects(
        readAll(bytes.subarray(0, length), world),
        { kind: /corruption|operator/ },
        `${length} bytes`,
      );
    }
    await assert.rejects(readAll(new Uint8Array([...bytes, 0]), world), { code: "segment-damaged" });
  });
}

test("an encrypted file shows neither data nor places, and opens with its own key alone", async () => {
  const world = simulatedWorld({ seed: 8 });
  const secret = new TextEncoder().encode("the secret that a guest wrote to its disk");
  const record: LogRecord = {
    kind: "write",
    sequence: 50,
    timeMicros: 1,
    offset: 0,
    length: secret.length,
    data: secret,
  };
  const { path } = await sealed(world, [record], { codec: "none", framePayloadBytes: 512, key: KEY });
  const bytes = await contentOf(world, path);
  assert.equal(Buffer.from(bytes).includes(Buffer.from(secret.subarray(0, 8))), false);
  const { compute } = world;
  await assert.rejects(SegmentReader.open(inMemory(bytes), { compute }), { code: "key-missing", kind: "operator" });
  const otherId = { ...KEY, keyId: "00".repeat(16) };
  await assert.rejects(SegmentReader.open(inMemory(bytes), { compute, key: otherId }), { code: "key-mismatch" });
  const otherKey = { ...KEY, bytes: seededRandom(10).bytes(32) };
  await assert.rejects(SegmentReader.open(inMemory(bytes), { compute, key: otherKey }), { code: "frame-unauthentic" });
});

test("frames of an encrypted file cannot change places, nor come from another file of the same key", async () => {
  const world = simulatedWorld({ seed: 9 });
  const form = { codec: "none", framePayloadBytes: 512, key: KEY } as const;
  const two = [1, 2].map((sequence) =>
    recordOf({ kind: "write", offset: sequence * 512, length: 512, sequence, fill: 9 }),
  );
  const one = await sealed(world, two, form);
  const bytes = await contentOf(world, one.path);
  await world.files.remove(one.path);
  const other = await contentOf(world, (await sealed(world, two, form)).path);
  const frameBytes = (one.footer.recordsEnd - 4096) / 2;
  const [first, second] = [bytes.slice(4096, 4096 + frameBytes), bytes.slice(4096 + frameBytes, one.footer.recordsEnd)];
  const swapped = bytes.slice();
  swapped.set(second, 4096);
  swapped.set(first, 4096 + frameBytes);
  const mixed = bytes.slice();
  mixed.set(other.subarray(4096, 4096 + frameBytes), 4096);
  for (const [forged, code] of [
    [swapped, "frame-damaged"],
    [mixed, "frame-unauthentic"],
  ] as const) {
    const reader = await SegmentReader.open(inMemory(forged), { compute: world.compute, key: KEY });
    await assert.rejects(reader.verify(), { code });
    await assert.rejects(recordsOf(reader), { code });
    const [entry] = await reader.lookup({ offset: 512, length: 512 });
    assert.ok(entry !== undefined);
    await assert.rejects(reader.read(entry, new Uint8Array(512)), { code });
  }
});

test("an index run of many levels finds every entry again, and reads no more pages than it has levels", async () => {
  const world = simulatedWorld({ seed: 12 });
  await world.files.makeFolder("/s");
  const entry = (index: number): IndexEntry => ({
    offset: index * 10,
    length: 7,
    sequence: 5,
    kind: "write",
    framePosition: index,
    frameOrdinal: 3,
    frameBytes: 100,
    rawPosition: 4,
    file: index % 1_000,
  });
  // More than 512 pages of 512 entries, so that there are three levels.
  const count = 300_000;
  const draft = { ...DRAFT, kind: "index-run" } as const;
  const writer = await IndexRunWriter.create(world, { path: "/s/run.hrl", draft, codec: "zstd", key: KEY });
  for (let from = 0; from < count; from += 1_000) {
    await writer.add(Array.from({ length: 1_000 }, (_, index) => entry(from + index)));
  }
  const facts = await writer.seal();
  assert.equal(facts.footer.entryCount, count);
  const bytes = await contentOf(world, facts.path);
  let reads = 0;
  const memory = inMemory(bytes);
  const counted: RandomAccess = {
    ...memory,
    read: (target, position) => ((reads += 1), memory.read(target, position)),
  };
  const reader = await SegmentReader.open(counted, { compute: world.compute, key: KEY });
  for (const index of [0, 1, 511, 512, 262_143, 262_144, 271_828, count - 1]) {
    reads = 0;
    assert.deepEqual(await reader.lookup({ offset: index * 10, length: 1 }), [{ ...entry(index), length: 1 }]);
    assert.ok(reads <= 3, `${reads} reads`);
  }
  assert.deepEqual(await reader.lookup({ offset: 7, length: 3 }), []);
  assert.equal((await reader.lookup({ offset: 5_115, length: 20 })).length, 3);
  let seen = 0;
  for await (const entries of reader.entries()) seen += entries.length;
  assert.equal(seen, count);
  const keepsNothing = segmentCache({ frameBytesMax: 0, pageBytesMax: 0 });
  const forgetful = await SegmentReader.open(counted, { compute: world.compute, key: KEY, cache: keepsNothing });
  const [first, last] = [120_000, 121_500];
  const extent = { offset: first * 10 + 1, length: (last - first) * 10 };
  const found = await forgetful.lookup(extent);
  assert.deepEqual(found, await reader.lookup(extent));
  assert.deepEqual(
    found.map(({ file }) => file),
    Array.from({ length: found.length }, (_, index) => entry(first + index).file),
  );
  assert.equal(found.length, last - first + 1);
});

test("a file that was given up is gone, and an unfinished one is refused", async () => {
  const world = simulatedWorld({ seed: 13 });
  await world.files.makeFolder("/s");
  const options = { path: "/s/one.hrl", draft: DRAFT, codec: "lz4", framePayloadBytes: 512 } as const;
  const writer = await SegmentWriter.create(world, options);
  for (let sequence = 1; sequence < 20; sequence += 1) {
    await writer.add(recordOf({ kind: "write", offset: 0, length: 500, sequence, fill: 1 }));
  }
  const bytes = await contentOf(world, options.path);
  await assert.rejects(SegmentReader.open(inMemory(bytes), { compute: world.compute }), { code: "segment-damaged" });
  await writer.abort();
  assert.deepEqual(await world.files.list("/s"), []);
});

test("when the disk refuses everything, a writer that is given up tells the fault that ended it", async () => {
  const world = simulatedWorld({ seed: 13 });
  await world.files.makeFolder("/s");
  const refuseAll = (): void => {
    world.files.onOperation = ({ path }) => {
      throw fileFault("EIO", path);
    };
  };
  const segment = async (): Promise<void> => {
    await using writer = await SegmentWriter.create(world, { path: "/s/one.hrl", draft: DRAFT, codec: "none" });
    refuseAll();
    await writer.add(recordOf({ kind: "write", offset: 0, length: 500, sequence: 1, fill: 1 }));
    await writer.seal();
  };
  const run = async (): Promise<void> => {
    const draft = { ...DRAFT, kind: "index-run" } as const;
    await using writer = await IndexRunWriter.create(world, { path: "/s/run.hrl", draft, codec: "none" });
    refuseAll();
    await writer.seal();
  };
  for (const work of [segment, run]) {
    await assert.rejects(work(), { name: "Fault", code: "io-failed" });
    world.files.onOperation = undefined;
  }
});

test("a write that fails fails the seal, and power that is lost after a seal takes nothing", async () => {
  const world = simulatedWorld({ seed: 14 });
  await world.files.makeFolder("/s");
  await world.files.syncFolder("/");
  const records = [recordOf({ kind: "write", offset: 0, length: 5_000, sequence: 1, fill: 1 })];
  const form = { codec: "none", framePayloadBytes: 512 } as const;
  let writes = 0;
  world.files.onOperation = ({ kind, path }) => {
    if (kind === "write" && (writes += 1) > 1) throw fileFault("ENOSPC", path);
  };
  await assert.rejects(sealed(world, [...records, ...records, ...records], form), { code: "disk-full" });
  world.files.onOperation = undefined;
  const { path } = await sealed(world, records, form);
  const files = world.files.crash("none");
  const reader = await SegmentReader.open(inMemory(await readFile(files, path, 1 << 20)), { compute: world.compute });
  await reader.verify();
});

test("a plain file with right checksums and hostile contents ends in a Fault, and no large read is ever asked for", async () => {
  const world = simulatedWorld({ seed: 21 });
  const records = Array.from({ length: 40 }, (_, index) =>
    recordOf({ kind: "write", offset: index * 900, length: 400, sequence: index + 1, fill: index }),
  );
  const bytes = await contentOf(world, (await sealed(world, records, { codec: "none", framePayloadBytes: 4096 })).path);
  const positions: number[] = [];
  for (let at = 4096; at < bytes.length - 64; at = checkFrame(bytes, at)?.end ?? bytes.length) positions.push(at);
  const edits = fc.array(fc.tuple(fc.nat(600), fc.constantFrom(0, 1, 2, 127, 128, 255)), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...positions), edits, async (position, changes) => {
      const forged = bytes.slice();
      const end = checkFrame(bytes, position)?.end ?? 0;
      // Behind what tells how long the frame is: that it can be any length is what limits are for, and the next test.
      for (const [at, value] of changes) if (position + 32 + at < end) forged[position + 32 + at] = value;
      writeFrameChecksum(forged.subarray(position, position + 32), [forged.subarray(position + 32, end)]);
      const memory = inMemory(forged);
      const bounded: RandomAccess = {
        ...memory,
        async read(target, from) {
          assert.ok(target.length <= FRAME_BYTES_MAX, `${target.length} bytes are read at once`);
          return await memory.read(target, from);
        },
      };
      try {
        const reader = await SegmentReader.open(bounded, { compute: world.compute });
        for await (const entries of reader.entries()) {
          for (const entry of entries) await reader.read(entry, new Uint8Array(Math.min(entry.length, 1_000)));
        }
        await recordsOf(reader);
        await reader.verify();
      } catch (error) {
        assert.ok(isFault(error, "frame-damaged", "segment-damaged"), String(error));
      }
    }),
    { numRuns: sampledRuns(400, 3) },
  );
});

test("an index whose pages refer to one another for ever is refused", async () => {
  const world = simulatedWorld({ seed: 22 });
  await world.files.makeFolder("/s");
  const draft = { ...DRAFT, kind: "index-run" } as const;
  const writer = await IndexRunWriter.create(world, { path: "/s/run.hrl", draft, codec: "none" });
  const entry = {
    length: 1,
    sequence: 1,
    kind: "zero",
    framePosition: 0,
    frameOrdinal: 0,
    frameBytes: 0,
    rawPosition: 0,
    file: 1,
  } as const;
  await writer.add(Array.from({ length: 1_200 }, (_, index) => ({ ...entry, offset: index })));
  const { footer, path } = await writer.seal();
  const bytes = await contentOf(world, path);
  const root = footer.root?.position ?? 0;
  const end = checkFrame(bytes, root)?.end ?? 0;
  // The root's three references all name the first leaf, or the root itself.
  for (const target of [4096, root]) {
    const forged = bytes.slice();
    const view = new DataView(forged.buffer);
    for (const index of [0, 1, 2]) view.setUint32(root + 32 + 8 + index * 32 + 16, target, true);
    writeFrameChecksum(forged.subarray(root, root + 32), [forged.subarray(root + 32, end)]);
    const reader = await SegmentReader.open(inMemory(forged), { compute: world.compute });
    await assert.rejects(reader.lookup({ offset: 0, length: 2_000 }), { kind: "corruption" });
  }
});

test("when the folder goes while a file is written, the fault of the write is told, not that of the removal", async () => {
  const world = simulatedWorld({ seed: 13 });
  await world.files.makeFolder("/s");
  await assert.rejects(
    async () => {
      await using writer = await SegmentWriter.create(world, { path: "/s/one.hrl", draft: DRAFT, codec: "none" });
      await writer.add(recordOf({ kind: "write", offset: 0, length: 500, sequence: 1, fill: 1 }));
      await world.files.removeFolder("/s");
      await writer.seal();
    },
    (error) => isFault(error),
  );
});
