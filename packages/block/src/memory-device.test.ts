import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom, TiB } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import { memoryDevice } from "./memory-device.ts";
import { blockDeviceSuite } from "./testing/block-device-suite.ts";
import { CrashableDevice } from "./testing/crashable-device.ts";
import { delayedDevice } from "./testing/delayed-device.ts";
import { faultyDevice } from "./testing/faulty-device.ts";
import { recordingDevice } from "./testing/recording-device.ts";

blockDeviceSuite("a disk in memory", async ({ sizeBytes, readOnly }) => memoryDevice(sizeBytes, { readOnly }));
blockDeviceSuite("a disk in memory with blocks of 4096", async ({ sizeBytes, readOnly }) =>
  memoryDevice(sizeBytes, { readOnly, blockBytes: 4096 }),
);
blockDeviceSuite("a disk in every wrapper", async ({ sizeBytes, readOnly }) => {
  const plain = memoryDevice(sizeBytes, { readOnly });
  const delayed = delayedDevice(plain, nodeClock, ({ operation }) => (operation === "write" ? 1 : 0));
  return recordingDevice(faultyDevice(delayed, { fails: () => false }));
});

test("a disk in memory may be of any size", async () => {
  const device = memoryDevice(16 * TiB);
  await device.write(15 * TiB, new Uint8Array(512).fill(1), { fua: false });
  await device.zero({ offset: 512, length: 14 * TiB }, { fua: false, mayDiscard: false });
  await device.discard({ offset: 0, length: 16 * TiB }, { fua: false });
  assert.deepEqual(await device.allocation({ offset: 0, length: 16 * TiB }), [
    { kind: "zero", offset: 0, length: 16 * TiB },
  ]);
});

test("a faulty disk refuses the calls of its plan, whole or torn, until it heals", async () => {
  const plain = memoryDevice(8192);
  const device = faultyDevice(plain, { operations: ["write"], fails: (count) => count === 2, torn: true });
  const data = new Uint8Array(4096).fill(1);
  await device.write(0, data, { fua: false });
  await device.read(0, new Uint8Array(4096));
  await assert.rejects(device.write(4096, data, { fua: false }), (error) => isFault(error, "disk-write-failed"));
  const found = new Uint8Array(4096);
  await plain.read(4096, found);
  assert.deepEqual(
    found,
    Uint8Array.from({ length: 4096 }, (_, index) => (index < 2048 ? 1 : 0)),
  );
  device.heal();
  await device.write(4096, data, { fua: false });
  assert.equal(device.counted, 3);
});

test("a crash loses nothing that was flushed or forced, and may lose each other block", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const device = CrashableDevice.create(4096, seededRandom(seed));
    const block = (value: number): Uint8Array => new Uint8Array(512).fill(value);
    await device.write(0, block(1), { fua: false });
    await device.flush();
    await device.write(512, block(2), { fua: false });
    await device.write(1024, block(3), { fua: false });
    await device.write(1024, block(4), { fua: true });
    await device.write(512, block(5), { fua: false });
    const after = await device.crash();
    await assert.rejects(device.flush(), (error) => isFault(error, "disk-closed"));
    const found = new Uint8Array(1536);
    await after.read(0, found);
    assert.equal(found[0], 1);
    assert.equal(found[1024], 4);
    seen.add(String(found[512]));
  }
  assert.deepEqual([...seen].sort(), ["0", "2", "5"]);
});
