// Two hosts have the key of one machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, seededRandom } from "@leeward/base";
import { Session } from "@leeward/wire";
import { LIMITS } from "./limits.ts";
import { assertSame } from "./testing/assert-same.ts";
import { AgentDisk } from "./testing/scripted-agent.ts";
import { TestHouse } from "./testing/test-house.ts";

/** The disk as a copy of the machine has it, which went on by itself. */
function copyOf(disk: AgentDisk): AgentDisk {
  const copy = new AgentDisk(seededRandom(99));
  Object.assign(copy, { id: disk.id, branch: disk.branch, frames: [...disk.frames] });
  copy.records.push(...disk.records);
  for (let mark = 50; mark < 60; mark += 1) copy.logMark(mark);
  return copy;
}

test("nothing of a machine's copy is taken while the machine is there, and the machine goes on", async () => {
  const house = new TestHouse({ seed: 31, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    const { session } = house.agent;
    const copied = copyOf(disk);
    const copy = house.addCopy([copied]);
    copy.addPoint(77, []);
    await house.sleep(120_000);
    assert.deepEqual([copied.position, copied.cached, copy.stored], [undefined, 0, []], "it is told nothing");
    assert.equal(house.agent.session, session, "the machine's session is the one that it was");
    disk.logMark(2);
    await house.untilJournaled();
    assertSame(house, disk);
    assert.equal(house.refusals[0]?.code, "identity-in-use");
  });
});

test("an agent that comes back by another way, while its old session is not known to be dead, is let in", async () => {
  const house = new TestHouse({ seed: 32, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    house.network.partition("agent", "server");
    house.addCopy([disk]);
    disk.logMark(2);
    await house.untilJournaled();
    assertSame(house, disk);
    assert.deepEqual(house.refusals, []);
  });
});

test("who waits for the place of a session that may be dead counts as one that is connected", async () => {
  const house = new TestHouse({ seed: 33, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    disk.logMark(1);
    await house.untilJournaled();
    house.network.partition("agent", "server");
    const over = new AbortController();
    const codes: string[] = [];
    const network = house.joinCopy();
    for (let come = 1; come < LIMITS.sessionsMax + 3; come += 1) {
      const channel = await network.connect({ host: "server", port: 9443 }, "process-server", over.signal);
      const session = await Session.connect(channel, { clock: house.clock, softwareVersion: "1" }, over.signal);
      session.run(over.signal).catch((error: unknown) => codes.push(error instanceof Fault ? error.code : "other"));
    }
    await house.sleep(1_000);
    assert.deepEqual(
      codes,
      Array.from({ length: 3 }, () => "sessions-too-many"),
    );
    over.abort();
  });
});
