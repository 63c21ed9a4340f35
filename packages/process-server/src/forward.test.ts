import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "./limits.ts";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import type { AgentDisk } from "./testing/scripted-agent.ts";
import { TestHouse } from "./testing/test-house.ts";

function onlyDisk(house: TestHouse): AgentDisk {
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  return disk;
}

function faultsOf(house: TestHouse): string[] {
  return house.status?.disks.flatMap(({ faults }) => faults.map(({ code }) => code)) ?? [];
}

test("a target that lost what it had acknowledged gets it from the agent again, and the status and an event say so", async () => {
  const house = new TestHouse({ seed: 31, diskCount: 1 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    house.start();
    const branch = house.target.branch(disk.branch);
    for (let number = 1; number <= 3; number += 1) {
      logInterval(house, number);
      await house.untilJournaled();
    }
    const [first] = branch.segments;
    branch.position = first?.to ?? 0;
    branch.segments.splice(1);
    // Cut anew, segments have another salt.
    branch.digests.clear();
    house.network.sever("server", "target");
    logInterval(house, 4);
    await house.until(() => disk.refusals.length > 0);
    await house.untilJournaled();
    assertSame(house, disk);
    assert.equal(branch.position, disk.last);
    const told = house.events.map(({ kind, subject, detail }) => ({ kind, subject, code: detail["code"] }));
    assert.deepEqual(told, [{ kind: "branch-dropped", subject: disk.id, code: "target-behind" }]);
  });
});

test("where the target holds more than was ever taken in here, the agent goes on from there", async () => {
  const house = new TestHouse({ seed: 32, diskCount: 1 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    logInterval(house, 1);
    logInterval(house, 2);
    const branch = house.target.branch(disk.branch);
    branch.position = disk.frames.at(-3)?.to ?? 0;
    branch.disk.applyAll(disk.records.slice(0, branch.position));
    const begun = branch.position;
    house.start();
    await house.untilJournaled();
    assert.equal(branch.segments[0]?.from, begun + 1);
    assert.equal(branch.position, disk.last);
  });
});

test("where another server forwarded what is cached here, it is skipped, or the cache begins anew behind it", async () => {
  for (const [seed, frames] of [
    [33, 4],
    [34, 0],
  ] as const) {
    const house = new TestHouse({ seed, diskCount: 1 });
    const disk = onlyDisk(house);
    await house.play(async () => {
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      house.network.partition("server", "target");
      house.network.sever("server", "target");
      for (let frame = 0; frame < 6; frame += 1) disk.logSome();
      await house.until(() => disk.cached === disk.last);
      if (frames === 0) house.network.partition("server", "agent");
      if (frames === 0) disk.logSome();
      const branch = house.target.branch(disk.branch);
      const position = frames === 0 ? disk.last : (disk.frames.at(-frames)?.to ?? 0);
      branch.disk.applyAll(disk.records.slice(branch.position, position));
      branch.position = position;
      house.network.heal("server", "target");
      house.network.heal("server", "agent");
      await house.sleep(20_000);
      logInterval(house, 2);
      await house.untilJournaled();
      assert.equal(branch.segments.at(-1)?.from, position + 1);
      assert.equal(branch.position, disk.last);
    });
  }
});

test("a target that stands inside of a sealed cut gets what follows from the agent", async () => {
  const house = new TestHouse({ seed: 35, diskCount: 1 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    house.network.sever("server", "target");
    const inside = disk.last + 1;
    logInterval(house, 2);
    logInterval(house, 3);
    await house.until(() => disk.cached === disk.last);
    await house.sleep(1_000);
    const branch = house.target.branch(disk.branch);
    branch.disk.applyAll(disk.records.slice(branch.position, inside));
    branch.position = inside;
    house.network.heal("server", "target");
    disk.frames = reframed(disk, inside + 1);
    await house.untilJournaled();
    assert.equal(branch.position, disk.last);
    assert.deepEqual(
      house.events.map(({ kind }) => kind),
      ["branch-dropped"],
    );
  });
});

