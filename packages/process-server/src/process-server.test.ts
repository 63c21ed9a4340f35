import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "./limits.ts";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import { TestHouse } from "./testing/test-house.ts";

test("what agents log arrives at the target: cut at marks, each sequence once, with the same effect", async () => {
  const house = new TestHouse({ seed: 1, diskCount: 3 });
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 10; number += 1) {
      logInterval(house, number);
      await house.sleep(200);
    }
    await house.untilJournaled();
    for (const disk of house.disks) {
      assertSame(house, disk);
      const { segments } = house.target.branch(disk.branch);
      assert.equal(segments.length, 10);
      for (const { to, footer } of segments) {
        assert.deepEqual(
          footer.marks.map(({ sequence }) => sequence),
          [to],
          "a cut ends with its mark",
        );
      }
      assert.equal(disk.cached, disk.last);
    }
    await house.until(() => house.agent.points.length === 0);
    assert.deepEqual(
      house.target.points.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal(house.target.earlyPoints, 0, "points come after what they stand on");
  });
});

test("a restart goes on where it was, and nothing is sent twice that the target holds", async () => {
  const house = new TestHouse({ seed: 2 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    const parts = house.target.partCount;
    await house.stop();
    logInterval(house, 2);
    house.start();
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    assert.equal(house.target.partCount, parts + house.disks.length);
  });
});

test("while the target is away, records are cached and cut; when it comes back, all of it arrives in order", async () => {
  const house = new TestHouse({ seed: 3 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    for (let number = 2; number <= 6; number += 1) logInterval(house, number);
    await house.until(() => house.disks.every((disk) => disk.cached === disk.last));
    await house.sleep(45_000);
    assert.ok(house.disks.every((disk) => disk.journaled < disk.last));
    assert.ok(house.status?.disks.every(({ faults }) => faults.some(({ kind }) => kind === "transient")));
    house.network.heal("server", "target");
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    await house.until(() => house.status?.disks.every(({ faults }) => faults.length === 0) === true);
  });
});

test("a target that refuses for a while is asked again, and told in the status", async () => {
  const house = new TestHouse({ seed: 4 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.target.refusal = { code: "disk-full", kind: "transient", message: "No space.", detail: {}, remedy: "" };
    logInterval(house, 2);
    const refused = (): boolean => house.status?.disks.every(({ faults }) => faults[0]?.code === "disk-full") === true;
    await house.until(refused);
    await house.sleep(60_000);
    assert.ok(refused());
    house.target.refusal = undefined;
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
  });
});

test("a slow target slows nobody's cache, and every disk gets its turn", async () => {
  const house = new TestHouse({ seed: 5, diskCount: 4 });
  await house.play(async () => {
    house.target.journalMs = 400;
    house.start();
    for (let number = 1; number <= 8; number += 1) logInterval(house, number);
    await house.until(() => house.disks.every((disk) => disk.cached === disk.last));
    assert.ok(house.disks.some((disk) => disk.journaled < disk.last));
    const order: string[] = [];
    await house.until(() => {
      for (const disk of house.disks) if (disk.journaled > 0 && !order.includes(disk.id)) order.push(disk.id);
      return order.length === 4;
    });
    assert.ok(
      house.disks.every((disk) => disk.journaled < disk.last),
      "no disk was served to its end before another began",
    );
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
  });
});

test("a connection that breaks again and again only costs time", async () => {
  const house = new TestHouse({ seed: 6 });
  await house.play(async () => {
    house.start();
    house.network.setConditions({ breakOneIn: 40 });
    for (let number = 1; number <= 6; number += 1) {
      logInterval(house, number);
      await house.sleep(500);
    }
    await house.until(
      () => house.disks.every((disk) => house.target.branch(disk.branch).position === disk.last),
      1_000_000,
    );
    house.network.setConditions({ breakOneIn: 0 });
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    await house.until(() => house.agent.points.length === 0);
  });
});

test("what waits long for a mark is cut without one: an agent whose log is full makes none", async () => {
  const house = new TestHouse({ seed: 8, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logSome();
    await house.until(() => disk.cached === disk.last);
    await house.sleep(LIMITS.cutAgeMsMax / 2);
    assert.equal(house.target.partCount, 0);
    await house.untilJournaled();
    assertSame(house, disk);
    assert.deepEqual(
      house.target.branch(disk.branch).segments.map(({ footer }) => footer.marks.length),
      [0],
    );
  });
});
