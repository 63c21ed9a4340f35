import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KiB, seededRandom } from "@leeward/base";
import type { PlannedOrigin, PlannedReverse } from "@leeward/proto";
import { FULL, SAMPLE, SAMPLE_NOTE } from "@leeward/world/testing";
import type { DiskFacts } from "../disk/disk-host.ts";
import { ServedDisk } from "../disk/served-disk.ts";
import { ReverseRig } from "./testing/reverse-rig.ts";
import type { TestReplica } from "./testing/test-replica.ts";

const SIZE = 256 * KiB;
const BLOCK = 4 * KiB;
const BLOCKS = SIZE / BLOCK;
/** Every how many calls one is hit; odd, so that both kinds of stop come. */
const STEP = FULL ? 1 : 13;
const ROUNDS = 3;

interface Failover {
  readonly replica: TestReplica;
  readonly plan: PlannedReverse;
}

function isProtected({ state, writtenSequence, sendableSequence }: DiskFacts): boolean {
  return state === "protected" && writtenSequence === sendableSequence;
}

/** A source with a history, and its replica machine; both have written since the point. */
async function failedOver(rig: ReverseRig, whole: boolean): Promise<Failover> {
  const random = seededRandom(3);
  let failover: Failover | undefined;
  await rig.live(await rig.source(), async (host) => {
    assert.ok(host instanceof ServedDisk);
    const write = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1)
        await host.device?.write(random.below(BLOCKS) * BLOCK, random.bytes(BLOCK), { fua: done % 3 === 0 });
      await host.device?.flush();
    };
    await rig.until(host, isProtected);
    await write(20);
    await rig.take(host);
    const { branch, writtenSequence: point } = await rig.until(host, isProtected);
    await write(3);
    await rig.take(host);
    const { writtenSequence: journaled } = await rig.until(host, isProtected);
    const after = rig.records.filter(({ sequence }) => sequence > point);
    const journaledAfter = after.flatMap((record) => ("offset" in record ? [record] : []));
    host.journaled(branch, journaled);
    await write(3);
    const replica = rig.replica({ content: rig.held(point), journaledAfter, journaledSequence: journaled });
    for (let count = 0; count < 6; count += 1) replica.write(random.below(BLOCKS) * BLOCK, random.bytes(BLOCK));
    failover = { replica, plan: { failoverId: replica.id, branch, sequence: point, whole } };
  });
  assert.ok(failover !== undefined);
  return failover;
}

/** Rounds while the machine writes, then the last one after it was halted. */
async function bringBack(rig: ReverseRig, { replica, plan }: Failover): Promise<void> {
  const random = seededRandom(4);
  await rig.live(await rig.reversed(replica, plan), async (host) => {
    while (!replica.isHalted) {
      const before = replica.sequence;
      await rig.until(host, ({ reverse }) => reverse?.sequence === before);
      if (before >= 6 + ROUNDS) replica.isHalted = true;
      else replica.write(random.below(BLOCKS) * BLOCK, random.bytes(BLOCK));
    }
    await rig.until(host, ({ reverse }) => reverse?.complete === true);
  });
  await rig.assertIs(replica.content, "the disk, complete, and the replica machine's");
}

/** The disk is served from the origin on, with a point; the same again after a clean end. */
async function goOn(rig: ReverseRig, origin: PlannedOrigin, { replica }: Failover): Promise<void> {
  for (let again = 0; again < 2; again += 1) {
    await rig.live(await rig.source(origin), async (host) => {
      assert.ok(host instanceof ServedDisk);
      const facts = await rig.until(host, isProtected);
      assert.deepEqual(
        facts.parent,
        { branch: origin.branch, sequence: origin.sequence },
        "it goes on from the origin",
      );
      await host.device?.write(again * BLOCK, Buffer.alloc(BLOCK, 77 + again), { fua: true });
      const settled = await host.settleMark(rig.marks.raise());
      assert.ok(settled !== undefined);
      await rig.take(host);
      await rig.assertIs(rig.held(settled.sequence, replica.content), "the disk and its point");
      const reasons = rig.records.flatMap((record) => (record.kind === "span-begin" ? [record.span.reason] : []));
      assert.ok(!reasons.includes("initial") && !reasons.includes("resync"), "no copy of the whole disk");
    });
  }
}

