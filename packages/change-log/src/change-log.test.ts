import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import { decodeFrames, encodeLogFrame, FRAME_BYTES_MAX, type LogRecord, type RecordDraft } from "@leeward/proto";
import { fileFault, type World } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import { ChangeLog, type ChangeLogOptions, LogCursor, SegmentReader } from "./index.ts";

const OPTIONS: ChangeLogOptions = {
  folder: "/log",
  identity: {
    machineId: "a1".repeat(16),
    diskId: "b2".repeat(16),
    branch: "c3".repeat(16),
    bootId: "d4".repeat(16),
    diskBytes: 1 << 20,
    blockBytes: 512,
    physicalBlockBytes: 4096,
  },
  segmentBytesMax: 40_000,
  seal: "when-settled",
};
const AT_ONCE = { ...OPTIONS, seal: "at-once" } as const;

function write(offset: number, fill: number, length = 512): RecordDraft {
  return { kind: "write", timeMicros: 1, offset, data: new Uint8Array(length).fill(fill) };
}

function mark(number: number): RecordDraft {
  const point = { pointId: "0e".repeat(16), number, timeMicros: number, kind: "auto", consistency: "crash" } as const;
  return { kind: "mark", timeMicros: number, mark: point };
}

async function allFrames(cursor: LogCursor, through: number, bytesMax = FRAME_BYTES_MAX): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (
    let next = await cursor.next({ through, bytesMax });
    next !== undefined;
    next = await cursor.next({ through, bytesMax })
  ) {
    all.push(next.bytes);
  }
  return all;
}

function sequencesOf(frames: readonly Uint8Array[]): number[] {
  return frames.flatMap((bytes) => decodeFrames(bytes)).map(({ sequence }) => sequence);
}

function upTo(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test("sequences are taken at once, in the order of the calls, and one turn's appends are one frame and one write", async () => {
  const world = simulatedWorld({ seed: 1 });
  const log = await ChangeLog.open(world, OPTIONS);
  let writes = 0;
  world.files.onOperation = ({ kind }) => void (writes += kind === "write" ? 1 : 0);
  const appended = [log.append([write(0, 1), write(512, 2)]), log.append([mark(1)]), log.append([write(0, 3)])];
  assert.deepEqual(
    appended.map(({ from, to }) => [from, to]),
    [
      [1, 2],
      [3, 3],
      [4, 4],
    ],
  );
  assert.equal(log.lastSequence, 4);
  assert.equal(log.writtenSequence, 0);
  await Promise.all(appended.map(({ written }) => written));
  assert.equal(writes, 1);
  assert.deepEqual([log.writtenSequence, log.durableSequence], [4, 0]);
  assert.equal(await log.sync(), 4);
  await using cursor = log.cursor(1);
  assert.deepEqual(sequencesOf(await allFrames(cursor, 4)), [1, 2, 3, 4]);
  await log.close();
});

test("concurrent syncs share one datasync, and one after nothing new does none", async () => {
  const world = simulatedWorld({ seed: 2 });
  const log = await ChangeLog.open(world, OPTIONS);
  let syncs = 0;
  world.files.onOperation = ({ kind }) => void (syncs += kind === "datasync" ? 1 : 0);
  await log.append([write(0, 1)]).written;
  assert.deepEqual(await Promise.all([log.sync(), log.sync(), log.sync()]), [1, 1, 1]);
  assert.equal(syncs, 1);
  await log.sync();
  assert.equal(syncs, 1);
  const unwritten = log.append([write(0, 2)]);
  assert.equal(await log.sync(), 2);
  await unwritten.written;
  await log.close();
});

test("a sync that begins during another covers what came in between", async () => {
  const world = simulatedWorld({ seed: 3, latencyMicrosMax: 500 });
  await world.clock.run(async () => {
    const log = await ChangeLog.open(world, OPTIONS);
    await log.append([write(0, 1)]).written;
    const first = log.sync();
    await world.clock.sleep(0, new AbortController().signal);
    await log.append([write(0, 2)]).written;
    const second = log.sync();
    assert.ok((await first) >= 1);
    assert.equal(await second, 2);
    await log.close();
  });
});

test("a write longer than a frame is several records, and its data are those that were given", async () => {
  const world = simulatedWorld({ seed: 4 });
  const log = await ChangeLog.open(world, OPTIONS);
  const data = seededRandom(1).bytes(2_500_000);
  const { from, to, written } = log.append([{ kind: "write", timeMicros: 1, offset: 4096, data }]);
  await written;
  assert.deepEqual([from, to], [1, 3]);
  await using cursor = log.cursor(1);
  const records = (await allFrames(cursor, 3)).flatMap((bytes) => decodeFrames(bytes));
  const whole = new Uint8Array(data.length);
  for (const record of records) {
    assert.ok(record.kind === "write");
    whole.set(record.data, record.offset - 4096);
  }
  assert.equal(Buffer.compare(whole, data), 0);
  await log.close();
});

test("frames go verbatim into another log, whose cursor gives the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 30_000 }),
      async (sizes, bytesMax) => {
        const agent = simulatedWorld({ seed: 5 });
        const server = simulatedWorld({ seed: 6 });
        const source = await ChangeLog.open(agent, OPTIONS);
        const target = await ChangeLog.open(server, AT_ONCE);
        for (const [index, size] of sizes.entries()) {
          await source.append(Array.from({ length: size }, (_, each) => write(each * 512, index))).written;
          if (index % 3 === 2) await source.cut();
        }
        await using cursor = source.cursor(1);
        const sent = await allFrames(cursor, source.lastSequence, bytesMax);
        for (const bytes of sent) await target.appendFrames(bytes).written;
        assert.equal(target.lastSequence, source.lastSequence);
        await using copy = target.cursor(1);
        const got = await allFrames(copy, target.lastSequence);
        assert.equal(Buffer.compare(Buffer.concat(got), Buffer.concat(sent)), 0);
        await source.close();
        await target.close();
      },
    ),
    { numRuns: 25 },
  );
});

