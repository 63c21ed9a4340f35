import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, KiB, seededRandom } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import { crashSweep, simulatedFiles } from "@leeward/world/testing";
import {
  boundedSet,
  type ReverseRecord,
  readReverseRecord,
  removeReverseRecord,
  writeReverseRecord,
} from "./reverse-record.ts";

const FOLDER = "/disk";
const PATH = `${FOLDER}/reverse/record`;
const RECORD: ReverseRecord = {
  id: "01".repeat(16),
  plan: { failoverId: "02".repeat(16), branch: "03".repeat(16), sequence: 7, whole: false },
  method: "set",
  written: true,
  identity: "block-device 7:1",
  lasting: "",
  diskBytes: 2 ** 40,
  witness: null,
  comparedBytes: 2 ** 40,
  told: 12,
  halted: false,
  sequence: 9,
  complete: false,
  broughtBytes: 5,
  left: ExtentSet.of([
    { offset: 0, length: 512 },
    { offset: 2 ** 39, length: 2 ** 33 },
  ]),
};

function plain({ left, ...record }: ReverseRecord): unknown {
  return { ...record, left: [...left] };
}

async function folderOf(files: ReturnType<typeof simulatedFiles>): Promise<void> {
  await files.makeFolder(FOLDER);
  await files.syncFolder("/");
}

describe("a reverse record", () => {
  test("is read as it was written, with as many extents as there are, and is gone when it is removed", async () => {
    const files = simulatedFiles({ random: seededRandom(1) });
    await folderOf(files);
    assert.equal(await readReverseRecord(files, FOLDER), undefined);
    await removeReverseRecord(files, FOLDER);
    const many = ExtentSet.of(Array.from({ length: 3_000 }, (_, index) => ({ offset: index * 1_024, length: 512 })));
    for (const record of [
      RECORD,
      { ...RECORD, left: many, complete: true, witness: "as it is" },
      { ...RECORD, left: new ExtentSet(), method: "compared" as const },
    ]) {
      await writeReverseRecord(files, FOLDER, record);
      const found = await readReverseRecord(files, FOLDER);
      assert.deepEqual(found && plain(found), plain(record));
    }
    await removeReverseRecord(files, FOLDER);
    assert.equal(await readReverseRecord(files, FOLDER), undefined);
  });

  test("is the one before or the new one after a loss of power at any operation", async () => {
    const next = { ...RECORD, told: 13, left: ExtentSet.of([{ offset: 4_096, length: 4_096 }]) };
    await crashSweep(
      {
        prepare: async (files) => {
          await folderOf(files);
          await writeReverseRecord(files, FOLDER, RECORD);
        },
        work: (files) => writeReverseRecord(files, FOLDER, next),
        verify: async (files, { done }) => {
          const found = await readReverseRecord(files, FOLDER);
          assert.ok(found !== undefined);
          assert.deepEqual(plain(found), plain(found.told === 13 ? next : RECORD));
          if (done) assert.equal(found.told, 13);
        },
      },
      { seed: 2 },
    );
  });

  test("that is cut off, or of which any byte is another, is damaged and says so", async () => {
    const files = simulatedFiles({ random: seededRandom(3) });
    await folderOf(files);
    await writeReverseRecord(files, FOLDER, RECORD);
    const { sizeBytes = 0 } = (await files.status(PATH)) ?? {};
    const rejects = (what: string) =>
      assert.rejects(readReverseRecord(files, FOLDER), (error) => isFault(error, "reverse-record-damaged"), what);
    for (let at = 0; at < sizeBytes; at += 1) {
      files.rot(PATH, at);
      await rejects(`byte ${at}`);
      await writeReverseRecord(files, FOLDER, RECORD);
    }
    for (let length = sizeBytes - 1; length >= 0; length -= 1) {
      await using handle = await files.open(PATH, "update");
      await handle.truncate(length);
      await rejects(`${length} bytes`);
    }
  });

  test("takes a set of any size: what is too fine is made coarser, and never less", () => {
    const set = new ExtentSet();
    for (let index = 0; index < 1_000; index += 1) set.add({ offset: index * 12 * KiB, length: 512 });
    const sizeBytes = 999 * 12 * KiB + 512;
    const bounded = boundedSet(set, sizeBytes, 100);
    assert.ok(bounded.count <= 100);
    for (const extent of set) assert.ok(bounded.covers(extent));
    for (const { offset, length } of bounded) assert.ok(offset + length <= sizeBytes);
    assert.equal(boundedSet(set, sizeBytes, 1_000), set, "what fits stays as it is");
  });
});
