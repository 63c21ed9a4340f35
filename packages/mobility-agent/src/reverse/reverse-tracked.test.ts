import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, KiB } from "@leeward/base";
import type { PlannedOrigin, PlannedReverse } from "@leeward/proto";
import type { DiskFacts, DiskHost } from "../disk/disk-host.ts";
import { TrackedDisk } from "../disk/tracked-disk.ts";
import { ReverseRig } from "./testing/reverse-rig.ts";
import type { TestReplica } from "./testing/test-replica.ts";

const SIZE = 1024 * KiB;
const BLOCK = 4 * KiB;

function block(byte: number, blocks = 1): Buffer {
  return Buffer.alloc(blocks * BLOCK, byte);
}

function isProtected({ state, writtenSequence, sendableSequence }: DiskFacts): boolean {
  return state === "protected" && writtenSequence === sendableSequence;
}

/** A point of the tracked disk, which the target holds then. */
async function point(rig: ReverseRig, host: DiskHost): Promise<number> {
  assert.ok(host instanceof TrackedDisk);
  await host.prepare();
  await host.hold([]);
  const settled = await host.settleMark(rig.marks.raise());
  assert.ok(settled !== undefined);
  await rig.take(host);
  return settled.sequence;
}

/** Protected with a point; blocks 8 and 9 are changed and logged after it, block 20 is noted by the kernel alone. */
async function failedOver(rig: ReverseRig): Promise<{ readonly replica: TestReplica; readonly plan: PlannedReverse }> {
  let failover: { replica: TestReplica; plan: PlannedReverse } | undefined;
  await rig.writeUnseen(0, block(1, 16));
  await rig.live(await rig.source(), async (host) => {
    const { branch } = await rig.until(host, isProtected);
    const sequence = await point(rig, host);
    host.journaled(branch, sequence);
    const replica = rig.replica({ content: rig.held(sequence), journaledSequence: sequence });
    await rig.writeUnseen(8 * BLOCK, block(8, 2));
    await point(rig, host);
    await rig.writeUnseen(20 * BLOCK, block(20));
    failover = { replica, plan: { failoverId: replica.id, branch, sequence, whole: false } };
  });
  assert.ok(failover !== undefined);
  return failover;
}

async function completed(rig: ReverseRig, replica: TestReplica, plan: PlannedReverse): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await rig.live(await rig.reversed(replica, plan), async (host) => {
    replica.isHalted = true;
    facts = await rig.until(host, ({ reverse }) => reverse?.complete === true);
  });
  assert.ok(facts !== undefined);
  await rig.assertIs(replica.content, "the disk and the replica machine's");
  return facts;
}

async function goneOn(rig: ReverseRig, replica: TestReplica, origin: PlannedOrigin): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await rig.live(await rig.source(origin), async (host) => {
    facts = await rig.until(host, isProtected);
    await rig.writeUnseen(30 * BLOCK, block(31));
    const sequence = await point(rig, host);
    const base = facts.parent === undefined ? Buffer.alloc(SIZE) : replica.content;
    await rig.assertIs(rig.held(sequence, base), "the disk and its next point");
  });
  assert.ok(facts !== undefined);
  return facts;
}

async function play(scenario: (rig: ReverseRig) => Promise<void>): Promise<void> {
  const rig = new ReverseRig({ seed: 6, sizeBytes: SIZE, capture: "tracker" });
  await rig.clock.run(() => scenario(rig));
}

describe("a tracked disk that is made what its replica machine's is", () => {
  test("is brought what was logged, what the kernel noted, and what the replica machine wrote, and goes on without a copy", async () => {
    await play(async (rig) => {
      const { replica, plan } = await failedOver(rig);
      replica.write(40 * BLOCK, block(40));
      const { reverse } = await completed(rig, replica, plan);
      assert.equal(reverse?.method, "set");
      assert.equal(replica.readBytes, 4 * BLOCK);
      const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
      const facts = await goneOn(rig, replica, origin);
      assert.deepEqual(facts.parent, { branch: origin.branch, sequence: origin.sequence });
      const written = rig.records.flatMap((record) => (record.kind === "write" ? [record.offset / BLOCK] : []));
      assert.deepEqual(written, [30], "what was brought is not sent back");
    });
  });

  test("is brought once more what somebody wrote meanwhile, and what is written behind the end is logged from the origin on", async () => {
    await play(async (rig) => {
      const { replica, plan } = await failedOver(rig);
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        await rig.until(host, ({ reverse }) => (reverse?.broughtBytes ?? 0) > 0);
        await rig.writeUnseen(50 * BLOCK, block(50));
        replica.write(60 * BLOCK, block(60));
        await rig.until(host, ({ reverse }) => reverse?.sequence === 1);
      });
      await rig.writeUnseen(51 * BLOCK, block(51));
      await completed(rig, replica, plan);
      await rig.writeUnseen(52 * BLOCK, block(52));
      const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
      const facts = await goneOn(rig, replica, origin);
      assert.ok(facts.parent !== undefined);
      const written = rig.records.flatMap((record) => (record.kind === "write" ? [record.offset / BLOCK] : []));
      assert.deepEqual(written, [30, 52]);
    });
  });

  test("is compared, or copied again, when the kernel that watched it is not the same any more", async () => {
    for (const when of ["before", "meanwhile", "after"]) {
      await play(async (rig) => {
        const { replica, plan } = await failedOver(rig);
        if (when === "before") rig.tracker.lose();
        await rig.live(await rig.reversed(replica, plan), async (host) => {
          await rig.until(host, ({ reverse }) => (reverse?.broughtBytes ?? 0) > 0);
        });
        if (when === "meanwhile") rig.tracker.lose();
        await rig.writeUnseen(51 * BLOCK, block(51));
        const { reverse } = await completed(rig, replica, plan);
        assert.equal(reverse?.method, when === "after" ? "set" : "compared");
        if (when === "after") rig.tracker.lose();
        const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
        const facts = await goneOn(rig, replica, origin);
        assert.equal(facts.parent === undefined, when === "after");
      });
    }
  });

  test("keeps what the kernel noted when reverse replication is taken back before it wrote anything", async () => {
    await play(async (rig) => {
      const { replica, plan } = await failedOver(rig);
      replica.onQuestion = () => {
        throw new Fault({ code: "target-away", kind: "transient", message: "Nobody is there." });
      };
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        await rig.until(host, ({ faults }) => faults.length > 0);
      });
      await rig.live(await rig.source(), async (host) => {
        const { branch } = await rig.until(host, isProtected);
        assert.equal(branch, plan.branch);
        const sequence = await point(rig, host);
        await rig.assertIs(rig.held(sequence), "the disk and its next point");
      });
    });
  });
});