test("frames that are bad, or do not follow, are refused and change nothing", async () => {
  const world = simulatedWorld({ seed: 7 });
  const log = await ChangeLog.open(world, { ...AT_ONCE, after: 10 });
  const frame = (from: number): Uint8Array => new Uint8Array(Buffer.concat(encodeLogFrame(from, [write(0, 1)]).parts));
  assert.equal(log.lastSequence, 10);
  await log.appendFrames(frame(11)).written;
  for (const from of [1, 11, 13]) {
    assert.throws(() => log.appendFrames(frame(from)), { code: "log-discontinuous", kind: "protocol" });
  }
  const bad = frame(12);
  bad[80] = 1 ^ (bad[80] ?? 0);
  assert.throws(() => log.appendFrames(bad), { code: "frame-refused", kind: "protocol" });
  assert.throws(() => log.appendFrames(frame(12).subarray(0, 100)), { code: "frame-refused" });
  assert.throws(() => log.appendFrames(new Uint8Array(0)), { code: "frame-refused" });
  await log.appendFrames(frame(12)).written;
  assert.equal(log.lastSequence, 12);
  await log.close();
});

test("a cursor gives nothing beyond what is durable, and only whole frames", async () => {
  const world = simulatedWorld({ seed: 8 });
  const log = await ChangeLog.open(world, OPTIONS);
  await log.append([write(0, 1), write(512, 2)]).written;
  await log.append([write(0, 3), write(512, 4), write(512, 5)]).written;
  await using cursor = log.cursor(1);
  assert.equal(await cursor.next({ through: 0, bytesMax: 1 }), undefined);
  assert.equal(await cursor.next({ through: 1, bytesMax: 1 }), undefined);
  assert.deepEqual(sequencesOf(await allFrames(cursor, 4)), [1, 2]);
  assert.equal(cursor.nextSequence, 3);
  await log.append([write(0, 6)]).written;
  assert.deepEqual(sequencesOf(await allFrames(cursor, 5)), [3, 4, 5]);
  assert.deepEqual(sequencesOf(await allFrames(cursor, 6)), [6]);
  await log.close();
});

