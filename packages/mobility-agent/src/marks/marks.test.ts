import assert from "node:assert/strict";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { Mark } from "@leeward/proto";
import { type Clock, nodeClock, nodeFiles } from "@leeward/world";
import { simulatedClock } from "@leeward/world/testing";
import { NO_QUIESCE, type Quiesce } from "../hooks/quiesce.ts";
import { MarkClock } from "./mark-clock.ts";
import { type MarkedDisk, PointCoordinator } from "./point-coordinator.ts";
import { PointNumbers } from "./point-numbers.ts";
import { PointQueue } from "./point-queue.ts";

const files = nodeFiles({ io: "inline" });
const A = "aa".repeat(16);
const B = "bb".repeat(16);
const BRANCH = "cc".repeat(16);
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-marks-"));
});
after(() => rm(folder, { recursive: true }));

async function coordinatorWith(
  disks: MarkedDisk[],
  name: string,
  quiesce: Quiesce = NO_QUIESCE,
  clock: Clock = nodeClock,
) {
  const marks = new MarkClock();
  const queue = await PointQueue.open({ clock, files }, `${folder}/${name}`);
  const coordinator = new PointCoordinator({
    clock,
    random: seededRandom(1),
    machineId: "0a".repeat(16),
    marks,
    numbers: await PointNumbers.open(files, `${folder}/${name}`),
    queue,
    epoch: () => 3,
    disks: () => disks,
    hold: () => undefined,
    quiesce,
  });
  return { marks, queue, coordinator };
}

function diskAt(diskId: string, place: { sequence: number } | undefined): MarkedDisk {
  return {
    diskId,
    settleMark: async () => (place === undefined ? undefined : { branch: BRANCH, sequence: place.sequence }),
  };
}

describe("a mark clock", () => {
  test("shows another thread's view of its memory the whole newest mark", () => {
    const clock = new MarkClock();
    const other = new MarkClock(clock.memory);
    assert.equal(other.current(), undefined);
    const mark: Mark = {
      pointId: "ab".repeat(16),
      number: 7,
      timeMicros: 1_780_000_000_123_456,
      kind: "mark",
      consistency: "crash",
    };
    clock.raise(mark);
    assert.equal(other.number(), 7);
    assert.deepEqual(other.current(), mark);
    assert.throws(() => clock.raise(mark), /marks rise/);
  });
});

describe("a hold of a mark clock", () => {
  test("is seen in every thread, ends once, and its owner knows whether it lasted", () => {
    const owner = new MarkClock();
    const writer = new MarkClock(owner.memory);
    assert.equal(writer.held(), false);
    const first = owner.hold(1_000);
    assert.equal(writer.held(), true);
    assert.throws(() => owner.hold(2_000), /one hold/);
    writer.expireHold(999);
    assert.equal(owner.isHeld(first), true, "its time is not over");
    assert.equal(owner.release(first), true);
    assert.equal(writer.held(), false);
    assert.equal(owner.release(first), false);

    const second = owner.hold(2_000);
    assert.equal(owner.release(first), false, "what has ended ends no other");
    writer.expireHold(2_000);
    assert.equal(owner.isHeld(second), false);
    assert.equal(owner.release(second), false, "a write may have gone on");
    writer.expireHold(9_000);
    const third = owner.hold(10_000);
    assert.equal(owner.isHeld(third), true);
  });
});

describe("the fence of a mark clock", () => {
  test("is seen in every thread, until it is lifted, and changes no mark and no hold", () => {
    const owner = new MarkClock();
    const door = new MarkClock(owner.memory);
    const hold = owner.hold(1_000);
    assert.equal(door.fenced(), false);
    owner.fence();
    owner.fence();
    assert.deepEqual([door.fenced(), door.isHeld(hold), door.number()], [true, true, 0]);
    owner.liftFence();
    assert.deepEqual([door.fenced(), door.isHeld(hold)], [false, true]);
  });
});

describe("point numbers", () => {
  test("are never given twice, also when the owner dies", async () => {
    const first = await PointNumbers.open(files, `${folder}/numbers`);
    const given = [await first.next(), await first.next()];
    const second = await PointNumbers.open(files, `${folder}/numbers`);
    const after = await second.next();
    assert.ok(after > Math.max(...given), `${after} comes after ${given.join(" and ")}`);
  });
});

