import assert from "node:assert/strict";
import { test } from "node:test";
import { fileFault } from "@leeward/world";
import { type FileOperation, FULL, SAMPLE, SAMPLE_NOTE } from "@leeward/world/testing";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import { TestHouse } from "./testing/test-house.ts";

/** Operations that leave something behind: at these a crash or a refusal makes a difference. */
const CHANGING = new Set<FileOperation["kind"]>([
  "open",
  "makeFolder",
  "rename",
  "remove",
  "removeFolder",
  "syncFolder",
  "write",
  "datasync",
  "truncate",
]);

/** Every how many operations one is hit. */
const STEP = FULL ? 1 : 19;

interface Sweep {
  readonly hit: (house: TestHouse, operation: FileOperation) => void;
  /** Begins to count when agents can connect: a server that cannot start is started again by whoever started it. */
  readonly onceStarted?: boolean;
}

/** Plays a few intervals with something done at the server's changing operation `at`. Says whether it came to that. */
async function play(at: number, { hit, onceStarted = false }: Sweep): Promise<boolean> {
  const house = new TestHouse({ seed: 7 + at, diskCount: 2 });
  let count = 0;
  await house.play(async () => {
    if (onceStarted) {
      house.start();
      await house.until(() => house.status !== undefined);
    }
    house.files.onOperation = (operation) => {
      if (!CHANGING.has(operation.kind)) return;
      count += 1;
      if (count === at) hit(house, operation);
    };
    if (!onceStarted) house.start();
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
  return count >= at;
}

/** Plays with `hit` at one changing operation after another, until there is none left. */
async function sweep(how: Sweep): Promise<number> {
  for (let at = 1 + (FULL ? 0 : SAMPLE % STEP); ; at += STEP) {
    try {
      if (!(await play(at, how))) return at - 1;
    } catch (cause) {
      throw new Error(`at changing operation ${at} (${SAMPLE_NOTE})`, { cause });
    }
  }
}

test("wherever the power fails, the target still gets each sequence once, and retries have the same bytes", async () => {
  const operations = await sweep({ hit: (house) => house.crash("power") });
  assert.ok(operations > 80, `${operations} operations`);
});

test("a second loss of power while it starts again is only that", async () => {
  const hit = (house: TestHouse): void =>
    house.crash("power", () => {
      let left = 1 + (house.files.operations % 23);
      house.files.onOperation = ({ kind }) => {
        if (!CHANGING.has(kind)) return;
        left -= 1;
        if (left === 0) house.crash("power");
      };
    });
  await sweep({ hit });
});

test("wherever the process is killed, it goes on from what it had written", async () => {
  await sweep({ hit: (house) => house.crash("process") });
});

test("whichever single operation the disk refuses, the work goes on and nothing is lost", async () => {
  const hit = (_house: TestHouse, { path }: FileOperation): never => {
    throw fileFault("EIO", path);
  };
  await sweep({ hit, onceStarted: true });
});