test("a cursor that begins inside of a frame gives that frame's rest, which another log takes", async () => {
  const world = simulatedWorld({ seed: 9 });
  const log = await ChangeLog.open(world, OPTIONS);
  await log.append(upTo(1, 8).map((each) => write(each * 512, each))).written;
  await log.append([mark(9)]).written;
  await using cursor = log.cursor(6);
  const frames = await allFrames(cursor, 9);
  assert.deepEqual(sequencesOf(frames), [6, 7, 8, 9]);
  const copy = await ChangeLog.open(simulatedWorld({ seed: 10 }), { ...AT_ONCE, after: 5 });
  for (const bytes of frames) await copy.appendFrames(bytes).written;
  assert.equal(copy.lastSequence, 9);
  await log.close();
  await copy.close();
});

test("a cursor of another instance follows a log that is appended, cut, sealed, closed and opened again", async () => {
  const world = simulatedWorld({ seed: 11, latencyMicrosMax: 200 });
  await world.clock.run(async () => {
    let log = await ChangeLog.open(world, AT_ONCE);
    const cursor = new LogCursor(world.files.share(), "/log", 1);
    const seen: number[] = [];
    for (let round = 0; round < 30; round += 1) {
      const size = 1 + (round % 7);
      const appending = log.append(Array.from({ length: size }, () => write(0, round, 4096))).written;
      seen.push(...sequencesOf(await allFrames(cursor, log.durableSequence, 20_000)));
      await appending;
      if (round % 4 === 0) await log.cut();
      if (round % 2 === 0) await log.sync();
      if (round % 9 === 8) {
        await log.close();
        log = await ChangeLog.open(world, AT_ONCE);
      }
    }
    seen.push(...sequencesOf(await allFrames(cursor, await log.sync())));
    assert.deepEqual(seen, upTo(1, log.lastSequence));
    await cursor.close();
    await log.close();
  });
});

test("a cursor whose file is trimmed between its look into the folder and the opening says so", async () => {
  const world = simulatedWorld({ seed: 12 });
  const log = await ChangeLog.open(world, AT_ONCE);
  for (let round = 0; round < 40; round += 1) await log.append([write(0, round, 4096)]).written;
  const list = world.files.list.bind(world.files);
  const files = {
    ...world.files,
    open: world.files.open.bind(world.files),
    list: async (folder: string) => {
      const names = await list(folder);
      await log.trim(20);
      return names;
    },
  };
  await using cursor = new LogCursor(files, log.folder, 1);
  await assert.rejects(cursor.next({ through: 40, bytesMax: 1 }), { code: "log-trimmed", kind: "discontinuity" });
  await log.close();
});

test("what was trimmed is gone, what was not stays, and a cursor says when it comes too late", async () => {
  const world = simulatedWorld({ seed: 12 });
  const log = await ChangeLog.open(world, AT_ONCE);
  for (let round = 0; round < 40; round += 1) await log.append([write(0, round, 4096)]).written;
  const before = log.storedBytes;
  await log.trim(20);
  assert.ok(log.firstSequence > 1 && log.firstSequence <= 21);
  assert.ok(log.storedBytes < before);
  await using late = log.cursor(1);
  await assert.rejects(late.next({ through: 40, bytesMax: 1 }), { code: "log-trimmed", kind: "discontinuity" });
  await assert.rejects(log.record(1), { code: "log-trimmed" });
  await using cursor = log.cursor(log.firstSequence);
  assert.deepEqual(sequencesOf(await allFrames(cursor, 40)), upTo(log.firstSequence, 40));
  await log.trim(40);
  await log.close();
  const again = await ChangeLog.open(world, AT_ONCE);
  assert.equal(again.lastSequence, 40);
  await again.trim(40);
  assert.equal(again.firstSequence, 41);
  await again.close();
  const empty = await ChangeLog.open(world, AT_ONCE);
  assert.deepEqual([empty.lastSequence, empty.recovery.closedCleanly], [40, true]);
  await empty.close();
});

