import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import { delayedDevice } from "@leeward/block/testing";
import { FULL, SAMPLE, SAMPLE_NOTE } from "@leeward/world/testing";
import { type RigOptions, SplitterLife, stopsAt } from "./testing/index.ts";

const DISK = 128 << 10;

type Stop = "kill" | "crash";

interface Scenario {
  readonly seed: number;
  /** Which call to files or disk is hit. */
  readonly at: number;
  readonly how: Stop;
  readonly rig?: Partial<RigOptions>;
  /** The whole disk is copied first, from content that was there before. */
  readonly initial?: boolean;
  /** A second stop hits the recovery of the first, so many calls after it began. */
  readonly again?: number;
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
      // The power may fail just after a process was killed, and the other way round.
      const other = at % 2 === 0 ? how : how === "kill" ? "crash" : "kill";
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

/** Every how many calls one is hit; odd, so that both kinds of stop come. */
const STEP = FULL ? 1 : 23;

async function sweep(make: (at: number) => Omit<Scenario, "at">): Promise<number> {
  for (let at = 1 + (FULL ? 0 : SAMPLE % STEP); ; at += STEP) {
    const scenario = { ...make(at), at };
    try {
      if (!(await runs(scenario))) return at;
    } catch (cause) {
      throw new Error(
        `${JSON.stringify(scenario)} (${SAMPLE_NOTE}): ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          cause,
        },
      );
    }
  }
}

/** Files and disk take their time, each call its own. */
function slow(seed: number): Partial<RigOptions> {
  const random = seededRandom(seed);
  return { latencyMicrosMax: 2_000, wrap: (device, clock) => delayedDevice(device, clock, () => random.below(8)) };
}

describe("after a stop", () => {
  test("killed at any call, the replica equals the disk, and every point stands", async () => {
    const calls = await sweep((at) => ({ seed: 1_000 + at, how: "kill" }));
    assert.ok(calls > 100, `${calls} calls`);
  });

  test("without power at any call, the same, and what a FLUSH or FUA acknowledged is there", async () => {
    await sweep((at) => ({ seed: 2_000 + at, how: "crash" }));
  });

  test("the same when every call takes its time and overtakes others", async () => {
    await sweep((at) => ({ seed: 3_000 + at, how: at % 2 === 0 ? "kill" : "crash", rig: slow(at) }));
  });

  test("the same when the log is too small, and changes go to the bitmap and back", async () => {
    const limits = { logBytesMax: 96 << 10, logFileBytesMax: 12 << 10 };
    await sweep((at) => ({ seed: 4_000 + at, how: at % 2 === 0 ? "kill" : "crash", rig: { ...slow(at), limits } }));
  });

  test("the same when the whole disk is being copied for the first time", async () => {
    await sweep((at) => ({ seed: 5_000 + at, how: at % 2 === 0 ? "kill" : "crash", initial: true, rig: slow(at) }));
  });

  test("the same when the recovery is stopped too", async () => {
    await sweep((at) => ({
      seed: 6_000 + at,
      how: at % 2 === 0 ? "kill" : "crash",
      again: 1 + (at % 60),
      rig: slow(at),
    }));
  });
});
