import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, KiB } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import type { PlannedOrigin, PlannedReverse } from "@leeward/proto";
import { BranchFile } from "../disk/branch-file.ts";
import type { DiskFacts, DiskHost } from "../disk/disk-host.ts";
import { ServedDisk } from "../disk/served-disk.ts";
import { REVERSE_READS_MAX } from "../limits.ts";
import { ReverseRig } from "./testing/reverse-rig.ts";
import type { TestReplica } from "./testing/test-replica.ts";

const SIZE = 512 * KiB;
const BLOCK = 4 * KiB;
const NEVER = new AbortController().signal;

/** Where the source stood when its replica machine was started. */
interface Begun {
  readonly branch: string;
  readonly point: number;
  readonly journaled: number;
  readonly content: Buffer;
}

function block(byte: number, blocks = 1): Buffer {
  return Buffer.alloc(blocks * BLOCK, byte);
}

async function write(host: DiskHost, at: number, data: Uint8Array): Promise<void> {
  assert.ok(host instanceof ServedDisk && host.device !== undefined);
  await host.device.write(at * BLOCK, data, { fua: true });
}

/** Protects the disk with a point; after that blocks 8 and 9 are journaled, and block 20 is logged alone. */
async function failedOver(rig: ReverseRig): Promise<Begun> {
  let begun: Begun | undefined;
  await rig.live(await rig.source(), async (host) => {
    await rig.until(host, isProtected);
    for (let at = 0; at < 16; at += 1) await write(host, at, block(100 + at));
    await rig.take(host);
    const { branch, writtenSequence: point } = await rig.until(host, isProtected);
    await write(host, 8, block(8, 2));
    await rig.take(host);
    const { writtenSequence: journaled } = await rig.until(host, isProtected);
    host.journaled(branch, journaled);
    await write(host, 20, block(20));
    begun = { branch, point, journaled, content: rig.held(point) };
  });
  assert.ok(begun !== undefined);
  return begun;
}

function replicaOf(rig: ReverseRig, { content, journaled }: Begun): TestReplica {
  const journaledAfter = [{ offset: 8 * BLOCK, length: 2 * BLOCK }];
  return rig.replica({ content, journaledAfter, journaledSequence: journaled });
}

function planFor({ id }: TestReplica, { branch, point }: Begun, whole = false): PlannedReverse {
  return { failoverId: id, branch, sequence: point, whole };
}

function originOf({ id, branch, sequence }: TestReplica): PlannedOrigin {
  return { failoverId: id, branch, sequence, timeMicros: 1 };
}

function isProtected({ state, writtenSequence, sendableSequence }: DiskFacts): boolean {
  return state === "protected" && writtenSequence === sendableSequence;
}

function isComplete({ reverse }: DiskFacts): boolean {
  return reverse?.complete === true;
}

/** Brings the disk to the end, from whatever was left. */
async function completed(rig: ReverseRig, replica: TestReplica, plan: PlannedReverse): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await rig.live(await rig.reversed(replica, plan), async (host) => {
    replica.isHalted = true;
    facts = await rig.until(host, isComplete);
  });
  assert.ok(facts !== undefined);
  await rig.assertIs(replica.content, "the disk and the replica machine's");
  return facts;
}

/** Goes on from the origin, and has the target follow. */
async function goneOn(rig: ReverseRig, replica: TestReplica, origin: PlannedOrigin): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await rig.live(await rig.source(origin), async (host) => {
    facts = await rig.until(host, isProtected);
    if (facts.parent !== undefined) {
      const first = await host.settleMark(rig.marks.raise());
      assert.deepEqual(first, { branch: facts.branch, sequence: 1 }, "a point before anything is written");
    }
    await write(host, 30, block(31));
    await rig.take(host);
    const mark = rig.marks.raise();
    const settled = await host.settleMark(mark);
    assert.ok(settled !== undefined, "a point is made on the new branch");
    await rig.take(host);
    const base = facts.parent === undefined ? Buffer.alloc(SIZE) : replica.content;
    await rig.assertIs(rig.held(settled.sequence, base), "the disk and its next point");
  });
  assert.ok(facts !== undefined);
  return facts;
}

async function play(scenario: (rig: ReverseRig) => Promise<void>, capture?: "splitter" | "tracker"): Promise<void> {
  const rig = new ReverseRig({ seed: 5, sizeBytes: SIZE, ...(capture === undefined ? {} : { capture }) });
  await rig.clock.run(() => scenario(rig));
}

