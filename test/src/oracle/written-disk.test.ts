import assert from "node:assert/strict";
import { test } from "node:test";
import { SECTOR_BYTES } from "./sector.ts";
import { bytesOf, type NumberedWrite, WrittenDisk } from "./written-disk.ts";

const SECTORS = 8;

test("an acknowledged write that is missing is found, and so is one that nobody acknowledged", () => {
  const disk = WrittenDisk.make(SECTORS * SECTOR_BYTES);
  const content = disk.content();
  assert.deepEqual(disk.differences(content), []);
  const write = disk.begin({ sector: 2, sectors: 2 });
  put(content, write);
  assert.deepEqual(disk.differences(content), ["sector 2 holds write 2, not 1", "sector 3 holds write 2, not 1"]);
  disk.acknowledge(write);
  assert.deepEqual(disk.differences(content), []);
  content.fill(0, 3 * SECTOR_BYTES, 4 * SECTOR_BYTES);
  assert.deepEqual(disk.differences(content), ["sector 3 holds write of zeroes, not 2"]);
  content.writeUInt8(0xff, 5 * SECTOR_BYTES + 100);
  assert.match(disk.differences(content).join(), /sector 5 holds write that is broken/);
});

test("what is in doubt may be there or not, sector by sector, and stays as it was first seen", () => {
  const disk = WrittenDisk.make(SECTORS * SECTOR_BYTES);
  const write = disk.begin({ sector: 4, sectors: 2 });
  disk.doubt(write);
  const before = disk.content();
  const torn = disk.content();
  put(torn, { ...write, sectors: 1 });
  assert.deepEqual(disk.copy().differences(before), []);
  assert.deepEqual(disk.differences(torn), []);
  assert.deepEqual(disk.differences(torn), []);
  assert.deepEqual(disk.differences(before), ["sector 4 holds write 1, not 2"]);
});

test("what is written to a copy is not in the other, and has numbers of its own", () => {
  const disk = WrittenDisk.make(SECTORS * SECTOR_BYTES);
  const lost = disk.copy();
  const strayed = lost.begin({ sector: 0, sectors: 1 });
  lost.acknowledge(strayed);
  assert.notEqual(disk.begin({ sector: 0, sectors: 1 }).number, strayed.number);
  assert.deepEqual(disk.differences(lost.content()), ["sector 0 holds write 2, not 1"]);
});

function put(content: Buffer, write: NumberedWrite): void {
  content.set(bytesOf(write), write.sector * SECTOR_BYTES);
}