/** The agent's log in frames of one record each from the frame that holds a sequence on, as a cursor inside of a frame begins anew. */
function reframed(disk: AgentDisk, from: number): AgentDisk["frames"] {
  disk.frames = disk.frames.filter(({ to }) => to < from);
  for (const { sequence, ...draft } of disk.records.splice(disk.last)) {
    assert.equal(sequence, disk.last + 1);
    disk.log([draft]);
  }
  return disk.frames;
}

test("a point that the target did not take is sent again, however busily it answers others", async () => {
  const house = new TestHouse({ seed: 36, diskCount: 1 });
  await house.play(async () => {
    house.start();
    house.target.pointsToPassOver = 2;
    for (let number = 1; number <= 5; number += 1) {
      logInterval(house, number);
      await house.untilJournaled();
      await house.sleep(LIMITS.pointAnswerMsMax / 4);
    }
    assert.equal(house.target.pointsToPassOver, 0);
    assert.deepEqual(house.target.points.map(({ number }) => number).toSorted(), [1, 2, 3, 4, 5]);
    assert.deepEqual(house.agent.points, [], "the agent was told of each");
  });
});

test("a long stretch without a mark is cut by size, and no such cut is a point", async () => {
  const house = new TestHouse({ seed: 36, diskCount: 1 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    house.start();
    const data = new Uint8Array(128 * 1024).fill(1);
    const frames = Math.ceil((2.5 * LIMITS.cutBytesMax) / (data.length * 4));
    for (let frame = 0; frame < frames; frame += 1) {
      disk.log(Array.from({ length: 4 }, () => ({ kind: "write", timeMicros: 1, offset: 0, data }) as const));
    }
    await house.until(() => house.target.branch(disk.branch).segments.length === 2);
    disk.logMark(1);
    await house.untilJournaled();
    const { segments } = house.target.branch(disk.branch);
    assert.deepEqual(
      segments.map(({ footer }) => footer.marks.length),
      [0, 0, 1],
    );
    assertSame(house, disk);
  });
});

test("a disk that leaves the plan is forgotten when its target has all of it, and kept for a while when it has not", async () => {
  const house = new TestHouse({ seed: 37, leftCacheKeptMs: 600_000 });
  const [done, behind] = house.disks;
  assert.ok(done !== undefined && behind !== undefined);
  await house.play(async () => {
    const { disks } = house.plan;
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    behind.logMark(2);
    await house.until(() => behind.cached === behind.last);
    house.apply({ version: 2, disks: [] });
    await house.until(() => house.status?.planVersion === 2);
    assert.deepEqual(await house.files.list("/home/disks"), [behind.id]);
    house.network.heal("server", "target");
    await house.sleep(300_000);
    house.apply({ version: 3, disks });
    await house.untilJournaled();
    assertSame(house, behind);
    house.network.partition("server", "target");
    behind.logMark(3);
    await house.until(() => behind.cached === behind.last);
    house.apply({ version: 4, disks: [] });
    await house.sleep(700_000);
    assert.deepEqual(await house.files.list("/home/disks"), []);
    assert.deepEqual(await house.files.list("/home/points"), []);
  });
});

test("a data key that cannot be unwrapped stops cutting and nothing else; a plan with a good one goes on", async () => {
  const house = new TestHouse({ seed: 38, diskCount: 1 });
  const disk = onlyDisk(house);
  const { disks } = house.plan;
  house.plan = { version: 1, disks: disks.map((planned) => ({ ...planned, wrappedKey: "damaged" })) };
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.until(() => disk.cached === disk.last && faultsOf(house).includes("key-unusable"));
    assert.equal(house.target.partCount, 0);
    house.apply({ version: 2, disks });
    await house.untilJournaled();
    assertSame(house, disk);
    await house.until(() => faultsOf(house).length === 0);
  });
});

