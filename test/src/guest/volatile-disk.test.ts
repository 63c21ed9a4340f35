import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, KiB, seededRandom } from "@leeward/base";
import { blockDeviceSuite } from "@leeward/block/testing";
import { VolatileDisk } from "./volatile-disk.ts";

const SECTOR = 512;
const PLAIN = { fua: false } as const;

blockDeviceSuite(
  "a disk with a volatile cache",
  async ({ sizeBytes, readOnly }) => new VolatileDisk(sizeBytes, seededRandom(1), { readOnly }),
);

describe("a disk whose power fails", () => {
  test("keeps what was flushed and what was written with FUA, whatever was written before there", async () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const disk = new VolatileDisk(64 * KiB, seededRandom(seed));
      await disk.write(0, filled(4 * SECTOR, 1), PLAIN);
      await disk.flush();
      await disk.write(8 * SECTOR, filled(8 * SECTOR, 2), PLAIN);
      await disk.write(10 * SECTOR, filled(2 * SECTOR, 3), { fua: true });
      await disk.zero({ offset: 32 * SECTOR, length: SECTOR }, { fua: true });
      disk.cut();
      await disk.restore();
      assert.deepEqual(await sectors(disk, 0, 4), [1, 1, 1, 1]);
      assert.deepEqual(await sectors(disk, 10, 2), [3, 3]);
      for (const value of await sectors(disk, 8, 8)) assert.ok([0, 2, 3].includes(value));
    }
  });

  test("loses, keeps and tears what was not, each write by itself, and leaves any of several writes to a sector", async () => {
    const seen = new Set<string>();
    let torn = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const disk = new VolatileDisk(64 * KiB, seededRandom(seed));
      await disk.write(0, filled(2 * SECTOR, 1), PLAIN);
      await disk.flush();
      for (const value of [2, 3]) await disk.write(0, filled(2 * SECTOR, value), PLAIN);
      await disk.discard({ offset: 0, length: SECTOR }, PLAIN);
      disk.cut();
      const loss = await disk.restore();
      assert.equal(loss.unflushedBytes, 5 * SECTOR);
      torn += loss.tornWrites;
      seen.add((await sectors(disk, 0, 2)).join());
    }
    const expected = [0, 1, 2, 3].flatMap((first) => [1, 2, 3].map((second) => `${first},${second}`));
    assert.deepEqual([...seen].sort(), expected);
    assert.ok(torn > 0);
  });

  test("may lose what a flush covers until the flush has ended, and what came after its beginning", async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const disk = new VolatileDisk(64 * KiB, seededRandom(seed), { flushMs: 1 });
      await disk.write(0, filled(SECTOR, 1), PLAIN);
      const flush = disk.flush();
      await disk.write(0, filled(SECTOR, 2), PLAIN);
      const isWhole = seed % 2 === 0;
      if (isWhole) await flush;
      disk.cut();
      await Promise.allSettled([disk.restore(), flush]);
      seen.add(`${isWhole ? "flushed" : "cut"} ${String(await sectors(disk, 0, 1))}`);
    }
    assert.deepEqual([...seen].sort(), ["cut 0", "cut 1", "cut 2", "flushed 1", "flushed 2"]);
  });

  test("answers nobody from the cut on, refuses who still waits when it is back, and holds still then", async () => {
    const disk = new VolatileDisk(64 * KiB, seededRandom(7));
    await disk.write(0, filled(SECTOR, 9), PLAIN);
    const underWay = disk.flush();
    disk.cut();
    const calls = [underWay, disk.write(SECTOR, filled(SECTOR, 9), { fua: true }), disk.read(0, filled(SECTOR, 0))];
    let answered = 0;
    const settled = calls.map((call) => call.finally(() => (answered += 1)));
    const ended = Promise.allSettled(settled);
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    assert.equal(answered, 0);
    disk.refuse();
    await assert.rejects(disk.flush(), (error) => isFault(error, "disk-closed"));
    await disk.restore();
    for (const result of await ended) {
      assert.equal(result.status, "rejected");
      if (result.status === "rejected") assert.ok(isFault(result.reason, "disk-closed"));
    }
    assert.deepEqual(await sectors(disk, 1, 1), [0], "what was asked for behind the cut did not happen");
    assert.equal(disk.unflushedBytes, 0);
    const before = await sectors(disk, 0, 128);
    disk.cut();
    assert.deepEqual(await disk.restore(), { unflushedBytes: 0, lostBytes: 0, tornWrites: 0 });
    assert.deepEqual(await sectors(disk, 0, 128), before);
  });
});

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** Of each sector its value, when all of its bytes are the same. */
async function sectors(disk: VolatileDisk, from: number, count: number): Promise<number[]> {
  const bytes = new Uint8Array(count * SECTOR);
  await disk.read(from * SECTOR, bytes);
  return Array.from({ length: count }, (_, index) => {
    const sector = bytes.subarray(index * SECTOR, (index + 1) * SECTOR);
    const [value = -1] = sector;
    return sector.every((byte) => byte === value) ? value : -1;
  });
}
