// Real disks, each written by its worker: an image file, and a block device that the running kernel tracks.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB, orAborted } from "@leeward/base";
import { LogCursor } from "@leeward/change-log";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { decodeLogFrames, type LogRecord, type Mark, type PlannedReverse } from "@leeward/proto";
import { replay } from "@leeward/splitter/testing";
import { forgetTracking } from "@leeward/tracker";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import type { DiskFacts, DiskHost, DiskSettings } from "../disk/disk-host.ts";
import { WorkerDisk } from "../disk/node-worker-disk.ts";
import { MarkClock } from "../marks/mark-clock.ts";
import { TestReplica } from "./testing/test-replica.ts";

const SIZE = 24 * MiB;
const BLOCK = 4_096;
const ATTEMPTS_MAX = 50;
const LIMIT = AbortSignal.timeout(240_000);
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-reversed-"));
});
after(() => rm(folder, { recursive: true, force: true }));

function reasonToSkip(): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  if (process.getuid?.() !== 0 || !existsSync("/dev/loop-control")) return "loop devices and tracking need root";
  return ["/sbin", "/usr/sbin"].some((path) => existsSync(`${path}/mkfs.ext4`)) ? false : "mkfs.ext4 is not installed";
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** Loop devices are few: one that is taken in between is asked for again. */
function attach(image: string): string {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return run("losetup", "--find", "--show", image);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      run("sleep", "0.5");
    }
  }
}

function isMounted(mountPoint: string): boolean {
  return readFileSync("/proc/self/mounts", "utf8").includes(` ${mountPoint} `);
}

async function settingsFor(name: string, path: string, capture: DiskSettings["capture"]): Promise<DiskSettings> {
  await mkdir(`${folder}/${name}`);
  return {
    diskId: Buffer.from(name.padEnd(16, "x")).toString("hex"),
    machineId: "bb".repeat(16),
    name,
    capture,
    path,
    folder: `${folder}/${name}/disk`,
    socketPath: `${folder}/${name}/nbd.sock`,
    bootId: "cc".repeat(16),
    policy: { logBytesMax: 64 * MiB, copyBytesPerSecondMax: 0 },
  };
}

async function factsUntil(disk: DiskHost, holds: (facts: DiskFacts) => boolean): Promise<DiskFacts> {
  for (;;) {
    const changed = disk.changed();
    const facts = disk.facts();
    if (facts !== undefined && holds(facts)) return facts;
    await orAborted(changed, LIMIT);
  }
}

function isProtected({ state, writtenSequence, sendableSequence }: DiskFacts): boolean {
  return state === "protected" && writtenSequence === sendableSequence;
}

/** Plays with the disk while its worker serves it, and has it closed cleanly. */
async function live(disk: WorkerDisk, scenario: (disk: WorkerDisk) => Promise<void>): Promise<void> {
  await using own = disk;
  const stop = new AbortController();
  const running = own.run(stop.signal);
  const failed = running.then(() => new Promise<never>(() => undefined));
  try {
    await Promise.race([scenario(own), failed]);
  } finally {
    stop.abort();
  }
  await running;
}

/** What a target makes of the branch's log, over what it held where that begins. */
async function held(
  settings: DiskSettings,
  { branch, sendableSequence }: DiskFacts,
  base: Uint8Array,
): Promise<Buffer> {
  await using cursor = new LogCursor(nodeFiles({ io: "thread-pool" }), `${settings.folder}/${branch}/log`, 1);
  const begin: LogRecord = { kind: "write", sequence: 0, timeMicros: 0, offset: 0, length: base.length, data: base };
  const records: LogRecord[] = [begin];
  for (;;) {
    const frames = await cursor.next({ through: sendableSequence, bytesMax: MiB });
    if (frames === undefined) return replay(records, base.length);
    for (const frame of decodeLogFrames(frames.bytes)) records.push(...frame.records.map(({ record }) => record));
  }
}

function replicaOf(content: Uint8Array, { writtenSequence }: DiskFacts): TestReplica {
  const replica = new TestReplica({
    random: nodeRandom,
    compute: nodeCompute(),
    content,
    journaledSequence: writtenSequence,
  });
  replica.write(5 * MiB, nodeRandom.bytes(3 * MiB));
  replica.write(0, Buffer.alloc(MiB));
  return replica;
}

function reversedOf(settings: DiskSettings, replica: TestReplica, reverse: PlannedReverse): WorkerDisk {
  return new WorkerDisk({ ...settings, reverse }, new MarkClock().memory, { askProcessServer: replica.answer });
}

async function bringBack(disk: WorkerDisk, replica: TestReplica): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await live(disk, async (own) => {
    await factsUntil(own, ({ reverse }) => reverse?.sequence === 2);
    replica.write(12 * MiB, nodeRandom.bytes(MiB));
    replica.isHalted = true;
    facts = await factsUntil(own, ({ reverse }) => reverse?.complete === true);
  });
  assert.ok(facts !== undefined);
  return facts;
}

function mark(number: number): Mark {
  return { pointId: "dd".repeat(16), number, timeMicros: nodeClock.wallMicros(), kind: "mark", consistency: "crash" };
}

