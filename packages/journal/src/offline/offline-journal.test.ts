import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { Files, World } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { machinePoints } from "../machine/machine-point.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { OfflineJournal } from "./offline-journal.ts";

const FOLDER = "/home/journal/m/d";
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };

interface Started {
  readonly world: World;
  readonly maker: HistoryMaker;
  readonly journal: Journal;
  readonly points: MadePoint[];
}

async function started(seed: number): Promise<Started> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder("/home/journal/m");
  const maker = new HistoryMaker(seededRandom(seed + 1), 256 * 1024);
  const journal = await Journal.create(world, { folder: FOLDER, ...maker.identity, dataKey: maker.dataKey, limits });
  const points: MadePoint[] = [];
  const span = maker.beginSpan("initial");
  for (let count = 0; count < 10; count += 1) maker.writeSomewhere();
  maker.endSpan(span);
  for (let round = 0; round < 5; round += 1) points.push(await pointOf(world, journal, maker));
  return { world, maker, journal, points };
}

async function pointOf(world: World, journal: Journal, maker: HistoryMaker): Promise<MadePoint> {
  maker.writeSomewhere();
  const point = maker.mark();
  const made = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath(`s-${made.from}`), made));
  await journal.addPoint(point.record);
  return point;
}

/** The world, with files that refuse every change. */
function readOnly(world: World): World {
  const refuse = (): never => assert.fail("an offline journal changes a file");
  const files: Files = {
    open: (path, mode) => (mode === "read" ? world.files.open(path, mode) : refuse()),
    list: (folder) => world.files.list(folder),
    status: (path) => world.files.status(path),
    space: (folder) => world.files.space(folder),
    makeFolder: refuse,
    rename: refuse,
    remove: refuse,
    removeFolder: refuse,
    syncFolder: refuse,
  };
  return { ...world, files };
}

test("every point reads back from a folder that must not be changed, while its owner goes on", async () => {
  const { world, maker, journal, points } = await started(1);
  await using offline = await OfflineJournal.open(readOnly(world), { folder: FOLDER, dataKey: maker.dataKey });
  assert.equal(offline.machineId, maker.identity.machineId);
  assert.deepEqual(offline.points(), journal.points());
  await pointOf(world, journal, maker);
  for (const { record, image } of points) {
    await using device = offline.openPoint(record.id);
    const read = new Uint8Array(device.sizeBytes);
    await device.read(0, read);
    assert.deepEqual(read, image);
  }
  assert.deepEqual(
    machinePoints(offline.machineId, new Map([[offline.diskId, offline]])).map(({ id }) => id),
    points.map(({ record }) => record.id),
  );
});

test("another key, a damaged manifest and an empty folder are refused by name", async () => {
  const { world, maker } = await started(2);
  const wrong = { keyId: maker.dataKey.keyId, bytes: new Uint8Array(32) };
  await assert.rejects(OfflineJournal.open(world, { folder: FOLDER, dataKey: wrong }), (error) =>
    isFault(error, "manifest-unreadable"),
  );
  const other = { keyId: "0".repeat(31) + "1", bytes: new Uint8Array(32) };
  await assert.rejects(OfflineJournal.open(world, { folder: FOLDER, dataKey: other }), (error) =>
    isFault(error, "key-mismatch"),
  );
  await assert.rejects(OfflineJournal.open(world, { folder: "/home/journal", dataKey: wrong }), (error) =>
    isFault(error, "journal-missing"),
  );
  const [manifest = ""] = (await world.files.list(FOLDER)).filter((name) => name.startsWith("manifest-"));
  {
    await using handle = await world.files.open(`${FOLDER}/${manifest}`, "update");
    await handle.write([new Uint8Array(40)], 4_100);
  }
  await assert.rejects(OfflineJournal.open(world, { folder: FOLDER, dataKey: maker.dataKey }), (error) =>
    isFault(error, "manifest-damaged"),
  );
});
