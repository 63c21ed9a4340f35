// A last point of a disk that is slow: a write that is in when the machine is fenced, and another that waits for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, KiB, MiB } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { LogCursor } from "@leeward/change-log";
import { decodeLogFrames, type LogRecord } from "@leeward/proto";
import { replay } from "@leeward/splitter/testing";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { ServedDisk } from "../disk/served-disk.ts";
import { NO_QUIESCE } from "../hooks/quiesce.ts";
import { MarkClock } from "../marks/mark-clock.ts";
import { type MarkedDisk, PointCoordinator } from "../marks/point-coordinator.ts";
import { PointNumbers } from "../marks/point-numbers.ts";
import { PointQueue } from "../marks/point-queue.ts";
import { makeLastPoint } from "./last-point.ts";

const SIZE = 64 * KiB;
const DISK = "dd".repeat(16);
const never = new AbortController().signal;

const full = new Fault({ code: "points-full", kind: "operator", message: "There are too many.", remedy: "Wait." });

/** A disk of which no write ends before `open` is called. */
function slowDevice(): { readonly device: BlockDevice; shut(): void; open(): void } {
  const device = memoryDevice(SIZE);
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  return {
    device: {
      sizeBytes: SIZE,
      blockBytes: device.blockBytes,
      readOnly: false,
      read: (offset, target) => device.read(offset, target),
      write: (offset, data, options) => gate.promise.then(() => device.write(offset, data, options)),
      zero: (extent, options) => device.zero(extent, options),
      discard: (extent, options) => device.discard(extent, options),
      flush: () => device.flush(),
      allocation: (extent) => device.allocation(extent),
      [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
    },
    shut: () => {
      gate = Promise.withResolvers();
    },
    open: () => gate.resolve(),
  };
}

async function servedOn(world: SimulatedWorld, device: BlockDevice, marks: MarkClock): Promise<ServedDisk> {
  await world.files.makeFolder("/agent/disks");
  const policy = { logBytesMax: 8 * MiB, copyBytesPerSecondMax: 0 };
  const settings = { diskId: DISK, machineId: "aa".repeat(16), name: "data", path: "/dev/x", folder: "/agent/disks/d" };
  return new ServedDisk({
    world,
    settings: { ...settings, capture: "splitter", socketPath: "", bootId: "bb".repeat(16), policy },
    marks,
    openSource: async () => ({ device, physicalBlockBytes: 512, identity: "it", witness: async () => "the same" }),
    serve: async () => ({ uri: "nbd:", clients: () => 0, run: (signal) => ended(signal) }),
  });
}

function ended(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

async function recordsThrough(world: SimulatedWorld, branch: string, sequence: number): Promise<LogRecord[]> {
  await using cursor = new LogCursor(world.files, `/agent/disks/d/${branch}/log`, 1);
  const records: LogRecord[] = [];
  for (let frames = await cursor.next({ through: sequence, bytesMax: MiB }); frames !== undefined; ) {
    for (const frame of decodeLogFrames(frames.bytes)) records.push(...frame.records.map(({ record }) => record));
    frames = await cursor.next({ through: sequence, bytesMax: MiB });
  }
  return records;
}

test("a write that was in when the machine was fenced is in its last point, and so is one that waited for it; none comes after", async () => {
  const world = simulatedWorld({ seed: 4 });
  const slow = slowDevice();
  const marks = new MarkClock();
  const disk = await servedOn(world, slow.device, marks);
  const queue = await PointQueue.open(world, "/agent/points");
  const numbers = await PointNumbers.open(world.files, "/agent/points");
  const marked: MarkedDisk = { diskId: DISK, settleMark: (mark) => disk.settleMark(mark) };
  const parts = { ...world, marks, queue, numbers, machineId: "aa".repeat(16), quiesce: NO_QUIESCE };
  const points = new PointCoordinator({ ...parts, epoch: () => 1, disks: () => [marked], hold: () => undefined });
  const stop = new AbortController();
  await world.clock.run(async () => {
    const running = disk.run(stop.signal);
    while (disk.facts()?.state !== "protected") await disk.changed();
    const { device } = disk;
    assert.ok(device !== undefined);
    slow.shut();
    const first = device.write(0, Buffer.alloc(4096, 1), { fua: false });
    const second = device.write(2048, Buffer.alloc(4096, 2), { fua: false });
    await world.clock.sleep(100, never);
    marks.fence();
    await assert.rejects(device.write(0, Buffer.alloc(512), { fua: false }), { code: "disk-read-only" });
    const faults: string[] = [];
    const making = makeLastPoint(
      {
        clock: world.clock,
        disks: () => [{ planned: marked, keeper: disk }],
        points,
        queue,
        onFault: (fault) => fault && faults.push(fault.code),
      },
      "crash",
      never,
    );
    await world.clock.sleep(1_000, never);
    assert.deepEqual(queue.waiting(), [], "it waits for what is under way");
    slow.open();
    await Promise.all([first, second]);
    await queue.until(() => queue.waiting().length === 1, never);
    const [record] = queue.waiting();
    assert.ok(record !== undefined);
    await queue.acknowledge(record.number, record.validUntilMicros);
    assert.equal((await making).id, record.id);
    const [member] = record.members;
    assert.ok(member !== undefined);
    const held = Buffer.alloc(SIZE);
    await device.read(0, held);
    assert.deepEqual([held[0], held[2048], held[6143]], [1, 2, 2]);
    const replica = replay(await recordsThrough(world, member.branch, member.sequence), SIZE);
    assert.ok(held.equals(replica), "the log up to the point is the disk");
    assert.deepEqual(faults, []);
    stop.abort();
    await running;
  });
});

test("a point that its target refuses, or that lacks a disk, is made again until there is one", async () => {
  const world = simulatedWorld({ seed: 5 });
  const marks = new MarkClock();
  const disk = await servedOn(world, memoryDevice(SIZE), marks);
  const queue = await PointQueue.open(world, "/agent/points");
  const numbers = await PointNumbers.open(world.files, "/agent/points");
  const marked: MarkedDisk = { diskId: DISK, settleMark: (mark) => disk.settleMark(mark) };
  const parts = { ...world, marks, queue, numbers, machineId: "aa".repeat(16), quiesce: NO_QUIESCE };
  const points = new PointCoordinator({ ...parts, epoch: () => 1, disks: () => [marked], hold: () => undefined });
  const stop = new AbortController();
  const faults: string[] = [];
  marks.fence();
  await world.clock.run(async () => {
    const onFault = (fault: { readonly code: string } | undefined): void => void faults.push(fault?.code ?? "none");
    const making = makeLastPoint(
      { clock: world.clock, disks: () => [{ planned: marked, keeper: disk }], points, queue, onFault },
      "crash",
      never,
    );
    await world.clock.sleep(5_000, never);
    assert.equal(faults.at(-1), "disks-not-ready", "it is not open yet");
    await assert.rejects(points.create("crash"), { code: "machine-fenced" });
    assert.equal(await points.interval(), undefined);
    await assert.rejects(
      points.inTurn(async () => assert.fail("no turn")),
      { code: "machine-fenced" },
    );
    const running = disk.run(stop.signal);
    await queue.until(() => queue.waiting().length === 1, never);
    const [refused] = queue.waiting();
    assert.ok(refused !== undefined);
    await queue.refuse(refused.number, full);
    await queue.until(() => queue.waiting().length === 1, never);
    assert.ok(faults.includes("points-full"));
    const [record] = queue.waiting();
    assert.ok(record !== undefined && record.id !== refused.id);
    await queue.acknowledge(record.number, record.validUntilMicros);
    assert.equal((await making).id, record.id);
    assert.equal(faults.at(-1), "none");
    stop.abort();
    await running;
  });
});
