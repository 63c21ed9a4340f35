import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isFault, MiB, orAborted } from "@leeward/base";
import { LogCursor } from "@leeward/change-log";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { blockDigests, DIGEST_BLOCK_BYTES, decodeLogFrames, type LogRecord, type Mark } from "@leeward/proto";
import { replay } from "@leeward/splitter/testing";
import { nodeClock, nodeFiles } from "@leeward/world";
import { MarkClock } from "../marks/mark-clock.ts";
import type { DiskFacts, DiskHost, DiskSettings } from "./disk-host.ts";
import { PRODUCTION_PRIORITY } from "./node-thread-priority.ts";
import { WorkerDisk } from "./node-worker-disk.ts";

const SIZE = 8 * MiB;
/** Of /proc/…/stat, counted from the one after the name. */
const NICE_FIELD = 16;
const LIMIT = AbortSignal.timeout(60_000);
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-worker-"));
});
after(() => rm(folder, { recursive: true }));

async function settingsFor(name: string): Promise<DiskSettings> {
  await mkdir(`${folder}/${name}`);
  await writeFile(`${folder}/${name}.img`, Buffer.alloc(MiB, 7));
  await truncate(`${folder}/${name}.img`, SIZE);
  return {
    diskId: "aa".repeat(16),
    machineId: "bb".repeat(16),
    name,
    capture: "splitter",
    path: `${folder}/${name}.img`,
    folder: `${folder}/${name}/disk`,
    socketPath: `${folder}/${name}/nbd.sock`,
    bootId: "cc".repeat(16),
    policy: { logBytesMax: 64 * MiB, copyBytesPerSecondMax: 0 },
  };
}

/** Whether this process may raise a priority; tried on another one. */
async function mayPrefer(): Promise<boolean> {
  const child = spawn("sleep", ["60"]);
  try {
    setPriority(child.pid ?? 0, -1);
    return true;
  } catch {
    return false;
  } finally {
    child.kill();
    await once(child, "exit");
  }
}

/** Nice values of our threads of that name. */
async function prioritiesOf(name: string): Promise<number[]> {
  const priorities: number[] = [];
  for (const id of await readdir("/proc/self/task")) {
    const stat = await readFile(`/proc/self/task/${id}/stat`, "latin1");
    const [before, after] = [stat.slice(0, stat.lastIndexOf(")")), stat.slice(stat.lastIndexOf(")") + 2)];
    if (before.endsWith(`(${name}`)) priorities.push(Number(after.split(" ")[NICE_FIELD]));
  }
  return priorities;
}

async function factsUntil(disk: DiskHost, holds: (facts: DiskFacts) => boolean): Promise<DiskFacts> {
  for (;;) {
    const changed = disk.changed();
    const facts = disk.facts();
    if (facts !== undefined && holds(facts)) return facts;
    await orAborted(changed, LIMIT);
  }
}

function mark(number: number): Mark {
  return { pointId: "dd".repeat(16), number, timeMicros: nodeClock.wallMicros(), kind: "mark", consistency: "crash" };
}

async function recordsOf(settings: DiskSettings, facts: DiskFacts): Promise<LogRecord[]> {
  const files = nodeFiles({ io: "thread-pool" });
  await using cursor = new LogCursor(files, `${settings.folder}/${facts.branch}/log`, 1);
  const records: LogRecord[] = [];
  for (;;) {
    const frames = await cursor.next({ through: facts.sendableSequence, bytesMax: MiB });
    if (frames === undefined) return records;
    for (const frame of decodeLogFrames(frames.bytes)) records.push(...frame.records.map(({ record }) => record));
  }
}

function isSendable({ sendableSequence, writtenSequence }: DiskFacts): boolean {
  return sendableSequence === writtenSequence;
}

/** What a target makes of the log. */
async function logged(settings: DiskSettings, disk: DiskHost): Promise<Buffer> {
  const records = await recordsOf(settings, await factsUntil(disk, isSendable));
  return replay(records, SIZE);
}

