import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { PointRecord } from "@leeward/proto";
import { crashSweep, simulatedFiles } from "@leeward/world/testing";
import { PointStore } from "./point-store.ts";

const FOLDER = "/home/points";
const MACHINE = "a".repeat(32);
const OTHER = "b".repeat(32);

function point(number: number, validUntilMicros = number * 10, machineId = MACHINE): PointRecord {
  return {
    id: `point-${number}`,
    machineId,
    number,
    timeMicros: number * 10,
    validUntilMicros,
    kind: "auto",
    consistency: "crash",
    epoch: 1,
    members: [{ diskId: "d".repeat(32), branch: "e".repeat(32), sequence: number }],
    missingDiskIds: [],
  };
}

function numbersOf(store: PointStore, machineId = MACHINE): string[] {
  return store.pendingOf(machineId).map((each) => `${each.number}@${each.validUntilMicros}`);
}

test("points wait until they are stored, over restarts, each machine for itself", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const store = await PointStore.open(files, FOLDER);
  await store.put(point(1));
  await store.put(point(2));
  await store.put(point(1, 10, OTHER));
  const again = await PointStore.open(files.kill(), FOLDER);
  assert.deepEqual(numbersOf(again), ["1@10", "2@20"]);
  assert.deepEqual(again.pendingOf(MACHINE)[1], point(2));
  await again.settle({ machineId: MACHINE, number: 1, validUntilMicros: 10 });
  assert.deepEqual([numbersOf(again), numbersOf(again, OTHER)], [["2@20"], ["1@10"]]);
});

test("a later validity replaces the earlier one, and an answer to the earlier one does not settle it", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const store = await PointStore.open(files, FOLDER);
  assert.equal(await store.put(point(1, 10)), true);
  assert.equal(await store.put(point(1, 30)), true);
  assert.equal(await store.put(point(1, 20)), false);
  await store.settle({ machineId: MACHINE, number: 1, validUntilMicros: 10 });
  assert.deepEqual(numbersOf(store), ["1@30"]);
  assert.deepEqual(numbersOf(await PointStore.open(files.kill(), FOLDER)), ["1@30"]);
});

test("a machine that is dropped leaves nothing behind", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const store = await PointStore.open(files, FOLDER);
  await store.put(point(1));
  await store.drop(MACHINE);
  assert.deepEqual(await files.list(FOLDER), []);
  assert.equal(await store.put(point(2)), true);
  assert.deepEqual(numbersOf(store), ["2@20"]);
});

test("wherever the power fails, a point that was put is there, and the file goes on from where it is whole", async () => {
  let put = 0;
  await crashSweep(
    {
      async prepare(files) {
        await files.makeFolder(FOLDER);
        await files.syncFolder("/");
        await files.syncFolder("/home");
      },
      async work(files) {
        put = 0;
        const store = await PointStore.open(files, FOLDER);
        for (const number of [1, 2, 3]) {
          await store.put(point(number));
          put = number;
        }
      },
      async verify(files) {
        const store = await PointStore.open(files, FOLDER);
        assert.ok(store.pendingOf(MACHINE).length >= put);
        await store.put(point(9));
        const again = await PointStore.open(files.kill(), FOLDER);
        assert.deepEqual(again.pendingOf(MACHINE), [...store.pendingOf(MACHINE)]);
      },
    },
    { seed: 3 },
  );
});