test("a file is not sealed before its disk writes are settled, so that a stop names all that was under way", async () => {
  const world = simulatedWorld({ seed: 13 });
  const log = await ChangeLog.open(world, OPTIONS);
  for (const each of upTo(1, 6)) {
    await log.append([write(each * 512, each)]).written;
    await log.cut();
  }
  await log.settle(3);
  const files = world.files.kill();
  const again = await ChangeLog.open({ ...world, files }, OPTIONS);
  assert.equal(again.recovery.closedCleanly, false);
  assert.deepEqual([...again.recovery.unsealedExtents], [{ offset: 4 * 512, length: 3 * 512 }]);
  await again.trim(6);
  assert.equal(again.firstSequence, 4, "what was not settled cannot be trimmed");
  await again.settle(6);
  await again.trim(6);
  assert.equal(again.firstSequence, 7);
  await again.close();
});

test("single records and the newest places are read from sealed files and from those that grow", async () => {
  const world = simulatedWorld({ seed: 14 });
  const log = await ChangeLog.open(world, OPTIONS);
  const drafts = upTo(1, 200).map((each) => write((each % 37) * 512, each, 512 + (each % 5) * 512));
  for (const [index, draft] of drafts.entries()) {
    const appended = log.append([draft]);
    if (index % 3 === 0) await appended.written;
    if (index % 50 === 49) await log.settle(log.writtenSequence - 10);
  }
  await Promise.all(
    drafts.map(async (draft, index) => {
      const record = await log.record(index + 1);
      assert.ok(record.kind === "write" && draft.kind === "write");
      assert.equal(Buffer.compare(record.data, draft.data), 0);
    }),
  );
  const disk = new Uint8Array(64 * 1024);
  const expected = disk.slice();
  for (const draft of drafts) if (draft.kind === "write") expected.set(draft.data, draft.offset);
  for await (const entries of log.entries()) {
    for (const { sequence, offset, length } of entries) {
      const record = await log.record(sequence);
      assert.ok(record.kind === "write");
      disk.set(record.data.subarray(offset - record.offset, offset - record.offset + length), offset);
    }
  }
  assert.deepEqual(disk, expected);
  await log.close();
});

test("a log file reads as a segment, sealed or not, also when its end is torn", async () => {
  const world = simulatedWorld({ seed: 15 });
  const log = await ChangeLog.open(world, OPTIONS);
  const named = new ExtentSet();
  for (const each of upTo(1, 9)) {
    await log.append([write(each * 700, each), mark(each)]).written;
    named.add({ offset: each * 700, length: 512 });
  }
  const path = "/log/0000000000000001.hrl";
  const look = async (): Promise<{ reader: SegmentReader; records: LogRecord[]; extents: number }> => {
    const handle = await world.files.open(path, "read");
    const reader = await SegmentReader.open(handle, { compute: world.compute });
    const records: LogRecord[] = [];
    for await (const record of reader.records()) records.push(record);
    await reader.verify();
    return { reader, records, extents: (await reader.lookup({ offset: 0, length: 1 << 20 })).length };
  };
  const open = await look();
  assert.equal(open.reader.sealed, false);
  assert.deepEqual([open.records.length, open.extents, open.reader.footer.to], [18, 9, 18]);
  const handle = await world.files.open(path, "update");
  const size = await handle.sizeBytes();
  await handle.write([new Uint8Array(700).fill(7)], size);
  assert.deepEqual((await look()).records.length, 18);
  await handle.truncate(size - 1);
  assert.deepEqual((await look()).records.length, 16);
  await handle.close();
  await log.abandon();
  const again = await ChangeLog.open(world, OPTIONS);
  assert.equal(again.lastSequence, 16);
  assert.equal(again.recovery.dropped?.from, 17);
  assert.equal(again.recovery.dropped?.files, 0);
  await again.settle(16);
  const sealed = await look();
  assert.equal(sealed.reader.sealed, true);
  assert.deepEqual([sealed.records.length, sealed.extents, sealed.reader.footer.marks.length], [16, 8, 8]);
  await again.close();
});

