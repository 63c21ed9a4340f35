import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelDisk } from "./testing/model-disk.ts";
import { type AgentDisk, DISK_BYTES } from "./testing/scripted-agent.ts";
import { TestHouse } from "./testing/test-house.ts";

const NEVER = new AbortController().signal;

/** Everything that the agent logged is at the target, once, without holes, and has the effect that it had at the source. */
function assertSame(house: TestHouse, disk: AgentDisk): void {
  const branch = house.target.branch(disk.branch);
  let next = 1;
  for (const { from, to } of branch.segments) {
    assert.equal(from, next);
    next = to + 1;
  }
  const model = new ModelDisk(DISK_BYTES);
  model.applyAll(disk.records.slice(0, branch.position));
  assert.ok(Buffer.from(model.bytes).equals(branch.disk.bytes), "the target's disk is the source's");
}

/** Logs a few frames and a mark on every disk, and the point that stands on them. */
function logInterval(house: TestHouse, number: number): void {
  for (const disk of house.disks) {
    disk.logSome();
    disk.logSome();
  }
  house.agent.addPoint(number, house.disks.map((disk) => ({ disk, sequence: disk.logMark(number) })));
}

test("what agents log arrives at the target: cut at marks, each sequence once, with the same effect", async () => {
  const house = new TestHouse({ seed: 1, diskCount: 3 });
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 10; number += 1) {
      logInterval(house, number);
      await house.clock.sleep(200, NEVER);
    }
    await house.untilJournaled();
    for (const disk of house.disks) {
      assertSame(house, disk);
      const { segments } = house.target.branch(disk.branch);
      assert.equal(segments.length, 10);
      for (const { to, footer } of segments) {
        assert.deepEqual(footer.marks.map(({ sequence }) => sequence), [to], "a cut ends with its mark");
      }
      assert.equal(disk.cached, disk.last);
    }
    await house.until(() => house.agent.points.length === 0);
    assert.deepEqual(house.target.points.map(({ number }) => number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

/** Plays a few intervals; at the server's file operation `at` its power is cut, and it starts again. Says whether it came to that. */
async function playWithCrash(at: number): Promise<boolean> {
  const house = new TestHouse({ seed: 7 + at, diskCount: 2 });
  let crashed = false;
  await house.play(async () => {
    house.crashAt(at, () => (crashed = true));
    house.start();
    for (let number = 1; number <= 3; number += 1) {
      logInterval(house, number);
      await house.clock.sleep(150, NEVER);
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
