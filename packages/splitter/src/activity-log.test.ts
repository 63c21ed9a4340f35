import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { Files } from "@leeward/world";
import { crashSweep, simulatedFiles } from "@leeward/world/testing";
import { ActivityLog } from "./activity-log.ts";

const REGION = 4_096;
const DISK = 1_000 * REGION;

async function freshFiles() {
  const files = simulatedFiles({ random: seededRandom(1) });
  await files.makeFolder("/disk");
  await files.syncFolder("/");
  return files;
}

function open(files: Files, settle: () => Promise<void> = async () => {}, activeRegionsMax = 8): Promise<ActivityLog> {
  return ActivityLog.open({
    files,
    folder: "/disk",
    name: "activity",
    diskBytes: DISK,
    regionBytes: REGION,
    activeRegionsMax,
    whenMissing: "clear",
    settle,
  });
}

async function leftActive(files: Files): Promise<number[]> {
  await using log = await open(files);
  return [...log.leftActive()].map(({ offset }) => offset / REGION);
}

async function use(log: ActivityLog, region: number, regions = 1): Promise<void> {
  const length = regions * REGION;
  if (!log.enter(region * REGION, length)) await log.admit(region * REGION, length);
  log.leave(region * REGION, length);
}

describe("an activity log", () => {
  test("a region is durable before it may be written, and entered without a wait afterwards", async () => {
    const files = await freshFiles();
    const log = await open(files);
    assert.equal(log.enter(0, 512), false);
    await log.admit(REGION - 512, 1_024);
    assert.equal(log.enter(0, 512), true);
    assert.deepEqual(await leftActive(files.crash("none")), [0, 1]);
  });

  test("idle regions leave after disk and log were settled, and not before", async () => {
    const files = await freshFiles();
    let settled = 0;
    const log = await open(files, async () => {
      settled += 1;
    });
    await use(log, 3);
    await log.retireIdle();
    assert.equal(log.activeCount, 1, "it was used since the last look");
    await log.retireIdle();
    assert.deepEqual([log.activeCount, settled], [0, 1]);
    await log.clear();
    assert.deepEqual(await leftActive(files), []);
  });

  test("a region that is written while others settle stays", async () => {
    const files = await freshFiles();
    const settling = Promise.withResolvers<void>();
    const log = await open(files, () => settling.promise);
    await use(log, 3);
    await use(log, 4);
    await log.retireIdle();
    const retiring = log.retireIdle();
    await use(log, 4);
    assert.equal(log.enter(3 * REGION, 512), true);
    settling.resolve();
    await retiring;
    assert.equal(log.activeCount, 2, "one was used, the other is in use");
    assert.deepEqual(await leftActive(files.crash("none")), [3, 4]);
  });

  test("when settling fails, nothing leaves", async () => {
    const files = await freshFiles();
    const log = await open(files, () => Promise.reject(new RangeError("no flush")));
    await use(log, 3);
    await log.retireIdle();
    await assert.rejects(log.retireIdle(), RangeError);
    assert.equal(log.activeCount, 1);
  });

  test("no more regions are active at once than allowed; who comes waits for the idlest to leave", async () => {
    const files = await freshFiles();
    const log = await open(files);
    for (let region = 0; region < 100; region += 1) {
      await use(log, region);
      assert.ok(log.activeCount <= 8);
    }
    assert.equal(log.enter(99 * REGION, 512), true, "the newest is still there");
    assert.ok((await leftActive(files.crash("none"))).length <= 9);
  });

  test("when all are in use, who comes waits until one is free", async () => {
    const log = await open(await freshFiles());
    for (let region = 0; region < 8; region += 1) await log.admit(region * REGION, 512);
    let entered = false;
    const admit = async (): Promise<void> => {
      await log.admit(50 * REGION, 2 * REGION);
      entered = true;
    };
    const waiting = admit();
    log.leave(0, 512);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(entered, false, "two regions need two places");
    log.leave(REGION, 512);
    await waiting;
    assert.ok(log.activeCount <= 8);
  });

  test("cut off at any file operation, every region being written is active", async () => {
    const writing = new Set<number>();
    await crashSweep(
      {
        prepare: async (files) => {
          writing.clear();
          await files.makeFolder("/disk");
          await files.syncFolder("/");
        },
        work: async (files) => {
          const log = await open(files, async () => writing.clear(), 4);
          const write = async (region: number): Promise<void> => {
            if (!log.enter(region * REGION, 512)) await log.admit(region * REGION, 512);
            writing.add(region);
            log.leave(region * REGION, 512);
          };
          for (let round = 0; round < 4; round += 1) {
            await Promise.all([1, 2, 3].map((each) => write(10 * round + each)));
            await log.retireIdle();
          }
        },
        verify: async (files) => {
          const active = new Set(await leftActive(files));
          for (const region of writing) assert.ok(active.has(region), `region ${region} is missing`);
        },
      },
      { seed: 3 },
    );
  });
});