/** Reverse replication is taken back, and the disk is protected again, on whichever branch. */
async function giveUp(rig: ReverseRig): Promise<void> {
  await rig.live(await rig.source(), async (host) => {
    assert.ok(host instanceof ServedDisk);
    await rig.until(host, isProtected);
    await host.device?.write(0, Buffer.alloc(BLOCK, 99), { fua: true });
    await rig.take(host);
    await rig.assertIs(rig.held(), "the disk and what its branch alone gives");
  });
}

interface Scenario {
  readonly at: number;
  readonly how: "kill" | "crash";
  readonly whole: boolean;
  readonly again: number;
}

/** Whether it came to the stop. */
async function givesUp(scenario: Scenario): Promise<boolean> {
  const rig = new ReverseRig({ seed: 11 + scenario.at, sizeBytes: SIZE, stepBytes: 5 * BLOCK, isSilent: true });
  let stopped = false;
  await rig.clock.run(async () => {
    const failover = await failedOver(rig, scenario.whole);
    stopped = await rig.stopsAt(scenario.at, scenario.how, () => bringBack(rig, failover));
    const other = scenario.how === "kill" ? "crash" : "kill";
    if (await rig.stopsAt(scenario.again, other, () => giveUp(rig))) await giveUp(rig);
    // What is left of the first try is of no use to a second.
    await bringBack(rig, failover);
  });
  return stopped;
}

/** Whether it came to the stop. */
async function runs(scenario: Scenario): Promise<boolean> {
  const rig = new ReverseRig({ seed: 11 + scenario.at, sizeBytes: SIZE, stepBytes: 5 * BLOCK });
  let stopped = false;
  await rig.clock.run(async () => {
    const failover = await failedOver(rig, scenario.whole);
    const { replica } = failover;
    const origin = (): PlannedOrigin => ({
      failoverId: replica.id,
      branch: replica.branch,
      sequence: replica.sequence,
      timeMicros: 1,
    });
    let isBack = false;
    const work = async (): Promise<void> => {
      if (!isBack) await bringBack(rig, failover);
      isBack = true;
      await goOn(rig, origin(), failover);
    };
    stopped = await rig.stopsAt(scenario.at, scenario.how, work);
    if (!stopped) return;
    const other = scenario.how === "kill" ? "crash" : "kill";
    if (await rig.stopsAt(scenario.again, other, work)) await work();
  });
  return stopped;
}

async function sweep(whole: boolean, run: (scenario: Scenario) => Promise<boolean>): Promise<number> {
  for (let at = 1 + (FULL ? 0 : SAMPLE % STEP); ; at += STEP) {
    const scenario = { at, how: at % 2 === 0 ? "kill" : "crash", whole, again: 1 + ((at * 7) % 60) } as const;
    try {
      if (!(await run(scenario))) return at;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${JSON.stringify(scenario)} (${SAMPLE_NOTE}): ${why}`, { cause });
    }
  }
}

describe("after a stop at any call to files or disk, and another soon after it, a disk becomes what its replica machine's is and goes on from there", () => {
  test("when only the failback set is brought", async () => {
    assert.ok((await sweep(false, runs)) > 100);
  });

  test("when the whole disk is compared", async () => {
    assert.ok((await sweep(true, runs)) > 100);
  });

  test("or is protected as before, or copied again, when it is given up, with what is on the disk in its history", async () => {
    assert.ok((await sweep(false, givesUp)) > 100);
    assert.ok((await sweep(true, givesUp)) > 100);
  });
});
