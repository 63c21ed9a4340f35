import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { faultyDevice } from "@leeward/block/testing";
import { DIGEST_BLOCK_BYTES as BLOCK, blockDigests } from "@leeward/proto";
import type { Splitter } from "./splitter.ts";
import { firstDifference, SplitterLife, SplitterRig, TestTarget, untilSendable } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
/** Some blocks, and a last one that is short. */
const DISK = 4 * BLOCK + (12 << 10);

/** A disk whose every block holds something, copied to its target, with a point there. */
async function copied(options: Partial<ConstructorParameters<typeof SplitterRig>[0]> = {}) {
  const rig = new SplitterRig({ seed: 1, diskBytes: DISK, ...options });
  for (let at = 0; at < DISK; at += 4 << 10) await rig.disk.write(at, Buffer.alloc(4 << 10, 1 + (at >>> 12)), PLAIN);
  await rig.disk.flush();
  return { rig, target: new TestTarget() };
}

/** What the target says of an extent at the newest point, which is made now. */
async function heldNow(rig: SplitterRig, splitter: Splitter, target: TestTarget, extent: Extent) {
  const settled = await splitter.settleMark(rig.marks.raise());
  assert.ok(settled !== undefined);
  await untilSendable(splitter);
  await target.take(splitter);
  const { sequence } = settled;
  const content = target.content(DISK, sequence).subarray(extent.offset, extent.offset + extent.length);
  return { branch: splitter.branch, sequence, extent, digests: blockDigests(content) };
}

/** What nobody wrote through the splitter. */
const WRONG = Buffer.alloc(512, 0xee);
const WHOLE = { offset: 0, length: DISK };

async function untilProtected(rig: SplitterRig, splitter: Splitter, target: TestTarget): Promise<void> {
  while (splitter.state.kind !== "protected") {
    await target.take(splitter);
    await rig.clock.sleep(20, NEVER);
  }
}

describe("a comparison with what the target holds", () => {
  test("finds what changed behind the splitter's back, block by block, and nothing else", async () => {
    const { rig, target } = await copied();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      const held = await heldNow(rig, splitter, target, WHOLE);
      assert.deepEqual(await splitter.compare(held, NEVER), { comparedBytes: DISK, skipped: [], differing: [] });
      for (const at of [BLOCK + 512, 2 * BLOCK, 4 * BLOCK + 1_024]) await rig.disk.write(at, WRONG, PLAIN);
      assert.deepEqual(await splitter.compare(held, NEVER), {
        comparedBytes: DISK,
        skipped: [],
        differing: [
          { offset: BLOCK, length: 2 * BLOCK },
          { offset: 4 * BLOCK, length: DISK - 4 * BLOCK },
        ],
      });
      const part = await heldNow(rig, splitter, target, { offset: 2 * BLOCK, length: BLOCK });
      assert.deepEqual((await splitter.compare(part, NEVER)).differing, [{ offset: 2 * BLOCK, length: BLOCK }]);
      await splitter.close();
    });
  });

  test("skips and counts what changed after the point, also by a discard, and while it is in the bitmap", async () => {
    const { rig, target } = await copied();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      const held = await heldNow(rig, splitter, target, WHOLE);
      await splitter.write(BLOCK, Buffer.alloc(512, 9), PLAIN);
      await splitter.discard({ offset: 3 * BLOCK, length: 4096 }, PLAIN);
      const blocks = [BLOCK, 3 * BLOCK].map((offset) => ({ offset, length: BLOCK }));
      assert.deepEqual(await splitter.compare(held, NEVER), {
        comparedBytes: DISK - 2 * BLOCK,
        skipped: blocks,
        differing: [],
      });
      await splitter.recopy([{ offset: 2 * BLOCK, length: 512 }]);
      const joined = [{ offset: BLOCK, length: 3 * BLOCK }];
      assert.deepEqual((await splitter.compare(held, NEVER)).skipped, joined);
      await untilProtected(rig, splitter, target);
      assert.deepEqual((await splitter.compare(held, NEVER)).skipped, joined, "its copy stands in the log");
      const newer = await heldNow(rig, splitter, target, WHOLE);
      assert.equal((await splitter.compare(newer, NEVER)).comparedBytes, DISK);
      await splitter.close();
    });
  });

  test("says that it cannot be done where the log is no proof", async () => {
    const { rig, target } = await copied({ limits: { logBytesMax: 1 << 20, logFileBytesMax: 16 << 10 } });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      const held = await heldNow(rig, splitter, target, WHOLE);
      await assert.rejects(splitter.compare({ ...held, sequence: held.sequence + 100 }, NEVER), {
        code: "comparison-impossible",
      });
      await assert.rejects(splitter.compare({ ...held, branch: "0b".repeat(16) }, NEVER), {
        code: "comparison-impossible",
      });
      await assert.rejects(splitter.compare({ ...held, extent: { offset: 0, length: DISK + BLOCK } }, NEVER), {
        code: "comparison-impossible",
      });
      await assert.rejects(splitter.compare({ ...held, digests: held.digests.subarray(16) }, NEVER), {
        code: "comparison-impossible",
      });
      for (let at = 0; at < 8 * BLOCK; at += 4096) {
        await splitter.write(at % (4 * BLOCK), Buffer.alloc(4096, 7), PLAIN);
        await target.take(splitter);
      }
      await untilSendable(splitter);
      await target.take(splitter);
      await rig.clock.sleep(2_000, NEVER);
      await assert.rejects(splitter.compare(held, NEVER), { code: "log-trimmed" });
      const newer = await heldNow(rig, splitter, target, WHOLE);
      for (let at = 0; splitter.state.kind === "protected"; at = (at + 4096) % (4 * BLOCK)) {
        await splitter.write(at, Buffer.alloc(4096, 8), PLAIN);
      }
      await assert.rejects(splitter.compare(newer, NEVER), { code: "comparison-impossible" });
      await untilProtected(rig, splitter, target);
      await splitter.close();
    });
  });
});

