import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { PointSchedule } from "./point-schedule.ts";

const NEVER = new AbortController().signal;
const INTERVAL_MS = 10_000;

/** When points were made, in seconds, of a schedule that ran while `scenario` did. */
async function madeDuring(
  scenario: (rig: {
    schedule: PointSchedule;
    sleep: (ms: number) => Promise<void>;
    want: (is: boolean) => void;
  }) => Promise<void>,
  make: () => void = () => {},
): Promise<number[]> {
  const clock = simulatedClock();
  const made: number[] = [];
  let wanted = true;
  const schedule = new PointSchedule({
    clock,
    intervalMs: () => INTERVAL_MS,
    isWanted: () => wanted,
    make: async () => {
      made.push(clock.monotonicMicros() / 1e6);
      make();
    },
  });
  await clock.run(async () => {
    const stop = new AbortController();
    const running = schedule.run(stop.signal).catch((error: unknown) => assert.equal(error, stop.signal.reason));
    await scenario({
      schedule,
      sleep: (ms) => clock.sleep(ms, NEVER),
      want: (is) => {
        wanted = is;
      },
    });
    stop.abort();
    await running;
  });
  return made;
}

describe("a point schedule", () => {
  test("makes a point at each interval, and none while there is nothing to make it of", async () => {
    const made = await madeDuring(async ({ sleep, want }) => {
      await sleep(25_000);
      want(false);
      await sleep(20_000);
      want(true);
      await sleep(10_000);
    });
    assert.deepEqual(made, [10, 20, 50]);
  });

  test("makes one at once when a disk became whole, and goes on from there", async () => {
    const made = await madeDuring(async ({ schedule, sleep }) => {
      await sleep(3_000);
      schedule.becameWhole();
      await sleep(10_500);
    });
    assert.deepEqual(made, [3, 13]);
  });

  test("tries again at the next interval when a point could not be made", async () => {
    const made = await madeDuring(
      ({ sleep }) => sleep(25_000),
      () => {
        throw new Fault({ code: "points-too-many", kind: "transient", message: "No room." });
      },
    );
    assert.deepEqual(made, [10, 20]);
  });
});