test("a worker makes its image file what the replica machine's disk is, and serves it from the origin on", async () => {
  const path = `${folder}/file.img`;
  await writeFile(path, nodeRandom.bytes(8 * MiB));
  await truncate(path, SIZE);
  const settings = await settingsFor("file", path, "splitter");
  const source = await readFile(path);
  let point: DiskFacts | undefined;
  await live(new WorkerDisk(settings, new MarkClock().memory), async (disk) => {
    point = await factsUntil(disk, isProtected);
    const { address } = parseNbdUri(point.nbdUri);
    await using client = await connectNbd(address, { clock: nodeClock, exportName: "" }, LIMIT);
    await client.write(20 * MiB, Buffer.alloc(BLOCK, 9), { fua: true });
  });
  assert.ok(point !== undefined);
  const replica = replicaOf(source, point);
  const plan = { failoverId: replica.id, branch: point.branch, sequence: point.writtenSequence, whole: false };
  const facts = await bringBack(reversedOf(settings, replica, plan), replica);
  assert.deepEqual([facts.reverse?.method, facts.state, facts.nbdUri], ["set", "reverse", ""]);
  assert.equal(replica.readBytes, 5 * MiB + BLOCK);
  assert.ok(replica.content.equals(await readFile(path)));

  const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
  await live(new WorkerDisk({ ...settings, origin }, new MarkClock().memory), async (disk) => {
    const begun = await factsUntil(disk, isProtected);
    assert.deepEqual([begun.parent, begun.writtenSequence], [{ branch: origin.branch, sequence: origin.sequence }, 0]);
    const { address } = parseNbdUri(begun.nbdUri);
    await using client = await connectNbd(address, { clock: nodeClock, exportName: "" }, LIMIT);
    await client.write(MiB, Buffer.alloc(BLOCK, 7), { fua: true });
    assert.ok((await disk.settleMark(mark(1))) !== undefined);
    const after = await factsUntil(disk, (now) => isProtected(now) && now.writtenSequence > 1);
    assert.ok((await held(settings, after, replica.content)).equals(await readFile(path)));
  });
});

describe("a block device that the kernel tracks", { skip: reasonToSkip() }, () => {
  test("waits while it is mounted, is made what the replica machine's is past every cache, and goes on from there", async () => {
    await writeFile(`${folder}/loop.img`, "");
    await truncate(`${folder}/loop.img`, SIZE);
    const path = attach(`${folder}/loop.img`);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => void run("losetup", "--detach", path));
    run("mkfs.ext4", "-q", path);
    const mountPoint = `${folder}/mounted`;
    await mkdir(mountPoint);
    run("mount", path, mountPoint);
    // Also when the test fails before it has done so.
    undo.defer(() => void (isMounted(mountPoint) && run("umount", mountPoint)));
    const settings = await settingsFor("loop", path, "tracker");
    undo.defer(async () => void (await forgetTracking(settings.diskId)));
    let point: DiskFacts | undefined;
    const tracked = (): WorkerDisk => new WorkerDisk(settings, new MarkClock().memory);
    await live(tracked(), async (disk) => {
      await factsUntil(disk, isProtected);
      await writeFile(`${mountPoint}/before`, nodeRandom.bytes(MiB));
      run("sync", "--file-system", mountPoint);
      await disk.live?.prepare();
      point = await factsUntil(disk, isProtected);
    });
    assert.ok(point !== undefined);
    const replica = replicaOf(await held(settings, point, Buffer.alloc(SIZE)), point);
    await writeFile(`${mountPoint}/after`, nodeRandom.bytes(2 * MiB));
    const plan = { failoverId: replica.id, branch: point.branch, sequence: point.writtenSequence, whole: false };
    await assert.rejects(
      live(reversedOf(settings, replica, plan), () => new Promise(() => undefined)),
      {
        code: "disk-in-use",
        kind: "operator",
      },
    );
    run("umount", mountPoint);
    const { reverse } = await bringBack(reversedOf(settings, replica, plan), replica);
    assert.equal(reverse?.method, "set");
    assert.ok(replica.content.equals(await contentPastCache(path)), "the device and the replica machine's disk");

    const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
    await live(new WorkerDisk({ ...settings, origin }, new MarkClock().memory), async (disk) => {
      const begun = await factsUntil(disk, isProtected);
      assert.deepEqual(begun.parent, { branch: origin.branch, sequence: origin.sequence });
      assert.equal(await disk.live?.prepare(), 0, "what was brought is not sent back");
      await using file = await open(path, "r+");
      await file.write(Buffer.alloc(BLOCK, 5), 0, BLOCK, 3 * MiB);
      await file.sync();
      await disk.live?.hold([]);
      assert.ok((await disk.settleMark(mark(1))) !== undefined);
      const after = await factsUntil(disk, (now) => isProtected(now) && now.writtenSequence > 0);
      assert.ok((await held(settings, after, replica.content)).equals(await contentPastCache(path)));
    });
  });
});

/** Read anew by the kernel, whatever it had in its cache. */
async function contentPastCache(path: string): Promise<Buffer> {
  run("blockdev", "--flushbufs", path);
  const content = Buffer.alloc(SIZE);
  await using file = await open(path, "r");
  for (let done = 0; done < SIZE; ) done += (await file.read(content, done, SIZE - done, done)).bytesRead;
  return content;
}
