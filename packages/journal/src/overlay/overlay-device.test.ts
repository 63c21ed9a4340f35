import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { blockDeviceSuite } from "@leeward/block/testing";
import { crashSweep, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker } from "../testing/index.ts";
import { openOverlay } from "./overlay-device.ts";

const IDS = { machineId: "aa".repeat(16), diskId: "bb".repeat(16) };

/** A journal with one point: zeroes all over. */
async function zeroPoint(sizeBytes: number): Promise<BlockDevice> {
  const world = simulatedWorld({ seed: 1 });
  await world.files.makeFolder("/j");
  const maker = new HistoryMaker(seededRandom(1), sizeBytes);
  const options = { folder: "/j/d", dataKey: maker.dataKey, limits: { reserveBytes: 0 } };
  const journal = await Journal.create(world, { ...options, ...maker.identity });
  maker.endSpan(maker.beginSpan("initial"));
  const { record } = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await journal.addPoint(record);
  return journal.openPoint(record.id, { owner: "test", reason: "suite" });
}

blockDeviceSuite("an overlay, and below it a point", async ({ sizeBytes, readOnly }) => {
  const device = await zeroPoint(sizeBytes);
  if (readOnly) return device;
  const world = simulatedWorld({ seed: 2 });
  await world.files.makeFolder("/o");
  return openOverlay(world, { device, folder: "/o/one", ...IDS });
});

const SIZE = 64 * 1024;

async function below(): Promise<BlockDevice> {
  const device = memoryDevice(SIZE);
  await device.write(0, new Uint8Array(SIZE).fill(0xee), { fua: false });
  return device;
}

async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const content = new Uint8Array(device.sizeBytes);
  await device.read(0, content);
  return content;
}

test("after a loss of power at any operation an overlay is a prefix of what was written, with all that was flushed", async () => {
  let flushed = 0;
  const images: Uint8Array[] = [];
  const write = async (device: BlockDevice, round: number): Promise<void> => {
    const offset = ((round * 7) % 100) * 512;
    await device.write(offset, new Uint8Array(512 * (1 + (round % 5))).fill(round + 1), { fua: round % 4 === 0 });
  };
  {
    await using device = await openOverlay(await folderWorld(), { device: await below(), folder: "/o/one", ...IDS });
    images.push(await contentOf(device));
    for (let round = 0; round < 12; round += 1) {
      await write(device, round);
      images.push(await contentOf(device));
    }
  }
  await crashSweep(
    {
      prepare: async (files) => {
        flushed = 0;
        await files.makeFolder("/o");
        await files.syncFolder("/");
      },
      work: async (files) => {
        const device = await openOverlay(
          { ...simulatedWorld({ seed: 3 }), files },
          { device: await below(), folder: "/o/one", ...IDS },
        );
        for (let round = 0; round < 12; round += 1) {
          await write(device, round);
          if (round % 4 === 0) flushed = round + 1;
        }
        await device.flush();
        flushed = 12;
        await device[Symbol.asyncDispose]();
      },
      verify: async (files) => {
        const world = { ...simulatedWorld({ seed: 4 }), files };
        await using device = await openOverlay(world, { device: await below(), folder: "/o/one", ...IDS });
        const content = await contentOf(device);
        const found = images.findLastIndex((image) => Buffer.compare(image, content) === 0);
        assert.ok(found >= flushed, `it shows ${found} of ${flushed} writes`);
      },
    },
    { seed: 5, rounds: 2 },
  );
});

async function folderWorld(): Promise<ReturnType<typeof simulatedWorld>> {
  const world = simulatedWorld({ seed: 6 });
  await world.files.makeFolder("/o");
  return world;
}

test("an overlay of another disk is refused by name, and its changed extents are what was written", async () => {
  const world = await folderWorld();
  {
    await using device = await openOverlay(world, { device: await below(), folder: "/o/one", ...IDS });
    await device.write(512, new Uint8Array(1024), { fua: false });
    await device.discard({ offset: 4096, length: 512 }, { fua: false });
    assert.deepEqual(
      [...device.changedExtents()],
      [
        { offset: 512, length: 1024 },
        { offset: 4096, length: 512 },
      ],
    );
  }
  const other = { device: await below(), folder: "/o/one", machineId: IDS.machineId, diskId: "cc".repeat(16) };
  await assert.rejects(openOverlay(world, other), (error) => isFault(error, "overlay-foreign"));
});
