import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../clock.ts";

export interface ClockSubject {
  readonly clock: Clock;
  /** Lets time pass while the work goes on: the simulated clock's `run`; a real one just calls it. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

const NEVER = new AbortController().signal;

/** What every Clock keeps. */
export function clockSuite(name: string, open: () => ClockSubject): void {
  test(`${name}: wall time is microseconds of this age, in whole numbers`, () => {
    const wall = open().clock.wallMicros();
    assert.equal(Number.isSafeInteger(wall), true);
    assert.equal(wall > Date.UTC(2020, 0, 1) * 1_000 && wall < Date.UTC(2100, 0, 1) * 1_000, true);
  });

  test(`${name}: monotonic time never runs backwards`, async () => {
    const { clock, run } = open();
    await run(async () => {
      let last = clock.monotonicMicros();
      for (let round = 0; round < 50; round += 1) {
        if (round % 10 === 0) await clock.sleep(1, NEVER);
        const now = clock.monotonicMicros();
        assert.equal(now >= last, true);
        last = now;
      }
    });
  });

  test(`${name}: a sleep lasts at least as long as asked, on both clocks`, async () => {
    const { clock, run } = open();
    await run(async () => {
      for (const durationMs of [0, 1, 5.5, 20]) {
        const [monotonic, wall] = [clock.monotonicMicros(), clock.wallMicros()];
        await clock.sleep(durationMs, NEVER);
        assert.equal(clock.monotonicMicros() - monotonic >= durationMs * 1_000, true);
        assert.equal(clock.wallMicros() - wall >= durationMs * 1_000 - 2_000, true);
      }
    });
  });

  test(`${name}: shorter sleeps end first`, async () => {
    const { clock, run } = open();
    const order: number[] = [];
    await run(async () => {
      const sleepers = [60, 5, 30].map((ms) => clock.sleep(ms, NEVER).then(() => order.push(ms)));
      await Promise.all(sleepers);
    });
    assert.deepEqual(order, [5, 30, 60]);
  });

  test(`${name}: an aborted sleep rejects with the signal's reason, before and during`, async () => {
    const { clock, run } = open();
    const reason = new Error("enough");
    await run(async () => {
      await assert.rejects(clock.sleep(1, AbortSignal.abort(reason)), reason);
      const controller = new AbortController();
      const sleep = clock.sleep(3_600_000, controller.signal);
      controller.abort(reason);
      await assert.rejects(sleep, reason);
    });
  });

  test(`${name}: a sleep of months does not end at once`, async () => {
    const { clock, run } = open();
    const controller = new AbortController();
    await run(async () => {
      const long = clock.sleep(90 * 86_400_000, controller.signal).then(
        () => "ended",
        () => "aborted",
      );
      await clock.sleep(20, NEVER);
      controller.abort();
      assert.equal(await long, "aborted");
    });
  });
}