describe("the point coordinator", () => {
  test("names each disk's place, and a disk without whole history as missing", async () => {
    const { coordinator, queue } = await coordinatorWith(
      [diskAt(A, { sequence: 10 }), diskAt(B, undefined)],
      "members",
    );
    const record = await coordinator.create("crash");
    assert.deepEqual(record?.members, [{ diskId: A, branch: BRANCH, sequence: 10 }]);
    assert.deepEqual(record?.missingDiskIds, [B]);
    assert.equal(record?.epoch, 3);
    assert.deepEqual(queue.waiting(), [record]);
  });

  test("names a disk that fails to answer as missing", async () => {
    const failing: MarkedDisk = { diskId: B, settleMark: async () => Promise.reject(new Error("gone")) };
    const { coordinator } = await coordinatorWith([diskAt(A, { sequence: 1 }), failing], "failing");
    assert.deepEqual((await coordinator.create("crash"))?.missingDiskIds, [B]);
  });

  test("extends the last point while nothing was logged, and makes a new one when something was", async () => {
    const place = { sequence: 5 };
    const { coordinator, queue } = await coordinatorWith([diskAt(A, place)], "idle");
    const first = await coordinator.interval();
    const extended = await coordinator.interval();
    assert.equal(extended?.id, first?.id);
    assert.ok((extended?.validUntilMicros ?? 0) > (first?.validUntilMicros ?? 0));
    assert.equal(queue.waiting().length, 1);
    place.sequence = 6;
    const next = await coordinator.interval();
    assert.notEqual(next?.id, first?.id);
    assert.equal(queue.waiting().length, 2);
  });

  test("makes points that are later than what another side made, whatever the clock says, and never earlier ones than before", async () => {
    const place = { sequence: 1 };
    const { coordinator } = await coordinatorWith([diskAt(A, place)], "after");
    const far = ((await coordinator.create("crash"))?.timeMicros ?? 0) + 3_600_000_000;
    coordinator.after(far);
    coordinator.after(5);
    const times = [];
    for (place.sequence = 2; place.sequence < 4; place.sequence += 1)
      times.push((await coordinator.create("crash"))?.timeMicros);
    assert.deepEqual(times, [far + 1, far + 2]);
  });

  test("makes no point of a machine none of whose disks can take part", async () => {
    const { coordinator, queue } = await coordinatorWith([diskAt(A, undefined)], "none");
    assert.equal(await coordinator.interval(), undefined);
    assert.equal(queue.waiting().length, 0);
  });
});

describe("a point for which applications are brought to rest", () => {
  test("lets them go as soon as its mark is raised, while disks still settle, and is called what was reached", async () => {
    const steps: string[] = [];
    let raised = (): boolean => false;
    const disk: MarkedDisk = {
      diskId: A,
      settleMark: async (mark) => {
        await Promise.resolve();
        steps.push(`settled ${mark.consistency}`);
        return { branch: BRANCH, sequence: 1 };
      },
    };
    for (const reached of ["application", "crash"] as const) {
      const quiesce: Quiesce = {
        before: async ({ kind, consistency }) => {
          steps.push(`before ${kind} ${consistency}`);
          return {
            consistency: () => "application",
            after: async (outcome) => {
              steps.push(`${raised() ? "raised, " : ""}after ${outcome}`);
              return reached;
            },
          };
        },
      };
      const { coordinator, marks } = await coordinatorWith([disk], `rest-${reached}`, quiesce);
      raised = () => marks.number() > 0;
      const record = await coordinator.create("application", "auto");
      assert.equal(record?.consistency, reached);
      assert.equal(record?.kind, "auto");
      assert.equal(marks.current()?.pointId, record?.id);
      const expected = ["before auto application", "raised, after made", "settled application", "raised, after failed"];
      assert.deepEqual(steps.splice(0), expected);
    }
  });

  test("lets them go also when no mark could be raised", async () => {
    const outcomes: string[] = [];
    const after = async (outcome: string): Promise<"crash"> => {
      outcomes.push(outcome);
      return "crash";
    };
    const quiesce: Quiesce = { before: async () => ({ consistency: () => "application", after }) };
    const { coordinator } = await coordinatorWith([diskAt(A, { sequence: 1 })], "unraised", quiesce);
    await rm(`${folder}/unraised`, { recursive: true });
    await assert.rejects(coordinator.create("application"), (error) => isFault(error, "file-missing"));
    assert.deepEqual(outcomes, ["failed"]);
  });
});

test("a clock behind the newest point is shown, from the first point on until it has come there", async () => {
  const place = { sequence: 1 };
  const clock = simulatedClock({ startMicros: 1_780_000_000_000_000 });
  const { coordinator, queue } = await coordinatorWith([diskAt(A, place)], "ahead", NO_QUIESCE, clock);
  coordinator.after(clock.wallMicros() + 500_000);
  await coordinator.create("crash");
  const shown = () => coordinator.clockFault;
  assert.equal(shown(), undefined, "half a second is not worth a word");
  coordinator.after(clock.wallMicros() + 60_000_000);
  place.sequence += 1;
  const first = await coordinator.create("crash");
  const since = clock.wallMicros();
  await clock.advance(10_000);
  place.sequence += 1;
  const second = await coordinator.create("crash");
  assert.equal((second?.timeMicros ?? 0) - (first?.timeMicros ?? 0), 1);
  assert.deepEqual([shown()?.fault.code, shown()?.sinceMicros], ["clock-behind-points", since]);
  await clock.advance(60_000);
  place.sequence += 1;
  await coordinator.create("crash");
  assert.equal(shown(), undefined);
  await queue.close();
});

