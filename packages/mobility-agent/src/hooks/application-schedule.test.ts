import assert from "node:assert/strict";
import { test } from "node:test";
import { Waiters } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { keepApplicationPoints } from "./application-schedule.ts";

const HOUR_MS = 3_600_000;

test("points come a minute after the start, then at their interval; sooner again when one could not be made; none while it is 0", async () => {
  const clock = simulatedClock();
  const plan = new Waiters();
  const stop = new AbortController();
  const made: number[] = [];
  let [intervalMs, canBeMade] = [0, true];
  const running = keepApplicationPoints(
    {
      clock,
      intervalMs: () => intervalMs,
      changed: () => plan.next(),
      make: async () => {
        made.push(Math.round(clock.monotonicMicros() / 1_000));
        return canBeMade;
      },
    },
    stop.signal,
  );
  const pass = async (durationMs: number): Promise<number[]> => {
    const beganMs = Math.round(clock.monotonicMicros() / 1_000);
    await clock.advance(durationMs);
    return made.splice(0).map((atMs) => atMs - beganMs);
  };
  assert.deepEqual(await pass(10 * HOUR_MS), []);
  intervalMs = HOUR_MS;
  plan.notify();
  assert.deepEqual(await pass(2 * HOUR_MS), [60_000, HOUR_MS + 60_000]);
  plan.notify();
  canBeMade = false;
  assert.deepEqual(await pass(120_000), [60_000, 120_000], "a plan that says the same changes nothing");
  canBeMade = true;
  assert.deepEqual(await pass(HOUR_MS), [60_000]);
  intervalMs = 60_000;
  plan.notify();
  assert.deepEqual((await pass(120_000)).length, 3, "one that is due by the new interval is made at once");
  intervalMs = 0;
  plan.notify();
  assert.deepEqual(await pass(HOUR_MS), []);
  stop.abort();
  await assert.rejects(running, { name: "AbortError" });
});
