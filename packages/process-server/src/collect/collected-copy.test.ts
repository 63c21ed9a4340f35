// Two agents have the key of one machine, whose data come through a container.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { depositKey } from "@leeward/cache-account";
import { sourceOfBytes } from "@leeward/object-store";
import { assertSame, logInterval, settled } from "../testing/assert-same.ts";
import { AgentDisk } from "../testing/scripted-agent.ts";
import { TestHouse } from "../testing/test-house.ts";

test("another agent that deposits as the machine is found out", async () => {
  const house = new TestHouse({ seed: 38, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    await house.stop();
    const { link, store, lastDeposit = "" } = house.container;
    house.container.home.isConfirmed = true;
    const [, , course, number] = lastDeposit.split("/").map(Number);
    const next = depositKey(link, course ?? 0, (number ?? 0) + 1);
    await store.put(next, sourceOfBytes(new Uint8Array(100)));
    logInterval(house, 2);
    await house.until(() => house.agent.ends.includes("cache-contested"));
    house.start();
    await settled(house, 2);
  });
});

test("of a machine's copy that deposits beside it nothing is taken, and the one that the config server knows goes on", async () => {
  const house = new TestHouse({ seed: 44, isCollected: true, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.container.home.isConfirmed = true;
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    const copied = copyOf(disk);
    const copy = house.addCopy([copied]);
    for (let round = 0; round < 60; round += 1) {
      disk.logSome();
      copied.logSome();
      await house.sleep(2_000);
    }
    await house.untilJournaled();
    assertSame(house, disk);
    assert.deepEqual([copied.journaled, copied.branch], [0, disk.branch]);
    assert.ok(copy.ends.includes("cache-contested"), copy.ends.join());
    assert.equal(copy.ends.at(-1), "cache-unconfirmed");
    assert.equal(house.agent.ends.filter((code) => code === "cache-contested").length, 1, "once");
  });
});

test("after a crash of the agent the config server is not needed, where its home knows the run before", async () => {
  const house = new TestHouse({ seed: 45, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.container.crashAgent();
    logInterval(house, 2);
    await settled(house, 2);
    house.container.home.runs = ["another"];
    house.container.crashAgent();
    await house.until(() => house.agent.ends.includes("cache-unconfirmed"));
    house.container.home.isConfirmed = true;
    logInterval(house, 3);
    await settled(house, 3);
  });
});

test("a session of the machine keeps its disks, and deposits wait until it is over", async () => {
  const house = new TestHouse({ seed: 51, isCollected: true, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    const connected = copyOf(disk);
    house.addAgent(house.container.link.machineId, [connected]);
    await house.until(() => connected.position !== undefined);
    const { last } = disk;
    disk.logSome();
    for (let round = 0; round < 60; round += 1) {
      connected.logSome();
      await house.sleep(1_000);
    }
    await house.until(() => connected.journaled >= connected.last);
    assertSame(house, connected);
    assert.deepEqual([connected.refusals, disk.journaled], [[], last]);
    house.network.partition("other", "server");
    await house.until(() => house.container.deposits.length === 0, 300_000);
  });
});

/** The disk as a copy of the machine has it. */
function copyOf(disk: AgentDisk): AgentDisk {
  const copy = new AgentDisk(seededRandom(99));
  Object.assign(copy, { id: disk.id, branch: disk.branch, frames: [...disk.frames] });
  copy.records.push(...disk.records);
  return copy;
}
