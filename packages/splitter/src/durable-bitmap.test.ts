import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { Files } from "@leeward/world";
import { crashSweep, faultSweep, simulatedFiles } from "@leeward/world/testing";
import * as fc from "fast-check";
import { isWhole, SECTOR_BYTES } from "./bitmap-sector.ts";
import { DurableBitmap } from "./durable-bitmap.ts";

const REGION = 4_096;
/** More regions than one sector holds. */
const REGIONS = 10_000;

function open(files: Files, options: { regions?: number; whenMissing?: "clear" | "set" } = {}): Promise<DurableBitmap> {
  const { regions = REGIONS, whenMissing = "clear" } = options;
  return DurableBitmap.open({
    files,
    folder: "/disk",
    name: "bitmap",
    regionBytes: REGION,
    diskBytes: regions * REGION,
    whenMissing,
  });
}

function setRegions(bitmap: DurableBitmap): number[] {
  const found: number[] = [];
  for (let region = bitmap.nextSet(0); region !== undefined; region = bitmap.nextSet(region + 1)) found.push(region);
  return found;
}

async function freshFiles(seed = 1) {
  const files = simulatedFiles({ random: seededRandom(seed) });
  await files.makeFolder("/disk");
  await files.syncFolder("/");
  return files;
}

describe("a durable bitmap", () => {
  test("a sector of zeroes alone is not a valid one", () => {
    assert.equal(isWhole(new Uint8Array(SECTOR_BYTES)), false);
  });

  test("what was set and made durable is there after a loss of power, and what was cleared and written is not", async () => {
    const files = await freshFiles();
    const bitmap = await open(files);
    await bitmap.mark([0, 4_063, 4_064, REGIONS - 1]);
    bitmap.clear(4_063);
    await bitmap.mark([7]);
    await using again = await open(files.crash("none"));
    assert.deepEqual(setRegions(again), [0, 7, 4_064, REGIONS - 1]);
    assert.equal(again.setCount, 4);
  });

  test("what was written survives a kill without any sync", async () => {
    const files = await freshFiles();
    const bitmap = await open(files);
    bitmap.set(5);
    await bitmap.written();
    await using again = await open(files.kill());
    assert.deepEqual(setRegions(again), [5]);
  });

  test("what a killed process had only written is durable after the next sync", async () => {
    const files = await freshFiles();
    const bitmap = await open(files);
    bitmap.set(5);
    await bitmap.written();
    const survivor = files.kill();
    const again = await open(survivor);
    await again.sync();
    await using last = await open(survivor.crash("none"));
    assert.deepEqual(setRegions(last), [5]);
  });

  test("a missing file is clear or all set, as its owner says", async () => {
    await using clear = await open(await freshFiles());
    assert.equal(clear.setCount, 0);
    await using set = await open(await freshFiles(), { whenMissing: "set" });
    assert.equal(set.setCount, REGIONS);
  });

  test("a flipped bit makes its sector read as all set, in the head everything", async () => {
    for (const [position, expected] of [
      [SECTOR_BYTES + 100, 4_064],
      [2 * SECTOR_BYTES + 511, 4_064],
      [20, REGIONS],
    ] as const) {
      const files = await freshFiles(position);
      await using bitmap = await open(files);
      await bitmap.sync();
      files.rot("/disk/bitmap", position);
      await using again = await open(files);
      assert.equal(again.setCount, expected);
    }
  });

  test("growing keeps what is set, and the new regions are clear", async () => {
    const files = await freshFiles();
    {
      await using bitmap = await open(files, { regions: 10 });
      await bitmap.mark([3, 9]);
    }
    await using grown = await open(files);
    assert.deepEqual(setRegions(grown), [3, 9]);
    await grown.mark([REGIONS - 1]);
    await using again = await open(files.crash("none"));
    assert.deepEqual(setRegions(again), [3, 9, REGIONS - 1]);
  });

  test("a datasync that failed is made up for by the next one", async () => {
    const files = await freshFiles();
    const bitmap = await open(files);
    let failing = true;
    files.onOperation = ({ kind }) => {
      if (kind === "datasync" && failing) throw new TypeError("refused");
    };
    await assert.rejects(bitmap.mark([11]), TypeError);
    failing = false;
    assert.equal(bitmap.unsynced, true);
    await bitmap.sync();
    await using again = await open(files.crash("none"));
    assert.deepEqual(setRegions(again), [11]);
  });

  test("it is a set of regions, however changes and syncs interleave", async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), region: fc.nat(REGIONS - 1) }),
      fc.record({ kind: fc.constant("clear" as const), region: fc.nat(REGIONS - 1) }),
      fc.record({ kind: fc.constant("sync" as const), region: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
        const files = await freshFiles();
        const bitmap = await open(files);
        const model = new Set<number>();
        const syncs: Promise<void>[] = [];
        for (const { kind, region } of changes) {
          if (kind === "sync") syncs.push(bitmap.sync());
          else if (kind === "set") {
            bitmap.set(region);
            model.add(region);
          } else {
            bitmap.clear(region);
            model.delete(region);
          }
        }
        await Promise.all([...syncs, bitmap.sync()]);
        await using again = await open(files.crash("none"));
        assert.deepEqual(
          setRegions(again),
          [...model].sort((a, b) => a - b),
        );
        assert.equal(again.setCount, model.size);
      }),
      { numRuns: 50 },
    );
  });

  test("cut off at any file operation, nothing that was made durable is missing", async () => {
    let durable: number[] = [];
    const operations = await crashSweep(
      {
        prepare: async (files) => {
          durable = [];
          await files.makeFolder("/disk");
          await files.syncFolder("/");
        },
        work: async (files) => {
          const bitmap = await open(files, { regions: 20 });
          await bitmap.mark([1, 19]);
          durable = [1, 19];
          await bitmap[Symbol.asyncDispose]();
          const grown = await open(files, { regions: 9_000 });
          await grown.mark([4_000, 8_999]);
          durable = [1, 19, 4_000, 8_999];
          grown.clear(1);
          durable = [19, 4_000, 8_999];
          await Promise.all([grown.mark([5_000]), grown.mark([6_000])]);
          durable = [19, 4_000, 5_000, 6_000, 8_999];
        },
        verify: async (files) => {
          await using bitmap = await open(files, { regions: 9_000 });
          for (const region of durable) assert.ok(bitmap.has(region), `region ${region} is missing`);
        },
      },
      { seed: 1 },
    );
    assert.ok(operations > 15);
  });

  test("with any one file operation refused, nothing that was made durable is missing", async () => {
    let durable: number[] = [];
    await faultSweep(
      {
        prepare: async (files) => {
          durable = [];
          await files.makeFolder("/disk");
          await files.syncFolder("/");
        },
        work: async (files) => {
          await using bitmap = await open(files);
          for (const regions of [[1, 5_000], [2], [9_999]]) {
            try {
              await bitmap.mark(regions);
            } catch (error) {
              if (!isFault(error)) throw error;
              await bitmap.sync();
            }
            durable = [...durable, ...regions];
          }
        },
        verify: async (files) => {
          await using bitmap = await open(files.crash("none"));
          for (const region of durable) assert.ok(bitmap.has(region), `region ${region} is missing`);
        },
      },
      { seed: 2, rounds: 2 },
    );
  });
});
