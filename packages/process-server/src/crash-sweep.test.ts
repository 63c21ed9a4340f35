import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import { TestHouse } from "./testing/test-house.ts";

/** Plays a few intervals; at the server's file operation `at` its power is cut, and it starts again. Says whether it came to that. */
async function playWithCrash(at: number): Promise<boolean> {
  const house = new TestHouse({ seed: 7 + at, diskCount: 2 });
  let crashed = false;
  await house.play(async () => {
    house.crashAt(at, () => (crashed = true));
    house.start();
    for (let number = 1; number <= 3; number += 1) {
      logInterval(house, number);
      await house.sleep(150);
    }
    await house.untilJournaled();
    logInterval(house, 4);
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    await house.until(() => house.agent.points.length === 0);
    assert.deepEqual(house.target.points.map(({ number }) => number).sort(), [1, 2, 3, 4]);
  });
  return crashed;
}

test("wherever the power fails, the target still gets each sequence once, and retries have the same bytes", async () => {
  let at = 1;
  for (; ; at += 1) {
    try {
      if (!(await playWithCrash(at))) break;
    } catch (cause) {
      throw new Error(`crash at operation ${at}`, { cause });
    }
  }
  assert.ok(at > 200, `${at} operations`);
});
