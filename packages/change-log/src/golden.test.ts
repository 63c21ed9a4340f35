/**
 * Whole files that version 1 wrote, kept for ever in proto/golden/segment-1: whatever comes later reads them. Those without
 * compression are also written again byte for byte (a compressor may change its mind, a format may not).
 */
import assert from "node:assert/strict";
import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { LogRecord, RecordDraft } from "@leeward/proto";
import { readFile, type World } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { ChangeLog, type DataKey, type RandomAccess, SegmentReader, SegmentWriter } from "./index.ts";

const IDS = { machineId: "a1".repeat(16), diskId: "b2".repeat(16), branch: "c3".repeat(16), bootId: "d4".repeat(16) };
const IDENTITY = { ...IDS, diskBytes: 1 << 20, blockBytes: 512, physicalBlockBytes: 4096 } as const;
const KEY: DataKey = { keyId: "e5".repeat(16), bytes: Uint8Array.from({ length: 32 }, (_, index) => index) };
const POINT = { pointId: "0f".repeat(16), number: 1, timeMicros: 1_000, kind: "auto", consistency: "crash" } as const;

const DRAFTS: readonly RecordDraft[] = [
  { kind: "write", timeMicros: 1, offset: 4096, data: new Uint8Array(1024).fill(7) },
  { kind: "write", timeMicros: 2, offset: 4608, data: new Uint8Array(512).fill(9) },
  { kind: "zero", timeMicros: 3, offset: 8192, length: 65_536 },
  { kind: "mark", timeMicros: 4, mark: POINT },
];
const RECORDS: readonly LogRecord[] = DRAFTS.map((draft, index) => {
  const sequence = index + 1;
  return draft.kind === "write" ? { ...draft, sequence, length: draft.data.length } : { ...draft, sequence };
});

/** Nothing in it changes from run to run. */
function stillWorld(): World {
  const { files, compute, clock } = simulatedWorld({ seed: 1 });
  const still = { wallMicros: () => 1_700_000_000_000_000, monotonicMicros: () => 1, sleep: clock.sleep.bind(clock) };
  return {
    files,
    compute,
    clock: still,
    random: { bytes: (length) => new Uint8Array(length).fill(0x42), below: () => 0 },
  };
}

function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../proto/golden/segment-1/${name}.hrl`, import.meta.url)));
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

async function logFile(world: World, { seal }: { readonly seal: boolean }): Promise<Uint8Array> {
  const log = await ChangeLog.open(world, {
    folder: "/log",
    identity: IDENTITY,
    segmentBytesMax: 1 << 20,
    seal: "when-settled",
  });
  await log.append(DRAFTS.slice(0, 2)).written;
  await log.append(DRAFTS.slice(2)).written;
  await (seal ? log.close() : log.abandon());
  return await readFile(world.files, "/log/0000000000000001.hrl", 1 << 20);
}

async function cutFile(world: World, codec: "none" | "lz4" | "zstd"): Promise<Uint8Array> {
  await world.files.makeFolder("/cuts");
  const draft = { ...IDENTITY, kind: "cut", from: 1, to: 4, range: { offset: 0, length: 1 << 20 } } as const;
  const writer = await SegmentWriter.create(world, { path: "/cuts/1.hrl", draft, codec, key: KEY });
  for (const record of RECORDS) await writer.add(record);
  const { path } = await writer.seal();
  return await readFile(world.files, path, 1 << 20);
}

for (const [name, make] of [
  ["log-unsealed", (world: World) => logFile(world, { seal: false })],
  ["log-sealed", (world: World) => logFile(world, { seal: true })],
  ["cut-encrypted", (world: World) => cutFile(world, "none")],
] as const) {
  test(`${name}.hrl is written as it was`, async () => {
    assert.equal(Buffer.compare(await make(stillWorld()), golden(name)), 0);
  });
}

for (const name of ["log-unsealed", "log-sealed", "cut-encrypted", "cut-lz4", "cut-zstd"]) {
  test(`${name}.hrl reads as it did`, async () => {
    const { compute } = stillWorld();
    const reader = await SegmentReader.open(inMemory(golden(name)), { compute, key: KEY });
    await reader.verify();
    const records: LogRecord[] = [];
    for await (const record of reader.records()) records.push(record);
    assert.deepEqual(
      records.map((record) => (record.kind === "write" ? { ...record, data: new Uint8Array(record.data) } : record)),
      RECORDS,
    );
    const entries = await reader.lookup({ offset: 0, length: 1 << 20 });
    assert.deepEqual(
      entries.map(({ offset, length, sequence, kind }) => [offset, length, sequence, kind]),
      [
        [4096, 512, 1, "write"],
        [4608, 512, 2, "write"],
        [8192, 65_536, 3, "zero"],
      ],
    );
    for (const entry of entries) {
      const target = new Uint8Array(entry.length).fill(1);
      await reader.read(entry, target);
      assert.ok(target.every((byte) => byte === [7, 9, 0][entry.sequence - 1]));
    }
    const { from, to, marks, counts } = reader.footer;
    assert.deepEqual([from, to, counts.write, counts.zero], [1, 4, 2, 1]);
    assert.deepEqual(marks, [{ sequence: 4, timeMicros: 4, mark: POINT }]);
  });
}

test("a frame decrypts by the words of the document alone", () => {
  const bytes = Buffer.from(golden("cut-encrypted"));
  const header = bytes.subarray(0, 4096);
  const head = bytes.subarray(4096, 4096 + 32);
  const storedBytes = head.readUInt32LE(8);
  const stored = bytes.subarray(4096 + 32, 4096 + 32 + storedBytes);
  const info = createHash("sha256").update(header).digest();
  const fileKey = new Uint8Array(hkdfSync("sha256", KEY.bytes, header.subarray(224, 256), info, 32));
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(0n, 0);
  const decipher = createDecipheriv("aes-256-gcm", fileKey, nonce);
  decipher.setAAD(Buffer.concat([header, head.subarray(0, 28)]));
  decipher.setAuthTag(stored.subarray(-16));
  const raw = Buffer.concat([decipher.update(stored.subarray(0, -16)), decipher.final()]);
  assert.equal(raw.readUInt32LE(0), RECORDS.length);
  assert.equal(raw.length, head.readUInt32LE(12));
  assert.equal(raw.subarray(8 + 4 * 40)[0], 7);
});
