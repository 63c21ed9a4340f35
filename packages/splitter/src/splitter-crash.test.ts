import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SplitterLife, type StopScenario, secondStop, slowRig, stopAt, stopsAt, sweepStops } from "./testing/index.ts";

const DISK = 128 << 10;

interface Scenario extends StopScenario {
  /** The whole disk is copied first, from content that was there before. */
  readonly initial?: boolean;
}

/** Runs the scenario; returns whether the stop came, false once `at` lies behind all calls. */
async function runs(scenario: Scenario): Promise<boolean> {
  const { seed, at, how, again, initial = false } = scenario;
  const life = new SplitterLife({ seed, diskBytes: DISK, initial, ...scenario.rig });
  const { rig } = life;
  return await rig.clock.run(async () => {
    const stopped = await stopsAt(rig, { how, calls: at }, async (signal) => {
      const splitter = await rig.open();
      await life.work(splitter, 20, signal);
      await life.close(splitter);
    });
    if (!stopped) return false;
    life.workload.stopped(how);
    if (again !== undefined) {
      const other = secondStop(scenario);
      if (await stopsAt(rig, { how: other, calls: again }, async () => void (await rig.open())))
        life.workload.stopped(other);
    }
    const splitter = await rig.open();
    await life.check(splitter);
    await life.work(splitter, 8);
    await life.close(splitter);
    const last = await rig.open();
    await life.check(last);
    assert.equal(
      last.facts().writtenSequence,
      life.target.last,
      `a clean stop leaves nothing to read again after ${how}`,
    );
    await last.close();
    return true;
  });
}

describe("after a stop", () => {
  test("killed at any call, the replica equals the disk, and every point stands", async () => {
    const calls = await sweepStops(runs, (at) => ({ at, seed: 1_000 + at, how: "kill" }));
    assert.ok(calls > 100, `${calls} calls`);
  });

  test("without power at any call, the same, and what a FLUSH or FUA acknowledged is there", async () => {
    await sweepStops(runs, (at) => ({ at, seed: 2_000 + at, how: "crash" }));
  });

  test("the same when every call takes its time and overtakes others", async () => {
    await sweepStops(runs, (at) => ({ at, seed: 3_000 + at, how: stopAt(at), rig: slowRig(at) }));
  });

  test("the same when the log is too small, and changes go to the bitmap and back", async () => {
    const limits = { logBytesMax: 96 << 10, logFileBytesMax: 12 << 10 };
    await sweepStops(runs, (at) => ({ at, seed: 4_000 + at, how: stopAt(at), rig: { ...slowRig(at), limits } }));
  });

  test("the same when the whole disk is being copied for the first time", async () => {
    await sweepStops(runs, (at) => ({ at, seed: 5_000 + at, how: stopAt(at), initial: true, rig: slowRig(at) }));
  });

  test("the same when the recovery is stopped too", async () => {
    await sweepStops(runs, (at) => ({
      at,
      seed: 6_000 + at,
      how: stopAt(at),
      again: 1 + (at % 60),
      rig: slowRig(at),
    }));
  });
});