describe("a recopy", () => {
  test("makes the replica equal again by a span of these extents alone, and no point lies inside of it", async () => {
    const { rig, target } = await copied();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      await rig.disk.write(BLOCK + 512, WRONG, PLAIN);
      const held = await heldNow(rig, splitter, target, WHOLE);
      const { differing } = await splitter.compare(held, NEVER);
      const before = splitter.facts().writtenSequence;
      await splitter.recopy(differing);
      await untilProtected(rig, splitter, target);
      const newer = await heldNow(rig, splitter, target, WHOLE);
      assert.deepEqual(await splitter.compare(newer, NEVER), { comparedBytes: DISK, skipped: [], differing: [] });
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      const after = target.records.filter(({ sequence }) => sequence > before);
      assert.deepEqual([after[0]?.kind, after.at(-2)?.kind, after.at(-1)?.kind], ["span-begin", "span-end", "mark"]);
      const bytes = after.reduce((sum, record) => sum + (record.kind === "write" ? record.length : 0), 0);
      assert.equal(bytes, BLOCK);
      assert.equal(target.spans().at(-1)?.reason, "catch-up");
      await splitter.close();
    });
  });

  test("that was answered is done whatever stops the machine after that, at any call", async () => {
    for (const how of ["kill", "crash"] as const) {
      for (let calls = 1, stopped = true; stopped; calls += 1) stopped = await recopyStopped(how, calls);
    }
  });

  test("goes on when its region cannot be read at first, and when the log is lost in the middle", async () => {
    let refuse = 0;
    const { rig, target } = await copied({
      wrap: (device) =>
        faultyDevice(device, {
          operations: ["read"],
          fails: () => {
            refuse -= 1;
            return refuse >= 0;
          },
        }),
    });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      await rig.disk.write(BLOCK + 512, WRONG, PLAIN);
      refuse = 3;
      await splitter.recopy([{ offset: BLOCK, length: BLOCK }]);
      await rig.clock.sleep(50, NEVER);
      assert.equal(splitter.state.kind, "reduced");
      let failures = 2;
      rig.onOperation = ({ path, kind }) => {
        if (!path.includes("/log") || kind === "status" || failures === 0) return;
        failures -= 1;
        throw new Fault({ code: "io-failed", kind: "transient", message: "It was refused." });
      };
      await rig.clock.sleep(500, NEVER);
      assert.equal(failures, 0);
      await untilProtected(rig, splitter, target);
      await untilSendable(splitter);
      await target.take(splitter);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      await splitter.close();
    });
  });
});

/** Stops the machine so many calls after a recopy was answered; false once it had been done before. */
async function recopyStopped(how: "kill" | "crash", calls: number): Promise<boolean> {
  const { rig, target } = await copied({ seed: calls });
  return rig.clock.run(async () => {
    const splitter = await rig.open();
    await splitter.copy(NEVER);
    await rig.disk.write(BLOCK + 512, WRONG, PLAIN);
    await rig.disk.flush();
    await splitter.flush();
    await target.take(splitter);
    await splitter.recopy([{ offset: BLOCK, length: BLOCK }]);
    const hit = Promise.withResolvers<boolean>();
    const at = rig.events + calls;
    rig.onEvent = (number) => {
      if (number !== at) return;
      rig.onEvent = undefined;
      rig.stop(how);
      hit.resolve(true);
    };
    const done = untilProtected(rig, splitter, target).then(() => false);
    const stopped = await Promise.race([hit.promise, done]);
    rig.onEvent = undefined;
    if (stopped) await rig.restart(how);
    const next = stopped ? await rig.open() : splitter;
    await untilProtected(rig, next, target);
    await untilSendable(next);
    await target.take(next);
    assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined, `${how} after ${calls} calls`);
    await next.close();
    return stopped;
  });
}

test("under writers, over many rounds, no difference is found where none is", async () => {
  let comparedBytes = 0;
  for (let seed = 1; seed <= 24; seed += 1) {
    const life = new SplitterLife({ seed, diskBytes: 256 << 10, initial: seed % 2 === 0, latencyMicrosMax: 1_000 });
    await life.rig.clock.run(async () => {
      const splitter = await life.rig.open();
      await life.work(splitter, 40);
      await life.check(splitter);
      await life.close(splitter);
    });
    comparedBytes += life.comparedBytes;
  }
  assert.ok(comparedBytes > 256 << 10, `${comparedBytes} bytes were compared`);
});
