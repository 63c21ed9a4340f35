import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { crc32 } from "node:zlib";
import { GiB, isFault, MiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { peer } from "@leeward/nbd/testing";
import { Volume } from "../volume.ts";
import { partitionsOf } from "./partition-list.ts";

const SFDISK = peer("sfdisk");
const { skip } = SFDISK;
const DISK_BYTES = 64 * MiB;
const folder = await mkdtemp(join(tmpdir(), "leeward-partitions-"));
after(() => rm(folder, { recursive: true }));

async function diskWith(table: string): Promise<Buffer> {
  const image = join(folder, "disk");
  await writeFile(image, "");
  await truncate(image, DISK_BYTES);
  execFileSync(SFDISK.path, ["-q", image], { input: table });
  const content = await readFile(image);
  await rm(image);
  return content;
}

async function found(content: Uint8Array) {
  await using device = memoryDevice(content.length);
  await device.write(0, content, { fua: false });
  return partitionsOf(Volume.whole(device));
}

const GPT = `label: gpt
1: start=2048, size=20480, name="first, ünï"
3: start=40960, size=2048, type=U
`;

test("a GPT is read, its second copy when the first one is gone, and none when both are", { skip }, async () => {
  const content = await diskWith(GPT);
  const partitions = await found(content);
  assert.deepEqual(
    partitions.map(({ number, offset, length, name, type }) => [number, offset, length, name, type]),
    [
      [1, MiB, 10 * MiB, "first, ünï", "0fc63daf-8483-4772-8e79-3d69d8477de4"],
      [3, 20 * MiB, MiB, "", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"],
    ],
  );
  for (const at of [512 + 20, 1_024 + 40]) {
    const broken = Buffer.from(content);
    broken.writeUInt8(broken.readUInt8(at) ^ 1, at);
    assert.deepEqual(await found(broken), partitions);
    broken.writeUInt8(broken.readUInt8(DISK_BYTES - 500) ^ 1, DISK_BYTES - 500);
    await assert.rejects(found(broken), { code: "file-system-damaged" });
  }
  const without = Buffer.from(content)
    .fill(0, 512, 1_024)
    .fill(0, DISK_BYTES - 512);
  await assert.rejects(found(without), { code: "file-system-damaged" }, "the MBR says that there was one");
});

test("a GPT with sectors of 4 KiB is read from a disk with others", async () => {
  const content = Buffer.alloc(DISK_BYTES);
  const entries = Buffer.alloc(4 * 128);
  entries.fill(1, 128, 160);
  entries.writeBigUInt64LE(512n, 128 + 32);
  entries.writeBigUInt64LE(1_535n, 128 + 40);
  const header = content.subarray(4_096, 8_192);
  header.write("EFI PART");
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(4, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
  content.set(entries, 8_192);
  const [only] = await found(content);
  assert.deepEqual([only?.number, only?.offset, only?.length], [2, 2 * MiB, 4 * MiB]);
});

test("an MBR is read with its logical partitions, and a chain of them that has no end is damage", {
  skip,
}, async () => {
  const content = await diskWith(`label: dos
1: start=2048, size=2048, type=83
2: start=8192, size=65536, type=5
4: start=100000, size=2000, type=c
5: start=10240, size=2048, type=83
6: start=16384, size=2048, type=82
7: start=20480, size=4096, type=83
`);
  const partitions = await found(content);
  assert.deepEqual(
    partitions.map(({ number, offset, type }) => [number, offset / 512, type]),
    [
      [1, 2_048, "83"],
      [4, 100_000, "0c"],
      [5, 10_240, "83"],
      [6, 16_384, "82"],
      [7, 20_480, "83"],
    ],
  );
  // The first link of the chain leads to itself.
  const circle = Buffer.from(content);
  circle.writeUInt32LE(0, 8_192 * 512 + 446 + 16 + 8);
  await assert.rejects(found(circle), { code: "file-system-damaged" });
  const beyond = Buffer.from(content);
  beyond.writeUInt32LE(0xffff_ff00, 446 + 8);
  await assert.rejects(found(beyond), { code: "file-system-damaged" });
});

test("a disk without a table is its own only part, also when its first sector is nonsense", async () => {
  const random = seededRandom(1);
  for (let round = 0; round < 300; round += 1) {
    const content = Buffer.alloc(2 * MiB);
    content.set(random.bytes(512));
    if (round % 2 === 0) content.writeUInt16LE(0xaa55, 510);
    if (round % 3 === 0) content.write("EFI PART", 512);
    try {
      for (const { offset, length } of await found(content))
        assert.ok(offset >= 0 && offset + length <= content.length);
    } catch (error) {
      if (!isFault(error, "file-system-damaged")) throw error;
    }
  }
  await using large = memoryDevice(100 * GiB);
  assert.deepEqual(
    (await partitionsOf(Volume.whole(large))).map(({ number, length, table }) => [number, length, table]),
    [[0, 100 * GiB, "none"]],
  );
});
