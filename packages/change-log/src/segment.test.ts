import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { ExtentMap } from "@leeward/block";
import type { LogRecord, RecordDraft } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import { ChangeLog, type DataKey, IndexRunWriter, SegmentReader, SegmentWriter } from "./index.ts";

const ID = { machineId: "a1".repeat(16), diskId: "b2".repeat(16), branch: "c3".repeat(16), bootId: "d4".repeat(16) };
const DISK_BYTES = 1 << 16;
const SIZES = { diskBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 } as const;
const KEY: DataKey = { keyId: "e5".repeat(16), bytes: seededRandom(9).bytes(32) };
const DRAFT = { ...ID, ...SIZES, kind: "cut", from: 1, to: 100, range: { offset: 0, length: DISK_BYTES } } as const;

const forms = fc.record({
  codec: fc.constantFrom("none", "lz4", "zstd"),
  key: fc.constantFrom(undefined, KEY),
  framePayloadBytes: fc.constantFrom(512, 4096, 1 << 20),
});

const change = fc.record({
  kind: fc.constantFrom("write", "write", "zero", "discard"),
  offset: fc.nat(DISK_BYTES - 1),
  length: fc.integer({ min: 1, max: 6_000 }),
  sequence: fc.integer({ min: 1, max: 100 }),
  fill: fc.nat(255),
});

function recordOf({ kind, offset, length: wanted, sequence, fill }: fc.TypeOf<typeof change>): LogRecord {
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

function withoutRefused(records: readonly LogRecord[]): LogRecord[] {
  const voids = records.filter((record) => record.kind === "void");
  return records.filter(({ sequence }) => !voids.some((v) => v.refusedFrom <= sequence && sequence <= v.refusedTo));
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

test("a sealed file gives back its records, and its index the newest bytes, with any codec and cipher", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 40 }), forms, fc.nat(), async (changes, form, seed) => {
      const world = simulatedWorld({ seed });
      await world.files.makeFolder("/s");
      const { key, ...rest } = form;
      const options = { path: "/s/one.hrl", draft: DRAFT, ...rest, ...(key === undefined ? {} : { key }) };
      const records = changes.map((each) => recordOf(each));
      const writer = await SegmentWriter.create(world, options);
      for (const record of records) await writer.add(record);
      const facts = await writer.seal();
      await using handle = await world.files.open(facts.path, "read");
      const reader = await SegmentReader.open(handle, {
        compute: world.compute,
        ...(key === undefined ? {} : { key }),
      });
      assert.equal(reader.sealed, true);
      assert.deepEqual(reader.footer, facts.footer);
      const read: LogRecord[] = [];
      for await (const record of reader.records()) {
        read.push(record.kind === "write" ? { ...record, data: new Uint8Array(record.data) } : record);
      }
      assert.deepEqual(read, records);
      assert.deepEqual(await throughIndex(reader), applied(records));
      await reader.verify();
      assert.equal(await handle.sizeBytes(), facts.bytes);
    }),
    { numRuns: 60 },
  );
});
