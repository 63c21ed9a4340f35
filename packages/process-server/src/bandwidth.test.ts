import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, MiB, seededRandom } from "@leeward/base";
import { parseBandwidth } from "@leeward/daemon";
import { assertSame } from "./testing/assert-same.ts";
import { type AgentDisk, DISK_BYTES } from "./testing/scripted-agent.ts";
import { TestHouse } from "./testing/test-house.ts";

/** A cut of one whole disk, sealed. */
const PART_BYTES_MAX = DISK_BYTES + 8 * KiB;

/** Writes the whole disk again and again, each time in a cut of its own and with what no codec makes smaller. */
function logMuch(disk: AgentDisk, seed: number): void {
  const random = seededRandom(seed);
  for (let number = 1; number <= 16; number += 1) {
    disk.log([{ kind: "write", timeMicros: 1, offset: 0, data: random.bytes(DISK_BYTES) }]);
    disk.logMark(number);
  }
}

test("a limit holds for all that is forwarded, not for offers, and one that is lifted lets what waits go", async () => {
  const house = new TestHouse({ seed: 71, diskCount: 3, recentBytesMax: 64 * MiB });
  const [first, second, third] = house.disks;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const whole = house.plan;
  const bandwidth = parseBandwidth("100kB/s");
  house.plan = { ...whole, disks: whole.disks.slice(0, 2), bandwidth };
  const sentBytes = (): number => house.server.bandwidth().sentBytes;
  await house.play(async () => {
    logMuch(first, 1);
    logMuch(second, 2);
    house.start();
    await house.until(() => sentBytes() > 0);
    await house.sleep(25_000);
    // A part is sent when nothing is owed, so one more may be under way.
    assert.ok(sentBytes() >= 2_000_000 && sentBytes() <= 25 * 100_000 + 10_000 + PART_BYTES_MAX, String(sentBytes()));
    const { waitedMicros, bytesPerSecond } = house.server.bandwidth();
    assert.ok(waitedMicros > 20e6 && bytesPerSecond === 100_000, String(waitedMicros));

    const before = sentBytes();
    house.apply({ ...whole, version: 2, bandwidth: parseBandwidth("10kB/s") });
    third.logSome();
    await house.until(() => third.cached === third.last, 10_000);
    assert.ok(sentBytes() - before <= PART_BYTES_MAX, "the target answered the offer of another disk meanwhile");

    house.apply({ ...whole, version: 3 });
    await house.until(() => house.target.branch(second.branch).position === second.last, 30_000);
    await house.untilJournaled();
    for (const disk of house.disks) assertSame(house, disk);
  });
});

test("what a replica machine's disk is read for keeps to the limit among what is forwarded", async () => {
  const house = new TestHouse({ seed: 72, diskCount: 1, recentBytesMax: 64 * MiB });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  house.plan = { ...house.plan, bandwidth: parseBandwidth("100kB/s") };
  const LENGTH = 64 * KiB;
  house.target.answer = async () => ({ kind: "replicaContent", value: { content: new Uint8Array(LENGTH) } });
  await house.play(async () => {
    house.start();
    disk.logSome();
    await house.untilJournaled();
    const { session } = house.agent;
    assert.ok(session !== undefined);
    const value = { replicaId: "e".repeat(32), diskId: disk.id, offset: 0, length: LENGTH };
    const before = house.server.bandwidth().sentBytes;
    let answers = 0;
    let isOver = false;
    const reading = Promise.all(
      Array.from({ length: 8 }, async () => {
        for (; !isOver; answers += 1)
          await session.request({ kind: "replicaRead", value }, new AbortController().signal);
      }),
    );
    logMuch(disk, 3);
    await house.sleep(25_000);
    const sent = house.server.bandwidth().sentBytes - before;
    const all = sent + answers * LENGTH;
    assert.ok(sent > 0 && answers > 0, `${sent} bytes, ${answers} answers`);
    assert.ok(all >= 2_000_000 && all <= 25 * 100_000 + 10_000 + PART_BYTES_MAX + LENGTH, `${sent}, ${answers}`);
    isOver = true;
    house.apply({ ...house.plan, version: 2, bandwidth: parseBandwidth("unlimited") });
    await reading;
    await house.untilJournaled();
  });
});
