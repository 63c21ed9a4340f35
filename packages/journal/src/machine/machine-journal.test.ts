import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { World } from "@leeward/world";
import { crashSweep, type SimulatedFiles, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { OfflineJournal } from "../offline/offline-journal.ts";
import type { PointRecord } from "../recovery-point.ts";
import { saveDevice } from "../save/save-device.ts";
import { fileSink } from "../save/save-sink.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { MachineJournal } from "./machine-journal.ts";
import { machinePoints } from "./machine-point.ts";

const FOLDER = "/journal/machine";
const DISK_BYTES = 32 * 1024;
const limits = { rangeBytes: 16 * 1024, reserveBytes: 0 };
const signal = new AbortController().signal;

/** Two disks of one machine that are marked together. */
class Pair {
  readonly makers: readonly [HistoryMaker, HistoryMaker];
  readonly machineId: string;
  readonly marked: { readonly record: PointRecord; readonly made: readonly MadePoint[] }[] = [];

  constructor(seed: number) {
    const first = new HistoryMaker(seededRandom(seed), DISK_BYTES);
    this.machineId = first.identity.machineId;
    this.makers = [first, new HistoryMaker(seededRandom(seed + 1), DISK_BYTES, this.machineId)];
  }

  /** One point of both disks, delivered to their journals. */
  async point(world: World, journals: readonly Journal[]): Promise<PointRecord> {
    const made: MadePoint[] = [];
    for (const [index, maker] of this.makers.entries()) {
      if (this.marked.length === 0) maker.endSpan(maker.beginSpan("initial"));
      maker.writeSomewhere();
      made.push(maker.mark());
      const cut = maker.cut();
      const journal = journals[index];
      if (journal !== undefined)
        await journal.accept(await maker.stage(world, journal.stagingPath(`s-${cut.from}`), cut));
    }
    const members = made.flatMap(({ record }) => record.members);
    const [first] = made;
    assert.ok(first !== undefined);
    const record = { ...first.record, members };
    this.marked.push({ record, made });
    return record;
  }
}

async function opened(world: World, pair: Pair): Promise<Journal[]> {
  const journals: Journal[] = [];
  for (const { identity, dataKey } of pair.makers) {
    const options = { folder: `${FOLDER}/${identity.diskId}`, dataKey, limits };
    const exists = await Journal.exists(world.files, options.folder);
    journals.push(await (exists ? Journal.open(world, options) : Journal.create(world, { ...options, ...identity })));
  }
  return journals;
}

function machineOf(pair: Pair, journals: readonly Journal[]): MachineJournal {
  const machine = new MachineJournal(pair.machineId);
  for (const journal of journals) machine.attach(journal);
  return machine;
}

test("a point is stored when all its members cover it, and listed when all hold it", async () => {
  const world = simulatedWorld({ seed: 1 });
  await world.files.makeFolder(FOLDER);
  const pair = new Pair(1);
  const [first, second] = await opened(world, pair);
  assert.ok(first !== undefined && second !== undefined);
  const machine = machineOf(pair, [first, second]);
  const record = await pair.point(world, [first]);
  const storing = machine.storePoint(record, signal);
  let stored = false;
  void storing.then(() => (stored = true));
  await first.addPoint(record);
  assert.deepEqual(machine.points(), []);
  assert.equal(stored, false);
  assert.throws(
    () => machine.resolve({ kind: "latest" }),
    (error) => isFault(error, "point-missing"),
  );
  await second.accept(await pair.makers[1].stage(world, second.stagingPath("s"), pair.makers[1].lastCut));
  await storing;
  const [point] = machine.points();
  assert.deepEqual(point?.members, record.members);
  await machine.storePoint({ ...record, validUntilMicros: record.timeMicros + 5_000_000 }, signal);
  assert.equal(machine.resolve({ kind: "latest" }).validUntilMicros, record.timeMicros + 5_000_000);
  await assert.rejects(machine.storePoint({ ...record, machineId: "ee".repeat(16) }, signal), (error) =>
    isFault(error, "point-foreign"),
  );
});

test("a point whose records will never come is refused, and holds up none of those behind it", async () => {
  const world = simulatedWorld({ seed: 6 });
  await world.files.makeFolder(FOLDER);
  const pair = new Pair(6);
  const [first, second] = await opened(world, pair);
  assert.ok(first !== undefined && second !== undefined);
  const machine = machineOf(pair, [first, second]);
  const isLost = (error: unknown): boolean => isFault(error, "point-lost");
  const record = await pair.point(world, [first]);

  const unprotected = machine.storePoint(record, signal);
  second.expects = false;
  await assert.rejects(unprotected, isLost);
  second.expects = true;

  const isBrought = (diskId: string): boolean => diskId === second.diskId;
  await assert.rejects(machine.storePoint(record, signal, isBrought), isLost);

  const unheard = assert.rejects(machine.storePoint(record, signal), isLost);
  await world.clock.run(() => unheard);

  await second.accept(await pair.makers[1].stage(world, second.stagingPath("s"), pair.makers[1].lastCut));
  await machine.storePoint(record, signal);
  const beyond = { ...record, members: record.members.map((each) => ({ ...each, sequence: each.sequence + 1_000 })) };
  const superseded = assert.rejects(machine.storePoint({ ...beyond, id: "ab".repeat(16) }, signal), isLost);
  for (const [index, journal] of [first, second].entries()) {
    const maker = pair.makers[index];
    maker?.restart();
    const cut = maker?.cut();
    if (maker === undefined || cut === undefined) continue;
    await journal.accept(await maker.stage(world, journal.stagingPath("resynced"), cut));
  }
  await superseded;
  assert.equal(machine.points().length, 1, "what was stored before stays");
});

test("after a loss of power at any operation a point that was stored is listed, and saying it again completes one that was not", async () => {
  let pair = new Pair(2);
  let stored = 0;
  const worldOn = (files: SimulatedFiles): World => ({ ...simulatedWorld({ seed: 9 }), files });
  await crashSweep(
    {
      prepare: async (files) => {
        pair = new Pair(2);
        stored = 0;
        await files.makeFolder(FOLDER);
        await files.syncFolder("/");
        await files.syncFolder("/journal");
      },
      work: async (files) => {
        const world = worldOn(files);
        const journals = await opened(world, pair);
        const machine = machineOf(pair, journals);
        for (let round = 0; round < 3; round += 1) {
          await machine.storePoint(await pair.point(world, journals), signal);
          stored += 1;
        }
      },
      verify: async (files) => {
        const world = worldOn(files);
        const journals = await opened(world, pair);
        const machine = machineOf(pair, journals);
        assert.ok(machine.points().length >= stored);
        for (const { record } of pair.marked) {
          const isCovered = record.members.every((member, index) => journals[index]?.covers(member) === true);
          if (isCovered) await machine.storePoint(record, signal);
        }
        for (const point of machine.points()) {
          const { made } = pair.marked.find(({ record }) => record.id === point.id) ?? { made: [] };
          for (const [index, { image }] of made.entries()) {
            await using device = await journals[index]?.openPoint(point.id, { owner: "test", reason: "verify" });
            const read = new Uint8Array(DISK_BYTES);
            await device?.read(0, read);
            assert.ok(Buffer.compare(read, image) === 0);
          }
        }
      },
    },
    { seed: 3, rounds: 1 },
  );
});

test("a machine's journals open without their owner, nothing in them changes, and a point saves to a sparse file", async () => {
  const world = simulatedWorld({ seed: 4 });
  await world.files.makeFolder(FOLDER);
  await world.files.makeFolder("/out");
  const pair = new Pair(4);
  const journals = await opened(world, pair);
  const machine = machineOf(pair, journals);
  for (let round = 0; round < 3; round += 1) await machine.storePoint(await pair.point(world, journals), signal);
  for (const journal of journals) await journal.close();

  const changes: string[] = [];
  world.files.onOperation = ({ kind, path }) => {
    if (["write", "rename", "remove", "removeFolder", "truncate", "makeFolder"].includes(kind))
      changes.push(`${kind} ${path}`);
  };
  await using disks = new AsyncDisposableStack();
  const offline = new Map<string, OfflineJournal>();
  for (const { identity, dataKey } of pair.makers) {
    const { diskId } = identity;
    offline.set(
      diskId,
      disks.use(await OfflineJournal.open(world, { folder: `${FOLDER}/${diskId}`, dataKey, limits })),
    );
  }
  const points = machinePoints(pair.machineId, offline);
  assert.equal(points.length, 3);
  const latest = points.at(-1);
  const disk = offline.get(pair.makers[1].identity.diskId);
  assert.ok(disk !== undefined && latest !== undefined);
  assert.deepEqual(changes, []);
  world.files.onOperation = undefined;
  const sink = await fileSink(world, { folder: "/out", name: "disk1.raw", force: false });
  await using device = disk.openPoint(latest.id);
  const saved = await saveDevice(device, sink, { signal });
  const image = pair.marked.at(-1)?.made[1]?.image ?? new Uint8Array(0);
  await using file = await world.files.open("/out/disk1.raw", "read");
  const content = new Uint8Array(DISK_BYTES);
  assert.equal(await file.read(content, 0), DISK_BYTES);
  assert.deepEqual(content, image);
  const { createHash } = await import("node:crypto");
  assert.equal(saved.sha256, createHash("sha256").update(image).digest("hex"));
  await assert.rejects(fileSink(world, { folder: "/out", name: "disk1.raw", force: false }), (error) =>
    isFault(error, "save-target-exists"),
  );
});