describe("a disk served by its worker", () => {
  test("copies itself, takes writes over NBD, settles marks, and opens cleanly again", async () => {
    const settings = await settingsFor("clean");
    const marks = new MarkClock();
    const stop = new AbortController();
    await using disk = new WorkerDisk(settings, marks.memory);
    const running = disk.run(stop.signal);
    const copied = await factsUntil(disk, (facts) => facts.state === "protected");
    assert.equal(copied.sizeBytes, SIZE);

    const client = await connectNbd(parseNbdUri(copied.nbdUri).address, { clock: nodeClock, exportName: "" }, LIMIT);
    await client.write(4 * MiB, Buffer.alloc(4096, 9), { fua: true });
    marks.raise(mark(1));
    const settled = await disk.settleMark(mark(1));
    assert.ok(settled !== undefined && settled.sequence > copied.writtenSequence);
    await client[Symbol.asyncDispose]();

    const facts = await factsUntil(disk, ({ sendableSequence }) => sendableSequence >= settled.sequence);
    const records = await recordsOf(settings, facts);
    const replica = Buffer.alloc(SIZE);
    for (const record of records) if (record.kind === "write") replica.set(record.data, record.offset);
    assert.ok(replica.equals(await readFile(settings.path)), "the log holds the disk");
    assert.equal(records.at(-1)?.kind, "mark");

    disk.journaled(facts.branch, facts.sendableSequence + 1_000);
    const refused = await factsUntil(disk, ({ faults }) => faults.length > 0);
    assert.equal(refused.faults[0]?.code, "sequence-unknown");
    stop.abort();
    await running;

    await using again = new WorkerDisk(settings, marks.memory);
    const stopAgain = new AbortController();
    const runningAgain = again.run(stopAgain.signal);
    const reopened = await factsUntil(again, () => true);
    assert.equal(reopened.branch, facts.branch);
    assert.equal(reopened.state, "protected");
    assert.equal(reopened.writtenSequence, facts.writtenSequence, "a clean end leaves nothing to read again");
    stopAgain.abort();
    await runningAgain;
  });

  test("a write that is held goes on when the hold's time is over, also while the agent's main thread does nothing at all", async () => {
    const settings = await settingsFor("held");
    const marks = new MarkClock();
    await using disk = new WorkerDisk(settings, marks.memory);
    const stop = new AbortController();
    const running = disk.run(stop.signal);
    const { nbdUri } = await factsUntil(disk, (facts) => facts.state === "protected");
    const client = await connectNbd(parseNbdUri(nbdUri).address, { clock: nodeClock, exportName: "" }, LIMIT);
    const begun = nodeClock.monotonicMicros();
    const hold = marks.hold(begun + 200_000);
    const writing = client.write(4096, Buffer.alloc(4096, 5), { fua: false });
    await nodeClock.sleep(50, LIMIT);
    if (nodeClock.monotonicMicros() < begun + 150_000) {
      assert.equal(marks.isHeld(hold), true);
      assert.equal(readFileSync(settings.path)[4096], 7, "it waits before the disk");
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
    assert.equal(readFileSync(settings.path)[4096], 5, "it was done while this thread stood still");
    assert.equal(marks.release(hold), false, "and whoever held learns that it did not last");
    await writing;
    await client[Symbol.asyncDispose]();
    stop.abort();
    await running;
  });

  test("a fenced machine's disk takes no writes over NBD, reads and flushes, and goes on when the fence is lifted; also from its start", async () => {
    const settings = await settingsFor("fenced");
    const marks = new MarkClock();
    const block = Buffer.alloc(4096, 9);
    const connect = (uri: string): ReturnType<typeof connectNbd> =>
      connectNbd(parseNbdUri(uri).address, { clock: nodeClock, exportName: "" }, LIMIT);
    {
      await using disk = new WorkerDisk(settings, marks.memory);
      const stop = new AbortController();
      const running = disk.run(stop.signal);
      const { nbdUri } = await factsUntil(disk, (facts) => facts.state === "protected");
      const client = await connect(nbdUri);
      const writing = Array.from({ length: 64 }, (_, index) => client.write(index * 4096, block, { fua: false }));
      marks.fence();
      const outcomes = await Promise.allSettled([...writing, disk.settleWrites()]);
      assert.equal(outcomes.at(-1)?.status, "fulfilled");
      for (const each of outcomes) if (each.status === "rejected") assert.ok(isFault(each.reason, "disk-read-only"));
      await assert.rejects(client.write(0, block, { fua: true }), (error) => isFault(error, "disk-read-only"));
      await assert.rejects(client.discard({ offset: 0, length: 4096 }, { fua: false }), { code: "disk-read-only" });
      const before = disk.facts()?.writtenSequence;
      const held = await readFile(settings.path);
      await client.read(0, block);
      await client.flush();
      const other = await connect(nbdUri);
      assert.equal(other.readOnly, true, "who comes now is told at once");
      await other[Symbol.asyncDispose]();
      marks.liftFence();
      await client.write(4 * MiB, Buffer.alloc(4096, 3), { fua: true });
      await factsUntil(disk, ({ writtenSequence }) => writtenSequence === (before ?? 0) + 1);
      held.fill(3, 4 * MiB, 4 * MiB + 4096);
      assert.ok(held.equals(await readFile(settings.path)), "nothing was written meanwhile");
      await client[Symbol.asyncDispose]();
      stop.abort();
      await running;
    }
    marks.fence();
    await using disk = new WorkerDisk(settings, marks.memory);
    const stop = new AbortController();
    const running = disk.run(stop.signal);
    const client = await connect((await factsUntil(disk, () => true)).nbdUri);
    assert.equal(client.readOnly, true);
    await client.read(0, block);
    await client[Symbol.asyncDispose]();
    stop.abort();
    await running;
  });

  test("the thread that applications wait for goes before others, where that is allowed", async () => {
    const settings = await settingsFor("preferred");
    await using disk = new WorkerDisk(settings, new MarkClock().memory);
    const stop = new AbortController();
    const running = disk.run(stop.signal);
    await factsUntil(disk, () => true);
    const wanted = (await mayPrefer()) ? PRODUCTION_PRIORITY : 0;
    assert.deepEqual(await prioritiesOf(`disk ${settings.name}`.slice(0, 15)), [wanted]);
    stop.abort();
    await running;
  });

  test("a released disk stays what its clients have connected to, keeps nothing, and ends with the last of them", async () => {
    const settings = await settingsFor("released");
    await using disk = new WorkerDisk(settings, new MarkClock().memory);
    const running = disk.run(LIMIT);
    const { nbdUri } = await factsUntil(disk, (facts) => facts.state === "protected");
    const client = await connectNbd(parseNbdUri(nbdUri).address, { clock: nodeClock, exportName: "" }, LIMIT);
    await client.write(0, Buffer.alloc(4096, 1), { fua: false });
    disk.release();
    const writes = Array.from({ length: 200 }, async (_, index) => {
      await client.write(4096 * (1 + index), Buffer.alloc(4096, 2 + index), { fua: index % 50 === 0 });
    });
    await Promise.all(writes);
    while (existsSync(settings.folder)) await nodeClock.sleep(20, LIMIT);
    await client.write(8192, Buffer.alloc(4096, 99), { fua: true });
    const seen = Buffer.alloc(4096);
    await client.read(8192, seen);
    assert.ok(seen.every((byte) => byte === 99));
    await client[Symbol.asyncDispose]();
    await running;
    const content = await readFile(settings.path);
    assert.deepEqual([content[0], content[4096], content[8192], content[4096 * 200]], [1, 2, 99, 201]);
    assert.equal(existsSync(settings.folder), false);
  });

  test("a comparison finds what changed behind it, a recopy and a resync bring it into the log", async () => {
    const settings = await settingsFor("compared");
    const marks = new MarkClock();
    await using disk = new WorkerDisk(settings, marks.memory);
    await assert.rejects(disk.beginResync(), { code: "disk-not-served" });
    const stop = new AbortController();
    const running = disk.run(stop.signal);
    const { branch } = await factsUntil(disk, (facts) => facts.state === "protected");
    marks.raise(mark(1));
    const settled = await disk.settleMark(mark(1));
    assert.ok(settled !== undefined);
    const extent = { offset: 0, length: SIZE };
    const held = { ...settled, extent, digests: blockDigests(await readFile(settings.path)) };
    assert.deepEqual(await disk.compare(held), { comparedBytes: SIZE, skipped: [], differing: [] });
    {
      await using file = await open(settings.path, "r+");
      await file.write(Buffer.of(1), 0, 1, 5 * MiB);
    }
    const { differing } = await disk.compare(held);
    assert.deepEqual(differing, [{ offset: 5 * MiB, length: DIGEST_BLOCK_BYTES }]);
    await assert.rejects(disk.compare({ ...held, branch: "0b".repeat(16) }), { code: "comparison-impossible" });

    await disk.recopy("0b".repeat(16), differing);
    await disk.recopy(branch, differing);
    const written = (): number => disk.facts()?.writtenSequence ?? 0;
    await factsUntil(disk, ({ state }) => state === "protected" && written() > settled.sequence);
    assert.deepEqual(await logged(settings, disk), await readFile(settings.path));

    const before = written();
    const begun = await disk.beginResync();
    assert.equal(begun.branch, branch);
    assert.ok(begun.sequence > before);
    await factsUntil(disk, ({ state, writtenSequence }) => state === "protected" && writtenSequence >= begun.sequence);
    const records = await recordsOf(settings, await factsUntil(disk, isSendable));
    const reasons = records.flatMap((record) => (record.kind === "span-begin" ? [record.span.reason] : []));
    assert.deepEqual(reasons, ["initial", "catch-up", "resync"]);
    assert.deepEqual(await logged(settings, disk), await readFile(settings.path));
    stop.abort();
    await running;
    await assert.rejects(disk.recopy(branch, differing), { code: "disk-worker-lost" });
  });

  test("a worker that cannot open its disk says which fault", async () => {
    const settings = { ...(await settingsFor("missing")), path: `${folder}/nowhere.img` };
    await using disk = new WorkerDisk(settings, new MarkClock().memory);
    await assert.rejects(disk.run(LIMIT), (error) => isFault(error, "disk-missing"));
  });
});
