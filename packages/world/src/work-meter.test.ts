import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedClock } from "./testing/simulated-clock.ts";
import { WorkMeter } from "./work-meter.ts";

const SECOND_MS = 1_000;
const never = new AbortController().signal;

void test("the part of the last minute in which it was busy is told, pieces side by side once", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const meter = new WorkMeter(clock);
    const pieces = [
      meter.during(() => clock.sleep(10 * SECOND_MS, never)),
      meter.during(() => clock.sleep(5 * SECOND_MS, never)),
    ];
    await Promise.all(pieces);
    meter.pass(1_000, 500);
    await clock.sleep(10 * SECOND_MS, never);
    assert.deepEqual(meter.rates(), { busyFraction: 0.5, bytesPerSecond: 50, outBytesPerSecond: 25 });
  });
});

void test("what is under way counts, also over the whole minute and longer", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const meter = new WorkMeter(clock);
    meter.begin();
    await clock.sleep(20 * SECOND_MS, never);
    assert.equal(meter.rates().busyFraction, 1);
    await clock.sleep(400 * SECOND_MS, never);
    assert.equal(meter.rates().busyFraction, 1);
    meter.end();
  });
});

void test("what was done more than a minute ago does not count any more", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const meter = new WorkMeter(clock);
    await meter.during(() => clock.sleep(5 * SECOND_MS, never));
    meter.pass(600);
    await clock.sleep(30 * SECOND_MS, never);
    assert.ok(meter.rates().busyFraction > 0.1);
    await clock.sleep(66 * SECOND_MS, never);
    assert.deepEqual(meter.rates(), { busyFraction: 0, bytesPerSecond: 0, outBytesPerSecond: 0 });
  });
});
