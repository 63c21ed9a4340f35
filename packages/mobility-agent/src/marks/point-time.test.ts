import assert from "node:assert/strict";
import { test } from "node:test";
import { MICROS_PER_SECOND } from "@leeward/base";
import type { PointRecord } from "@leeward/proto";
import { crashSweep, type FileSweep, faultSweep, type SimulatedFiles, simulatedWorld } from "@leeward/world/testing";
import { NO_QUIESCE } from "../hooks/quiesce.ts";
import { MarkClock } from "./mark-clock.ts";
import { PointCoordinator } from "./point-coordinator.ts";
import { PointNumbers } from "./point-numbers.ts";
import { PointQueue } from "./point-queue.ts";
import { PointTime } from "./point-time.ts";

const FOLDER = "/home/points";
const TIMES = [1_000, 1_001, 2 ** 52];

/** How far `sweep` says that the time was kept. */
function sweepOf(kept: { micros: number }): FileSweep {
  return {
    async prepare(files) {
      await files.makeFolder(FOLDER);
      await files.syncFolder("/");
      await files.syncFolder("/home");
    },
    async work(files) {
      kept.micros = 0;
      const time = await PointTime.open(files, FOLDER);
      for (const micros of TIMES) {
        await time.keep(micros);
        kept.micros = micros;
      }
      await time.close();
    },
    async verify(files) {
      assert.ok((await timeIn(files)) >= kept.micros);
    },
  };
}

async function timeIn(files: SimulatedFiles): Promise<number> {
  const time = await PointTime.open(files, FOLDER);
  await time.close();
  return time.micros;
}

test("wherever the power fails, the process is killed, or the disk refuses, the newest time that was kept is there", async () => {
  const kept = { micros: 0 };
  await crashSweep(sweepOf(kept), { seed: 1 });
  await crashSweep(sweepOf(kept), { seed: 2, cut: "process" });
  await faultSweep(sweepOf(kept), { seed: 3 });
});

test("points go on in their order after the clock was set back while no agent ran, and everything was acknowledged", async () => {
  const world = simulatedWorld({ seed: 5 });
  await world.files.makeFolder("/home");
  const made: PointRecord[] = [];
  await world.clock.run(async () => {
    for (let start = 0; start < 3; start += 1) {
      const queue = await PointQueue.open(world, FOLDER);
      const coordinator = new PointCoordinator({
        ...world,
        machineId: "0a".repeat(16),
        marks: new MarkClock(),
        numbers: await PointNumbers.open(world.files, FOLDER),
        queue,
        epoch: () => 0,
        quiesce: NO_QUIESCE,
        disks: () => [
          {
            diskId: "0d".repeat(16),
            settleMark: async ({ number: sequence }) => ({ branch: "0b".repeat(16), sequence }),
          },
        ],
        hold: () => undefined,
      });
      for (let count = 0; count < 2; count += 1) {
        const record = await coordinator.create("crash");
        assert.ok(record !== undefined);
        made.push(record);
        await queue.acknowledge(record.number, record.validUntilMicros);
      }
      assert.deepEqual(queue.waiting(), []);
      await queue.close();
      world.clock.stepWall(-3_600 * MICROS_PER_SECOND);
    }
  });
  const times = made.map(({ timeMicros }) => timeMicros);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(times).size, 6);
});