test("after a write failed, nothing more is taken, and the log opens again with what was written before", async () => {
  const world = simulatedWorld({ seed: 16 });
  const log = await ChangeLog.open(world, OPTIONS);
  await log.append([write(0, 1)]).written;
  world.files.onOperation = ({ kind, path }) => {
    if (kind === "write") throw fileFault("ENOSPC", path);
  };
  const { written } = log.append([write(0, 2)]);
  const later = log.append([write(0, 3)]);
  await assert.rejects(written, { code: "log-failed", kind: "transient" });
  await assert.rejects(later.written, { code: "log-failed" });
  assert.equal(log.failure?.code, "log-failed");
  assert.throws(() => log.append([write(0, 4)]), { code: "log-failed" });
  await assert.rejects(log.sync(), { code: "log-failed" });
  await assert.rejects(log.cut(), { code: "log-failed" });
  await log.close();
  world.files.onOperation = undefined;
  const again = await ChangeLog.open(world, OPTIONS);
  assert.equal(again.recovery.closedCleanly, false);
  assert.ok(again.lastSequence >= 1 && again.lastSequence <= 3);
  await again.close();
});

test("a log that ends before what is relied on is damaged and left as it is; whoever opens it learns of a drop before it is made", async () => {
  const world = simulatedWorld({ seed: 1 });
  const log = await ChangeLog.open(world, OPTIONS);
  for (let count = 1; count <= 4; count += 1) await log.append([write(512 * count, count)]).written;
  await log.sync();
  await log.abandon();
  const [name] = await world.files.list("/log");
  const path = `/log/${name}`;
  const bytes = (await world.files.status(path))?.sizeBytes ?? 0;
  world.files.rot(path, bytes - 700);
  const told: unknown[] = [];
  const onDrop = async (): Promise<void> => void told.push((await world.files.status(path))?.sizeBytes);
  await assert.rejects(ChangeLog.open(world, { ...OPTIONS, reliedThrough: 4, onDrop }), (error) =>
    isFault(error, "log-damaged"),
  );
  assert.deepEqual([(await world.files.status(path))?.sizeBytes, told], [bytes, []]);
  await using again = await ChangeLog.open(world, { ...OPTIONS, reliedThrough: 2, onDrop });
  assert.deepEqual([again.lastSequence, told], [2, [bytes]]);
});

test("a folder that a crash does not explain is refused, and left as it is", async () => {
  const build = async (): Promise<World & { names: () => Promise<string[]> }> => {
    const world = simulatedWorld({ seed: 17 });
    const log = await ChangeLog.open(world, AT_ONCE);
    for (let round = 0; round < 3; round += 1) {
      await log.append([write(0, round)]).written;
      await log.cut();
    }
    await log.close();
    return { ...world, names: () => world.files.list("/log") };
  };
  const second = "/log/0000000000000002.hrl";
  {
    const world = await build();
    await world.files.remove(second);
    const names = await world.names();
    await assert.rejects(ChangeLog.open(world, OPTIONS), { code: "log-damaged", kind: "corruption" });
    assert.deepEqual(await world.names(), names);
  }
  {
    const world = await build();
    await using handle = await world.files.open(second, "update");
    await handle.write([Uint8Array.of(1)], 1000);
    await assert.rejects(ChangeLog.open(world, OPTIONS), { code: "log-damaged" });
  }
  {
    const world = await build();
    const identity = { ...OPTIONS.identity, branch: "ee".repeat(16) };
    await assert.rejects(ChangeLog.open(world, { ...OPTIONS, identity }), { code: "log-foreign", kind: "operator" });
  }
});
