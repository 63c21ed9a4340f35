import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { decodeFrames, FRAME_BYTES_MAX, type LogRecord, type RecordDraft } from "@leeward/proto";
import { fileFault, type World } from "@leeward/world";
import {
  crashSweep,
  faultSweep,
  type SimulatedFiles,
  sampled,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
} from "@leeward/world/testing";
import { ChangeLog, type ChangeLogOptions, SegmentReader } from "./index.ts";

const OPTIONS: ChangeLogOptions = {
  folder: "/agent/log",
  identity: {
    machineId: "a1".repeat(16),
    diskId: "b2".repeat(16),
    branch: "c3".repeat(16),
    bootId: "d4".repeat(16),
    diskBytes: 1 << 20,
    blockBytes: 512,
    physicalBlockBytes: 4096,
  },
  segmentBytesMax: 9_000,
  seal: "when-settled",
};

function worldOf(files: SimulatedFiles): World {
  return { files, clock: simulatedClock(), random: seededRandom(1), compute: simulatedCompute() };
}

/** The record that has `sequence`, whenever it is appended. */
function draftOf(sequence: number): RecordDraft {
  const offset = (sequence % 7) * 512;
  if (sequence % 5 === 0) return { kind: "zero", timeMicros: sequence, offset, length: 1024 };
  return { kind: "write", timeMicros: sequence, offset, data: new Uint8Array(512 + (sequence % 3)).fill(sequence) };
}

/** What the process had been told before it ended. */
interface Told {
  written: number;
  durable: number;
  settled: number;
  trimmed: number;
  opened: boolean;
  closing: boolean;
}

function told(): Told {
  return { written: 0, durable: 0, settled: 0, trimmed: 0, opened: false, closing: false };
}

async function append(log: ChangeLog, count: number, known: Told): Promise<void> {
  const first = log.lastSequence + 1;
  const { to, written } = log.append(Array.from({ length: count }, (_, index) => draftOf(first + index)));
  await written;
  known.written = to;
}

/** Appends, syncs, cuts, settles, trims and closes, so that files begin, are sealed and go while others wait. */
async function live(files: SimulatedFiles, known: Told): Promise<void> {
  const log = await ChangeLog.open(worldOf(files), OPTIONS);
  known.opened = true;
  known.written = known.durable = log.lastSequence;
  for (let round = 1; round <= 4; round += 1) {
    await append(log, 4, known);
    await Promise.all([append(log, 3, known), append(log, 5, known)]);
    known.durable = Math.max(known.durable, await log.sync());
    await append(log, 6, known);
    if (round % 2 === 0) await log.cut();
    known.settled = round === 3 ? log.lastSequence : log.lastSequence - 4;
    await log.settle(known.settled);
    known.trimmed = log.lastSequence - 20;
    await log.trim(known.trimmed);
  }
  await append(log, 30, known);
  await append(log, 2, known);
  known.closing = true;
  await log.close();
  known.durable = known.written;
}

async function recordsOf(log: ChangeLog): Promise<LogRecord[]> {
  await using cursor = log.cursor(Math.max(1, log.firstSequence));
  const records: LogRecord[] = [];
  const limits = { through: log.lastSequence, bytesMax: FRAME_BYTES_MAX };
  for (let frames = await cursor.next(limits); frames !== undefined; frames = await cursor.next(limits)) {
    records.push(...decodeFrames(frames.bytes));
  }
  return records;
}

/** What is recovered is what was appended, up to somewhere at or after `last`, and appending goes on from there. */
async function verify(files: SimulatedFiles, known: Told, last: number): Promise<void> {
  const log = await ChangeLog.open(worldOf(files), OPTIONS);
  assert.ok(log.lastSequence >= last, `holds ${log.lastSequence} where ${last} was promised`);
  assert.equal(log.durableSequence, log.lastSequence);
  assert.ok(log.firstSequence <= Math.max(1, known.trimmed + 1), "nothing is gone that was not trimmed");
  const records = await recordsOf(log);
  assert.equal(records.length, log.lastSequence - log.firstSequence + 1);
  for (const [index, record] of records.entries()) {
    const sequence = log.firstSequence + index;
    const draft = draftOf(sequence);
    const length = draft.kind === "write" ? { length: draft.data.length } : {};
    assert.deepEqual({ ...record }, { ...draft, ...length, sequence });
    if (sequence > known.settled && known.opened && !known.closing && "offset" in record) {
      assert.ok(log.recovery.unsealedExtents.covers(record), `${sequence} was not settled and is not named`);
    }
  }
  if (known.opened && !known.closing) assert.equal(log.recovery.closedCleanly, false);
  await verifySegments(files);
  await log.append([draftOf(log.lastSequence + 1)]).written;
  await log.close();
  const again = await ChangeLog.open(worldOf(files), OPTIONS);
  assert.equal(again.recovery.closedCleanly, true);
  assert.equal(again.lastSequence, log.lastSequence);
  assert.equal((await recordsOf(again)).length, records.length + 1);
  await again.abandon();
}

