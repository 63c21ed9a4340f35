import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { blockDigests } from "@leeward/proto";
import { contentOfDevice, seenOf } from "./device-content.ts";

const SIZE = 8 * MiB;

async function deviceWith(
  ...pieces: readonly { readonly at: number; readonly bytes: Uint8Array }[]
): Promise<BlockDevice> {
  const device = memoryDevice(SIZE);
  const content = Buffer.alloc(SIZE);
  for (const { at, bytes } of pieces) content.set(bytes, at);
  await device.write(0, content, { fua: false });
  return device;
}

/** A master boot record with one partition. */
function bootRecord(type: number): Uint8Array {
  const sector = Buffer.alloc(512);
  sector.writeUInt8(type, 446 + 4);
  sector.writeUInt32LE(2_048, 446 + 8);
  sector.writeUInt32LE(4_096, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

test("a device of zeroes holds nothing", async () => {
  const { content, digests } = await contentOfDevice(await deviceWith());
  assert.equal(content, "");
  assert.deepEqual(Buffer.from(digests), Buffer.from(blockDigests(Buffer.alloc(MiB))));
});

test("what a device holds is named: a partition table, whole or not, a file system, and what nobody knows", async () => {
  const words = async (at: number, bytes: Uint8Array): Promise<string> =>
    (await contentOfDevice(await deviceWith({ at, bytes }))).content;
  assert.match(await words(0, bootRecord(0x83)), /^a partition table \(MBR\)/);
  assert.match(await words(0, bootRecord(0xee)), /^a partition table that is damaged/);
  assert.equal(await words(1_024 + 56, Buffer.from([0x53, 0xef])), "a file system (ext)");
  assert.equal(await words(0, Buffer.from("LUKS\xba\xbe", "latin1")), "an encrypted volume (LUKS)");
  assert.match(await words(MiB - 1, Buffer.from([1])), /not known/);
  assert.match(await words(SIZE - 1, Buffer.from([1])), /not known/, "at its end, too");
});

test("a device is known again by its size, its beginning and its end", async () => {
  const blank = await seenOf(await deviceWith());
  assert.equal(await seenOf(await deviceWith()), blank);
  assert.equal((await contentOfDevice(await deviceWith())).seen, blank);
  for (const at of [0, MiB - 1, SIZE - 1]) {
    assert.notEqual(await seenOf(await deviceWith({ at, bytes: Buffer.from([1]) })), blank, `at ${at}`);
  }
  assert.notEqual(await seenOf(memoryDevice(SIZE + 512)), blank);
  const small = memoryDevice(512);
  assert.notEqual(await seenOf(small), blank, "one that has no end of its own");
});
