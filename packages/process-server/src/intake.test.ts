import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, MiB, seededRandom } from "@leeward/base";
import type { FaultReport } from "@leeward/proto";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import { AgentDisk } from "./testing/scripted-agent.ts";
import { TestHouse } from "./testing/test-house.ts";

function codesOf(disk: AgentDisk): string[] {
  return Array.from(new Set(disk.refusals.map(({ code }) => code)));
}

test("a disk outside of the plan waits, and is taken when the plan names it", async () => {
  const house = new TestHouse({ seed: 11 });
  const { disks } = house.plan;
  house.plan = { version: 1, disks: disks.slice(1) };
  const [first, second] = house.disks;
  assert.ok(first !== undefined && second !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.until(() => second.journaled === second.last && first.refusals.length > 2);
    assert.deepEqual(codesOf(first), ["disk-not-planned"]);
    house.apply({ version: 2, disks });
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    assert.equal(house.status?.planVersion, 2);
  });
});

test("a disk that the plan gives to another machine is refused", async () => {
  const house = new TestHouse({ seed: 12, diskCount: 1 });
  house.plan = { version: 1, disks: house.plan.disks.map((disk) => ({ ...disk, machineId: "f".repeat(32) })) };
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.until(() => disk.refusals.length > 0);
    assert.deepEqual(codesOf(disk), ["disk-foreign"]);
    assert.equal(house.target.partCount, 0);
  });
});

test("who comes with an older epoch is fenced, also over a restart", async () => {
  const house = new TestHouse({ seed: 13, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.epoch = 5;
    disk.logMark(1);
    await house.untilJournaled();
    assert.equal(house.target.offers.at(-1)?.epoch, 5);
    disk.epoch = 4;
    disk.logMark(2);
    await house.until(() => disk.refusals.length > 0);
    await house.stop();
    house.start();
    await house.until(() => disk.refusals.length > 3);
    assert.deepEqual(
      codesOf(disk).filter((code) => code !== "disk-not-ready"),
      ["epoch-old"],
    );
    assert.equal(house.target.branch(disk.branch).position, 1);
  });
});

test("a higher epoch of the plan fences the branch that is held", async () => {
  const house = new TestHouse({ seed: 14, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    house.apply({ version: 2, disks: house.plan.disks.map((planned) => ({ ...planned, epoch: 2, term: 2 })) });
    await house.until(() => house.target.offers.at(-1)?.term === 2);
    disk.logMark(2);
    await house.until(() => codesOf(disk).includes("epoch-old"));
    assert.equal(house.target.branch(disk.branch).position, 1);
  });
});

function epochRefusal(known: number): FaultReport {
  const detail = { machine: "m", epoch: "1", known: String(known) };
  return { code: "epoch-old", kind: "operator", message: "Another side has taken over.", remedy: "Look.", detail };
}

test("a higher epoch that the target knows is told to the agent, and shuts its other disks out too, also over a restart", async () => {
  const house = new TestHouse({ seed: 21 });
  const [first, second] = house.disks;
  assert.ok(first !== undefined && second !== undefined);
  await house.play(async () => {
    house.start();
    first.logMark(1);
    second.logMark(1);
    await house.untilJournaled();
    house.target.refusal = epochRefusal(3);
    first.logMark(2);
    await house.until(() => codesOf(first).includes("epoch-old") && codesOf(second).includes("epoch-old"));
    assert.equal(first.refusals.find(({ code }) => code === "epoch-old")?.detail["known"], "3");
    // Its target is away now, and nobody but the server itself can say it.
    house.network.partition("server", "target");
    for (const how of ["power", "process"] as const) {
      const before = second.refusals.length;
      house.crash(how);
      await house.until(() => second.refusals.slice(before).some(({ detail }) => detail["known"] === "3"));
    }
    assert.equal(new Set(house.agent.unasked.map(({ diskId }) => diskId)).size, 2);
    assert.ok(house.agent.unasked.every(({ refused }) => refused?.code === "epoch-old"));
  });
});

test("what came under an older epoch is kept, and never goes on as of a newer one until who has that offers the branch", async () => {
  const house = new TestHouse({ seed: 22, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    logInterval(house, 2);
    await house.until(() => disk.cached === disk.last);
    const { offers } = house.target;
    const known = offers.length;
    house.apply({ version: 2, disks: house.plan.disks.map((planned) => ({ ...planned, epoch: 4, term: 2 })) });
    house.target.refusal = epochRefusal(4);
    house.network.heal("server", "target");
    await house.until(() => offers.length > known && codesOf(disk).includes("epoch-old"));
    assert.deepEqual(Array.from(new Set(offers.map(({ epoch }) => epoch))), [1]);
    assert.equal(house.target.branch(disk.branch).position, 1);
    assert.ok((house.status?.disks[0]?.cacheBytes ?? 0) > 0, "it is kept");
    house.target.refusal = undefined;
    disk.epoch = 4;
    logInterval(house, 3);
    await house.untilJournaled();
    assert.equal(offers.at(-1)?.epoch, 4);
    assertSame(house, disk);
  });
});

