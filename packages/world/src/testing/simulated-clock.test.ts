import assert from "node:assert/strict";
import { test } from "node:test";
import { mortalClock } from "./mortal-clock.ts";
import { simulatedClock } from "./simulated-clock.ts";

const NEVER = new AbortController().signal;

test("a year passes at once, and time is exact", async () => {
  const clock = simulatedClock();
  const start = clock.wallMicros();
  await clock.run(() => clock.sleep(365 * 86_400_000, NEVER));
  assert.equal(clock.wallMicros() - start, 365 * 86_400_000_000);
  assert.equal(clock.monotonicMicros(), 365 * 86_400_000_000);
});

test("timers of one moment fire in the order of their creation, and all that follows from one comes before the next", async () => {
  const clock = simulatedClock();
  const trace: string[] = [];
  await clock.run(async () => {
    const each = async (name: string): Promise<void> => {
      await clock.sleep(5, NEVER);
      trace.push(`${name} woke`);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      trace.push(`${name} done`);
    };
    await Promise.all([each("a"), each("b"), each("c")]);
  });
  assert.deepEqual(trace, ["a woke", "a done", "b woke", "b done", "c woke", "c done"]);
});

test("many timers fire by time, and those taken back do not", async () => {
  const clock = simulatedClock();
  const fired: number[] = [];
  const delays = Array.from({ length: 500 }, (_, index) => (index * 7919) % 499);
  const cancels = delays.map((delay) => clock.schedule(delay, () => fired.push(delay)));
  const kept = delays.filter((_, index) => index % 3 !== 0);
  for (const [index, cancel] of cancels.entries()) if (index % 3 === 0) cancel();
  await clock.advance(1);
  assert.deepEqual(
    fired,
    kept.sort((one, other) => one - other),
  );
});

test("a simulation that can only wait for ever says so", async () => {
  const clock = simulatedClock();
  await clock.run(() => clock.sleep(3, NEVER));
  const stuck = clock.run(() => new Promise(() => {}));
  await assert.rejects(stuck, { name: "AssertionFailure", message: /stands still at 3000 µs/ });
  await clock.run(async () => {});
});

test("what the work throws reaches the caller", async () => {
  const clock = simulatedClock();
  const failing = clock.run(async () => {
    await clock.sleep(1, NEVER);
    throw new Error("from inside");
  });
  await assert.rejects(failing, { message: "from inside" });
});

test("advance stops at its moment and leaves later timers", async () => {
  const clock = simulatedClock();
  const fired: string[] = [];
  clock.schedule(1_000, () => fired.push("1 ms"));
  clock.schedule(2_001, () => fired.push("after 2 ms"));
  await clock.advance(2);
  assert.deepEqual(fired, ["1 ms"]);
  assert.equal(clock.monotonicMicros(), 2_000);
  await clock.advance(1);
  assert.deepEqual(fired, ["1 ms", "after 2 ms"]);
});

test("a step of the wall clock moves nothing else", async () => {
  const clock = simulatedClock({ startMicros: 1_800_000_000_000_000 });
  clock.stepWall(-3_600_000_000);
  assert.equal(clock.wallMicros(), 1_799_996_400_000_000);
  assert.equal(clock.monotonicMicros(), 0);
});

test("time stands still while work outside is held", async () => {
  const clock = simulatedClock();
  const order: string[] = [];
  await clock.run(async () => {
    clock.schedule(1, () => order.push("timer"));
    await clock.hold(new Promise((resolve) => setTimeout(resolve, 20)));
    order.push("outside");
    await clock.sleep(1, NEVER);
  });
  assert.deepEqual(order, ["outside", "timer"]);
});

test("a dead process does not wake", async () => {
  const clock = simulatedClock();
  const own = mortalClock(clock);
  let woke = 0;
  const controller = new AbortController();
  const wake = (): void => void (woke += 1);
  void own.sleep(5, NEVER).then(wake, wake);
  void own.sleep(50, controller.signal).then(wake, wake);
  await clock.advance(1);
  own.die();
  controller.abort();
  await clock.advance(100);
  void own.sleep(1, NEVER).then(wake, wake);
  await clock.advance(100);
  assert.equal(woke, 0);
});