describe("a point of one disk, of an earlier moment", () => {
  test("has that disk alone, is of its moment, and times go on behind the latest, also after a restart", async () => {
    const clock = simulatedClock();
    const place = { sequence: 5 };
    const asked: number[] = [];
    const read: MarkedDisk = {
      diskId: B,
      settleMark: async ({ timeMicros }) => {
        asked.push(timeMicros);
        return timeMicros === moment ? { branch: BRANCH, sequence: 9 } : undefined;
      },
    };
    const { coordinator, queue, marks } = await coordinatorWith([diskAt(A, place), read], "moment", NO_QUIESCE, clock);
    const moment = coordinator.moment();
    assert.ok(coordinator.moment() > moment, "nobody else gets it");
    const before = await coordinator.interval();
    await clock.advance(10_000);
    place.sequence += 1;
    const between = await coordinator.interval();
    const raised = marks.number();
    const point = await coordinator.ofDisk(B, { timeMicros: moment, consistency: "file-system" });
    assert.ok(point !== undefined && between !== undefined);
    assert.deepEqual(point.members, [{ diskId: B, branch: BRANCH, sequence: 9 }]);
    assert.deepEqual(point.missingDiskIds, [A]);
    assert.deepEqual([point.timeMicros, point.consistency, marks.number()], [moment, "file-system", raised]);
    assert.ok(point.number > between.number && point.timeMicros < between.timeMicros);
    assert.deepEqual(before?.missingDiskIds, [B]);
    // Nothing was logged since, and still it is one of its own: an extension would not be sent behind a later number.
    const after = await coordinator.interval();
    assert.ok((after?.number ?? 0) > point.number);
    assert.equal(await coordinator.ofDisk(B, { timeMicros: moment + 1, consistency: "crash" }), undefined);
    marks.fence();
    assert.equal(await coordinator.ofDisk(B, { timeMicros: moment, consistency: "crash" }), undefined);
    assert.deepEqual(
      queue.waiting().map(({ number }) => number),
      [before?.number, between.number, point.number, after?.number],
    );
    const newest = queue.newestMicros;
    await queue.close();
    const again = await PointQueue.open({ clock, files }, `${folder}/moment`);
    assert.equal(again.newestMicros, newest);
    assert.ok(newest > point.timeMicros);
    await again.close();
  });
});

describe("the point queue", () => {
  test("holds after a crash what was added and not acknowledged, and drops a torn tail", async () => {
    const place = { sequence: 1 };
    const { coordinator, queue } = await coordinatorWith([diskAt(A, place)], "queue");
    const records = [];
    for (place.sequence = 1; place.sequence <= 3; place.sequence += 1) records.push(await coordinator.create("crash"));
    const [first] = records;
    await queue.acknowledge(first?.number ?? 0, first?.validUntilMicros ?? 0);
    assert.deepEqual(queue.waiting(), records.slice(1));
    const again = await PointQueue.open({ clock: nodeClock, files }, `${folder}/queue`);
    assert.deepEqual(again.waiting().slice(-2), records.slice(1));
    await again.close();
    const size = (await files.status(`${folder}/queue/queue`))?.sizeBytes ?? 0;
    await truncate(`${folder}/queue/queue`, size - 1);
    const torn = await PointQueue.open({ clock: nodeClock, files }, `${folder}/queue`);
    assert.deepEqual(torn.waiting(), records.slice(0, 2));
    await torn.close();
  });

  test("drops zeroes, which a power cut leaves where the file had grown and nothing was written yet", async () => {
    const place = { sequence: 1 };
    const { coordinator, queue } = await coordinatorWith([diskAt(A, place)], "grown");
    const record = await coordinator.create("crash");
    await queue.close();
    const path = `${folder}/grown/queue`;
    const size = (await files.status(path))?.sizeBytes ?? 0;
    for (const grown of [7, 8, 12, 4_096]) {
      await truncate(path, size + grown);
      const opened = await PointQueue.open({ clock: nodeClock, files }, `${folder}/grown`);
      assert.deepEqual(opened.waiting(), [record]);
      await opened.close();
      assert.equal((await files.status(path))?.sizeBytes, size);
    }
  });

  test("empties its file when everything is acknowledged", async () => {
    const { coordinator, queue } = await coordinatorWith([diskAt(A, { sequence: 1 })], "empty");
    const record = await coordinator.create("crash");
    await queue.acknowledge(record?.number ?? 0, record?.validUntilMicros ?? 0);
    assert.equal((await files.status(`${folder}/empty/queue`))?.sizeBytes, 0);
  });
});