test("an agent that comes with an epoch that is known is told nothing before it offers its disks", async () => {
  const house = new TestHouse({ seed: 23 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    assert.deepEqual(house.agent.unasked, []);
  });
});

test("a full cache stops intake with a name; what is there is cut without a mark, and intake goes on when it has left", async () => {
  const house = new TestHouse({ seed: 15, diskCount: 1, cacheBytesMax: 300 * KiB });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    for (let frame = 0; frame < 60; frame += 1) disk.logSome();
    await house.until(() => codesOf(disk).includes("cache-full"));
    const [held] = house.status?.disks ?? [];
    assert.ok((held?.cacheBytes ?? 0) < 900 * KiB, `holds ${held?.cacheBytes}`);
    assert.ok(disk.cached < disk.last);
    await house.until(() => house.status?.disks[0]?.faults.some(({ code }) => code === "cache-full") === true);
    house.network.heal("server", "target");
    logInterval(house, 2);
    await house.untilJournaled();
    assertSame(house, disk);
    await house.until(() => house.status?.disks[0]?.faults.length === 0);
  });
});

test("when the file system's reserve is touched, intake of all disks waits until there is room again", async () => {
  const house = new TestHouse({ seed: 16, reserveBytes: 2 * MiB });
  await house.play(async () => {
    house.files.capacityBytes = 8 * MiB;
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.files.capacityBytes = 2 * MiB;
    await house.sleep(3_000);
    logInterval(house, 2);
    await house.until(() => house.disks.every((disk) => codesOf(disk).includes("cache-space-low")));
    await house.until(() => {
      const disks = house.status?.disks ?? [];
      return disks.every(({ faults }) => faults.some(({ code }) => code === "cache-space-low"));
    });
    house.files.capacityBytes = 8 * MiB;
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
  });
});

test("a file system without any room breaks nothing that was acknowledged", async () => {
  const house = new TestHouse({ seed: 17 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.files.capacityBytes = 0;
    for (let number = 2; number < 6; number += 1) logInterval(house, number);
    await house.sleep(60_000);
    assert.ok(house.disks.every((disk) => disk.cached < disk.last));
    house.files.capacityBytes = 64 * MiB;
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
    await house.until(() => house.status?.disks.every(({ faults }) => faults.length === 0) === true);
  });
});

test("frames that are not what they say end their session and nothing else", async () => {
  const house = new TestHouse({ seed: 18 });
  const [good, bad] = house.disks;
  assert.ok(good !== undefined && bad !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    bad.logSome();
    const whole = bad.frames.at(-1);
    assert.ok(whole !== undefined);
    const broken = whole.bytes.slice();
    broken[broken.length - 1] = 1 + (broken.at(-1) ?? 0);
    bad.frames[bad.frames.length - 1] = { ...whole, bytes: broken };
    await house.sleep(20_000);
    assert.equal(bad.cached, whole.from - 1);
    bad.frames[bad.frames.length - 1] = whole;
    logInterval(house, 2);
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
  });
});

test("an agent that leaves frames out is asked to go on from where the cache ends", async () => {
  const house = new TestHouse({ seed: 19, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    disk.skipOnce = disk.last + 1;
    logInterval(house, 2);
    logInterval(house, 3);
    await house.untilJournaled();
    assert.deepEqual(codesOf(disk), ["records-gap"]);
    assertSame(house, disk);
  });
});

test("a new branch is taken after the target has all of the one before", async () => {
  const house = new TestHouse({ seed: 20, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    disk.logSome();
    const before = { branch: disk.branch, last: disk.last };
    await house.until(() => disk.cached === disk.last);
    disk.branchOff(seededRandom(99));
    logInterval(house, 2);
    await house.untilJournaled();
    assert.equal(house.target.branch(before.branch).position, before.last, "the tail without a mark came too");
    assertSame(house, disk);
    await house.until(() => house.agent.points.length === 0);
  });
});

test("another machine that offers a disk is refused, and takes it from nobody", async () => {
  const house = new TestHouse({ seed: 21, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  const stolen = new AgentDisk(seededRandom(3), disk.id);
  stolen.branch = disk.branch;
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.addAgent("f".repeat(32), [stolen]);
    stolen.logMark(1);
    await house.until(() => stolen.refusals.length > 1);
    assert.deepEqual(codesOf(stolen), ["disk-foreign"]);
    logInterval(house, 2);
    await house.untilJournaled();
    assert.deepEqual(disk.refusals, []);
    assertSame(house, disk);
  });
});