/** Every file reads as a segment, its index too. */
async function verifySegments(files: SimulatedFiles): Promise<void> {
  for (const name of await files.list(OPTIONS.folder)) {
    await using handle = await files.open(`${OPTIONS.folder}/${name}`, "read");
    const reader = await SegmentReader.open(handle, { compute: simulatedCompute() });
    await reader.verify();
    let entries = 0;
    for await (const page of reader.entries()) entries += page.length;
    assert.equal(entries, reader.footer.entryCount);
  }
}

async function agentFolder(files: SimulatedFiles): Promise<void> {
  await files.makeFolder("/agent");
  await files.syncFolder("/");
}

for (const cut of ["power", "process"] as const) {
  test(`after the ${cut} is cut at any operation, what is recovered is a prefix with all that was promised`, async () => {
    let known = told();
    const operations = await crashSweep(
      {
        prepare: async (files) => {
          known = told();
          await agentFolder(files);
        },
        work: (files) => live(files, known),
        verify: (files, { done }) =>
          verify(done ? files.crash("none") : files, known, cut === "power" ? known.durable : known.written),
      },
      { seed: 101, cut, rounds: 6 },
    );
    assert.ok(operations > 60, `${operations} operations`);
  });
}

test("a second loss of power, at any operation of the recovery, takes nothing that was promised", async () => {
  let known = told();
  const operations = await crashSweep(
    {
      prepare: async (files) => {
        known = told();
        await agentFolder(files);
        const log = await ChangeLog.open(worldOf(files), OPTIONS);
        known.opened = true;
        await append(log, 12, known);
        known.durable = await log.sync();
        for (let count = 0; count < 6; count += 1) await append(log, 5, known);
        await log.abandon();
      },
      work: async (files) => {
        const log = await ChangeLog.open(worldOf(files), OPTIONS);
        known.durable = known.written = log.lastSequence;
        await log.abandon();
      },
      verify: (files) => verify(files, known, known.durable),
    },
    { seed: 23, rounds: 8 },
  );
  assert.ok(operations > 10, `${operations} operations`);
});

test("a log whose power fails again and again holds what it promised at each of its openings", async () => {
  for (const seed of sampled(60)) {
    const random = seededRandom(seed);
    let files = simulatedFiles({ random });
    await agentFolder(files);
    const known = told();
    for (let life = 0; life < 6; life += 1) {
      const crash = Promise.withResolvers<SimulatedFiles>();
      const at = files.operations + 10 + random.below(60);
      files.onOperation = ({ number }) => (number === at ? crash.resolve(files.crash()) : undefined);
      const next = await Promise.race([live(files, known).then(() => files.crash()), crash.promise]);
      files = next;
      known.closing = true;
      const log = await ChangeLog.open(worldOf(files), OPTIONS);
      assert.ok(log.lastSequence >= known.durable, `seed ${seed}, life ${life}`);
      const records = await recordsOf(log);
      assert.equal(records.length, log.lastSequence - log.firstSequence + 1);
      known.durable = log.lastSequence;
      await log.abandon();
    }
  }
});

test("when any one operation fails, the log says so, keeps what it promised, and can be opened again", async () => {
  for (const errno of ["EIO", "ENOSPC"]) {
    let known = told();
    await faultSweep(
      {
        prepare: async (files) => {
          known = told();
          await agentFolder(files);
        },
        work: (files) => live(files, known),
        // The power fails too: a sync that failed may have lost what can still be read.
        verify: async (files, { done }) => {
          known.closing ||= done;
          await verify(files.crash("none"), known, known.durable);
        },
      },
      { seed: 31, rounds: 2, errno },
    );
  }
});

test("after a sync failed, the next open makes durable what it finds", async () => {
  for (const seed of sampled(40)) {
    const files = simulatedFiles({ random: seededRandom(seed) });
    await agentFolder(files);
    const log = await ChangeLog.open(worldOf(files), OPTIONS);
    await append(log, 9, told());
    files.onOperation = ({ kind, path }) => {
      if (kind === "datasync") throw fileFault("EIO", path);
    };
    await assert.rejects(log.sync(), { code: "log-failed" });
    files.onOperation = undefined;
    assert.throws(() => log.append([draftOf(10)]), { code: "log-failed" });
    await assert.rejects(log.sync(), { code: "log-failed" });
    await log.close();
    const again = await ChangeLog.open(worldOf(files), OPTIONS);
    const last = again.lastSequence;
    await again.abandon();
    await verify(files.crash("none"), told(), last);
  }
});