test("a target that moved is followed to its new address", async () => {
  const house = new TestHouse({ seed: 39, diskCount: 1 });
  const disk = onlyDisk(house);
  const { disks } = house.plan;
  const targetAddress = { host: "nowhere", port: 1 };
  house.plan = { version: 1, disks: disks.map((planned) => ({ ...planned, targetAddress })) };
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.until(() => disk.refusals.some(({ code }) => code === "target-position-unknown"));
    assert.ok(faultsOf(house).includes("peer-unreachable"));
    house.apply({ version: 2, disks });
    await house.untilJournaled();
    assertSame(house, disk);
  });
});

test("a cut that rots before it is sent is not sent whole, and its records come from the agent again", async () => {
  const house = new TestHouse({ seed: 40, diskCount: 1 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    house.network.sever("server", "target");
    logInterval(house, 2);
    logInterval(house, 3);
    await house.sleep(1_000);
    const [branch] = await house.files.list(`/home/disks/${disk.id}`);
    const folder = `/home/disks/${disk.id}/${branch}/cuts`;
    const names = await house.files.list(folder);
    assert.equal(names.length, 3);
    house.files.rot(`${folder}/${names[1]}`, 5_000);
    house.network.heal("server", "target");
    await house.untilJournaled();
    assertSame(house, disk);
    assert.deepEqual(
      house.events.map(({ detail }) => detail["code"]),
      ["cut-damaged"],
    );
  });
});

test("a cache that rots before it is cut is asked of the agent again, after what is whole has gone out", async () => {
  const house = new TestHouse({ seed: 41, diskCount: 1, recentBytesMax: 0 });
  const disk = onlyDisk(house);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    disk.logSome(5);
    await house.until(() => disk.cached === disk.last);
    const [branch] = await house.files.list(`/home/disks/${disk.id}`);
    const folder = `/home/disks/${disk.id}/${branch}/cache`;
    const path = `${folder}/${(await house.files.list(folder)).at(-1)}`;
    const size = (await house.files.status(path))?.sizeBytes ?? 0;
    house.files.rot(path, size - 10);
    logInterval(house, 2);
    await house.until(() => house.events.length > 0);
    await house.untilJournaled();
    assertSame(house, disk);
    await house.until(() => faultsOf(house).length === 0);
  });
});

test("a cache that is damaged when it is opened is dropped, and comes from the agent again without anyone's help", async () => {
  for (const [seed, damaged] of [
    [42, "offer"],
    [43, "cache"],
  ] as const) {
    const house = new TestHouse({ seed, diskCount: 1 });
    const disk = onlyDisk(house);
    await house.play(async () => {
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      house.network.partition("server", "target");
      logInterval(house, 2);
      await house.until(() => disk.cached === disk.last);
      const folder = `/home/disks/${disk.id}/${(await house.files.list(`/home/disks/${disk.id}`))[0]}`;
      const path =
        damaged === "offer" ? `${folder}/offer` : `${folder}/cache/${(await house.files.list(`${folder}/cache`))[0]}`;
      // A frame in the middle: what follows it is whole, so no torn tail explains it.
      house.crash("process", () => house.files.rot(path, damaged === "offer" ? 1 : 400));
      house.network.heal("server", "target");
      await house.until(() => house.events.some(({ kind }) => kind === "cache-dropped"));
      await house.untilJournaled();
      assertSame(house, disk);
      await house.until(() => faultsOf(house).length === 0);
    });
  }
});

test("a refusal of what was sent under an older epoch does not hold up the offer that stands", async () => {
  const house = new TestHouse({ seed: 33, diskCount: 1 });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    const known = String(house.agent.epoch);
    house.target.refusal = {
      code: "epoch-old",
      kind: "operator",
      message: "It is old.",
      detail: { known },
      remedy: "",
    };
    const before = house.target.partCount;
    logInterval(house, 2);
    await house.until(() => house.target.partCount > before);
    house.target.refusal = undefined;
    const begunMicros = house.clock.monotonicMicros();
    await house.untilJournaled();
    const seconds = (house.clock.monotonicMicros() - begunMicros) / 1e6;
    assert.ok(seconds < 30, `it took ${seconds} s`);
    assert.deepEqual(faultsOf(house), []);
  });
});