describe("a disk that is made what its replica machine's is", () => {
  test("is brought on when the machine runs again after it was halted, also over a restart, and ends where that ends", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      replica.write(40 * BLOCK, block(40));
      const plan = planFor(replica, begun);
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        replica.isHalted = true;
        await rig.until(host, isComplete);
        replica.isHalted = false;
        replica.write(41 * BLOCK, block(41));
        const { reverse } = await rig.until(host, (facts) => !isComplete(facts) && facts.reverse?.sequence === 2);
        assert.equal(reverse?.following, true);
        replica.isHalted = true;
        await rig.until(host, isComplete);
      });
      await rig.assertIs(replica.content, "the disk and the replica machine's");
      replica.isHalted = false;
      replica.write(0, block(42));
      replica.isHalted = true;
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        const isThere = (facts: DiskFacts): boolean =>
          isComplete(facts) && facts.reverse?.sequence === replica.sequence;
        assert.equal((await rig.until(host, isThere)).reverse?.method, "set");
      });
      await rig.assertIs(replica.content, "the disk and the replica machine's");
      await goneOn(rig, replica, originOf(replica));
    });
  });

  test("goes on from its point, without a copy, where its replica machine wrote nothing to it", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      await completed(rig, replica, planFor(replica, begun));
      const { branch, point: sequence } = begun;
      const { parent } = await goneOn(rig, replica, { failoverId: replica.id, branch, sequence, timeMicros: 1 });
      assert.deepEqual(parent, { branch, sequence });
    });
  });

  test("is brought exactly what the two changed, and goes on from there without a copy, over restarts", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      replica.write(40 * BLOCK, block(40));
      replica.write(0, block(41));
      const plan = planFor(replica, begun);
      const { reverse } = await completed(rig, replica, plan);
      const brought = ExtentSet.of(replica.reads);
      assert.deepEqual(
        [...brought].map(({ offset, length }) => [offset / BLOCK, length / BLOCK]),
        [
          [0, 1],
          [8, 2],
          [20, 1],
          [40, 1],
        ],
      );
      assert.equal(replica.readBytes, 5 * BLOCK, "each of it once");
      assert.equal(replica.comparedExtents.length, 0);
      assert.deepEqual(reverse, {
        failoverId: replica.id,
        placeId: "",
        method: "set",
        setBytes: 5 * BLOCK,
        broughtBytes: 5 * BLOCK,
        sequence: 2,
        complete: true,
        following: true,
      });
      const origin = originOf(replica);
      const first = await goneOn(rig, replica, origin);
      assert.deepEqual(first.parent, { branch: replica.branch, sequence: 2 });
      assert.equal(first.writtenSequence, 0, "nothing is copied");
      assert.equal(first.resync, undefined);
      assert.equal(await rig.files.status("/agent/disks/d/reverse"), undefined);
      for (const again of [origin, undefined]) {
        await rig.live(await rig.source(again), async (host) => {
          const facts = await rig.until(host, isProtected);
          assert.deepEqual([facts.branch, facts.parent], [first.branch, first.parent], "an origin is begun once");
          await write(host, 50, block(50));
          await rig.take(host);
          await rig.assertIs(rig.held(undefined, replica.content), "the disk and what its target holds");
        });
      }
    });
  });

  test("follows what the replica machine writes meanwhile, round by round, and ends only after it was halted", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      const plan = planFor(replica, begun);
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        for (let round = 1; round <= 5; round += 1) {
          replica.write((3 * round * BLOCK) % SIZE, block(round));
          const { reverse } = await rig.until(host, (facts) => facts.reverse?.sequence === round);
          assert.equal(reverse?.complete, false);
          await rig.assertIs(replica.content, `after round ${round}`);
        }
        const { state, branch, nbdUri } = await rig.until(host, () => true);
        assert.deepEqual([state, branch, nbdUri], ["reverse", "", ""]);
      });
      const facts = await completed(rig, replica, plan);
      assert.equal(facts.reverse?.sequence, 5);
      assert.equal((await goneOn(rig, replica, originOf(replica))).writtenSequence, 0);
    });
  });

  test("is compared as a whole where its own part cannot be proved, or when that is asked for, and only what differs is brought", async () => {
    for (const whole of [true, false]) {
      await play(async (rig) => {
        const begun = await failedOver(rig);
        const replica = replicaOf(rig, begun);
        replica.write(100 * BLOCK, block(1));
        const { branch } = begun;
        const plan = { ...planFor(replica, begun, whole), branch: whole ? branch : "ee".repeat(16) };
        const { reverse } = await completed(rig, replica, plan);
        assert.equal(reverse?.method, "compared");
        // Blocks of digests: the ones of 8 and 9, of 20, and of 100.
        assert.equal(reverse?.broughtBytes, 3 * 64 * KiB);
        assert.equal(replica.readBytes, 3 * 64 * KiB);
        assert.equal((await goneOn(rig, replica, originOf(replica))).writtenSequence, 0);
      });
    }
  });

  test("is compared when somebody wrote to it past the agent, also between two runs of it", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      await rig.writeUnseen(70 * BLOCK, block(70));
      const plan = planFor(replica, begun);
      await rig.live(await rig.reversed(replica, plan), async (host) => {
        const { reverse } = await rig.until(host, (facts) => facts.reverse?.broughtBytes !== 0);
        assert.equal(reverse?.method, "compared");
      });
      await rig.writeUnseen(71 * BLOCK, block(71));
      await completed(rig, replica, plan);
      await rig.writeUnseen(72 * BLOCK, block(72));
      await completed(rig, replica, plan);
    });
  });

  test("goes on where it was protected when reverse replication is taken back before it wrote anything", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      const away = Promise.withResolvers<void>();
      replica.onQuestion = ({ kind }) => {
        if (kind !== "replicaDigests") return;
        away.resolve();
        throw new Fault({ code: "target-away", kind: "transient", message: "Nobody is there." });
      };
      await rig.live(await rig.reversed(replica, planFor(replica, begun, true)), async (host) => {
        await away.promise;
        const { faults } = await rig.until(host, (facts) => facts.faults.length > 0);
        assert.equal(faults[0]?.code, "target-away");
        assert.equal(host.facts()?.reverse?.method, "compared");
      });
      assert.equal(rig.reverseWrites, 0);
      await rig.live(await rig.source(), async (host) => {
        const { branch } = await rig.until(host, isProtected);
        assert.equal(branch, begun.branch);
        await rig.take(host);
        await rig.assertIs(rig.held(), "the disk and what its target holds");
      });
      replica.onQuestion = () => undefined;
      const plan = planFor(replica, begun);
      await completed(rig, replica, plan);
      assert.equal(replica.readBytes, 3 * BLOCK, "what was found before is not gone on with");
    });
  });

  test("is copied again on a branch of its own when it was given up after a byte of it was written", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      await rig.live(await rig.reversed(replica, planFor(replica, begun)), async (host) => {
        await rig.until(host, ({ reverse }) => (reverse?.broughtBytes ?? 0) > 0);
      });
      await rig.live(await rig.source(), async (host) => {
        const { branch } = await rig.until(host, isProtected);
        assert.notEqual(branch, begun.branch);
        assert.equal((await BranchFile.read(rig, rig.settings().folder)).resync?.code, "reverse-given-up");
        await rig.take(host);
        await rig.assertIs(rig.held(), "the branch alone and the disk");
      });
      assert.equal(await rig.files.status(`/agent/disks/d/${begun.branch}`), undefined);
      await rig.live(await rig.source(), async (host) => {
        const { branch } = await rig.until(host, isProtected);
        assert.equal(branch, rig.taken, "it is given up once");
      });
    });
  });

  test("proves nothing any more for another failover, and is compared for that", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const first = replicaOf(rig, begun);
      first.write(0, block(1, 128));
      await completed(rig, first, planFor(first, begun));
      const second = replicaOf(rig, begun);
      second.write(90 * BLOCK, block(2));
      const { reverse } = await completed(rig, second, planFor(second, begun));
      assert.equal(reverse?.method, "compared");
      assert.equal((await goneOn(rig, second, originOf(second))).writtenSequence, 0);
    });
  });

  test("is copied again when the origin is not what it was made, or it was written to since, and that origin is settled then", async () => {
    const doubts: ((rig: ReverseRig, origin: PlannedOrigin) => Promise<PlannedOrigin>)[] = [
      async (_rig, origin) => ({ ...origin, failoverId: "ab".repeat(16) }),
      async (_rig, origin) => ({ ...origin, sequence: origin.sequence + 2 }),
      async (_rig, origin) => ({ ...origin, sequence: origin.sequence - 1 }),
      async (rig, origin) => {
        await rig.writeUnseen(60 * BLOCK, block(60));
        return origin;
      },
    ];
    for (const doubt of doubts) {
      await play(async (rig) => {
        const begun = await failedOver(rig);
        const replica = replicaOf(rig, begun);
        replica.write(0, block(1));
        await completed(rig, replica, planFor(replica, begun));
        const origin = await doubt(rig, originOf(replica));
        const facts = await goneOn(rig, replica, origin);
        assert.equal(facts.parent, undefined, doubt.toString());
        assert.notEqual(facts.branch, begun.branch);
        await rig.live(await rig.source(origin), async (host) => {
          const { branch, resync } = await rig.until(host, isProtected);
          assert.deepEqual([branch, resync], [facts.branch, undefined]);
        });
      });
    }
  });

  test("an origin for which nothing was brought, and one before the end, have the disk copied again", async () => {
    for (const isBegun of [false, true]) {
      await play(async (rig) => {
        const begun = await failedOver(rig);
        const replica = replicaOf(rig, begun);
        if (isBegun) {
          await rig.live(await rig.reversed(replica, planFor(replica, begun)), async (host) => {
            await rig.until(host, ({ reverse }) => (reverse?.broughtBytes ?? 0) > 0);
          });
        }
        const facts = await goneOn(rig, replica, originOf(replica));
        assert.equal(facts.parent, undefined);
        assert.notEqual(facts.branch, begun.branch);
      });
    }
  });

  test("keeps several reads on their way and no more, writes zeroes as zeroes, and is not held up by one answer that fails", async () => {
    const rig = new ReverseRig({ seed: 9, sizeBytes: 24 * 1024 * KiB });
    await rig.clock.run(async () => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      replica.write(1024 * KiB, Buffer.alloc(20 * 1024 * KiB));
      replica.write(3 * 1024 * KiB, block(7));
      const onTheirWay = { now: 0, max: 0, count: 0 };
      replica.onQuestion = async ({ kind }) => {
        if (kind !== "replicaRead") return;
        onTheirWay.count += 1;
        onTheirWay.now += 1;
        onTheirWay.max = Math.max(onTheirWay.max, onTheirWay.now);
        const isFailing = onTheirWay.count === 4;
        await rig.clock.sleep(5, NEVER);
        onTheirWay.now -= 1;
        if (isFailing) throw new Fault({ code: "target-away", kind: "transient", message: "Nobody is there." });
      };
      await completed(rig, replica, planFor(replica, begun));
      assert.equal(replica.readBytes, 20 * 1024 * KiB + 3 * BLOCK);
      assert.equal(onTheirWay.max, REVERSE_READS_MAX);
      // All but the block in the middle, and the one that the source alone wrote.
      assert.equal(rig.reverseZeroBytes, 20 * 1024 * KiB - BLOCK + BLOCK);
    });
  });

  test("is compared as a whole when the replica machine's disk lost writes that it had told of", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = replicaOf(rig, begun);
      for (let at = 0; at < 5; at += 1) replica.write(at * BLOCK, block(at));
      const plan = planFor(replica, begun);
      const setBack = rig.live(await rig.reversed(replica, plan), async (host) => {
        await rig.until(host, ({ reverse }) => reverse?.sequence === 5);
        replica.setBack(2);
        // In the place of what was lost.
        replica.content.set(block(200), 4 * BLOCK);
        replica.write(100 * BLOCK, block(7));
        await new Promise(() => undefined);
      });
      await assert.rejects(setBack, { code: "reverse-set-back", kind: "transient" });
      const { reverse } = await completed(rig, replica, plan);
      assert.equal(reverse?.method, "compared");
      assert.equal((await goneOn(rig, replica, originOf(replica))).writtenSequence, 0);
    });
  });

  test("is compared, or copied again, when the record of it rotted", async () => {
    for (const isGivenUp of [false, true]) {
      await play(async (rig) => {
        const begun = await failedOver(rig);
        const replica = replicaOf(rig, begun);
        const plan = planFor(replica, begun);
        await rig.live(await rig.reversed(replica, plan), async (host) => {
          await rig.until(host, ({ reverse }) => (reverse?.broughtBytes ?? 0) > 0);
        });
        rig.files.rot("/agent/disks/d/reverse/record", 20);
        if (isGivenUp) {
          await rig.live(await rig.source(), async (host) => {
            const { branch } = await rig.until(host, isProtected);
            assert.notEqual(branch, begun.branch);
            await rig.take(host);
            await rig.assertIs(rig.held(), "the branch alone and the disk");
          });
        } else assert.equal((await completed(rig, replica, plan)).reverse?.method, "compared");
      });
    }
  });

  test("is refused where the replica machine's disk has another size, and nothing is written", async () => {
    await play(async (rig) => {
      const begun = await failedOver(rig);
      const replica = rig.replica({ content: Buffer.alloc(SIZE + BLOCK), journaledSequence: begun.journaled });
      const host = await rig.reversed(replica, planFor(replica, begun));
      await assert.rejects(
        rig.live(host, () => new Promise(() => undefined)),
        { code: "reverse-size-differs", kind: "operator" },
      );
      assert.equal(rig.reverseWrites, 0);
    });
  });
});
