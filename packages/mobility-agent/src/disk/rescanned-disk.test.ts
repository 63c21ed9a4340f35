import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, isFault, KiB } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { faultyDevice } from "@leeward/block/testing";
import { fileFault } from "@leeward/world";
import { FULL, SAMPLE, SAMPLE_NOTE, simulatedCompute } from "@leeward/world/testing";
import { changedSince } from "../reverse/failback-set.ts";
import { RESCAN_FOLDER, RESCAN_SETTINGS, RescanRig } from "./testing/rescan-rig.ts";

const NEVER = new AbortController().signal;

async function play(scenario: (rig: RescanRig) => Promise<void>): Promise<void> {
  const rig = new RescanRig(7);
  await rig.clock.run(() => scenario(rig));
}

describe("a rescanned disk", () => {
  test("has points that are its snapshots, byte for byte, however much is written meanwhile, and keeps no snapshot", () =>
    play(async (rig) => {
      const disk = rig.disk();
      const failure = await rig.live(disk, async () => {
        await rig.morePoints(disk, 4);
        const { rescan, state } = rig.factsOf(disk);
        assert.equal(state, "protected");
        assert.ok((rescan?.tookMicros ?? 0) > 0 && (rescan?.endedMicros ?? 0) > 0);
      });
      assert.equal(failure, undefined);
      await rig.checkPoints();
      assert.equal(rig.snapshots.size, 0);
      assert.deepEqual(rig.calls.slice(0, 4), ["make", "remove", "make", "remove"]);
    }));

  test("is read at its interval, rests for as long as it was read, and sends what differs alone", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        const { writtenBytes } = rig.factsOf(disk);
        await rig.morePoints(disk, 2);
        assert.ok(rig.factsOf(disk).writtenBytes - writtenBytes < 256 * KiB, "what did not change is not sent again");
      });
      const [first, second, third] = rig.points.map(({ timeMicros }) => timeMicros);
      for (const pause of [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]) {
        assert.ok(pause >= 9_900_000 && pause < 12_000_000, `${pause} µs`);
      }
    }));

  test("shows how far a rescan is", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        await rig.until("under way", () => (rig.factsOf(disk).progress?.doneBytes ?? 0) > 0);
        assert.equal(rig.factsOf(disk).progress?.totalBytes, rig.content.length);
        assert.ok((rig.factsOf(disk).rescan?.beganMicros ?? 0) > 0);
        await rig.morePoints(disk, 1);
      });
    }));

  test("has no part in a point of others", () =>
    play(async (rig) => {
      const disk = rig.disk();
      const mark = {
        pointId: "0f".repeat(16),
        number: 900,
        timeMicros: 1,
        kind: "auto",
        consistency: "crash",
      } as const;
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        await rig.until("under way", () => (rig.factsOf(disk).progress?.doneBytes ?? 0) > 0);
        assert.equal(await disk.settleMark(mark), undefined);
        await rig.morePoints(disk, 1);
        assert.equal(await disk.settleMark(mark), undefined);
      });
      await rig.checkPoints();
    }));

  test("whose hook fails, says so, has the snapshot removed that may have been made, and tries again", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.answer = ({ phase }) =>
          phase === "make" ? { how: "failed", exitCode: 3, stderr: "no room\n" } : undefined;
        await rig.until("failed", () => rig.faultsOf(disk).includes("snapshot-failed"));
        assert.match(disk.facts()?.faults[0]?.message ?? "", /exited with 3: no room/);
        assert.equal(rig.calls.at(-1), "remove");
        rig.answer = ({ phase }) => (phase === "make" ? { stdout: "Logical volume created.\n" } : undefined);
        await rig.until("failed again", () => /printed no/.test(disk.facts()?.faults[0]?.message ?? ""));
        assert.equal(rig.snapshots.size, 0);
        rig.answer = () => undefined;
        await rig.morePoints(disk, 1);
        assert.deepEqual(rig.faultsOf(disk), []);
      });
      await rig.checkPoints();
    }));

  test("whose snapshot cannot be removed makes no other one before that is", () =>
    play(async (rig) => {
      const disk = rig.disk();
      rig.answer = ({ phase }) => (phase === "remove" ? { how: "failed", exitCode: 1 } : undefined);
      const failure = await rig.live(disk, async () => {
        await rig.until("left", () => rig.faultsOf(disk).includes("snapshot-left"));
        const makes = rig.calls.filter((phase) => phase === "make").length;
        await rig.clock.sleep(600_000, NEVER);
        assert.equal(rig.calls.filter((phase) => phase === "make").length, makes);
        rig.answer = () => undefined;
        await rig.morePoints(disk, 1);
        assert.deepEqual(rig.faultsOf(disk), []);
      });
      assert.equal(failure, undefined);
      assert.equal(rig.snapshots.size, 0);
    }));

  test("of which neither a snapshot can be read nor that be removed says the first, then the other, and is in order after both", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        const failing = { on: true };
        rig.around = (device) => faultyDevice(device, { operations: ["read"], fails: () => failing.on });
        rig.answer = ({ phase }) => (phase === "remove" && failing.on ? { how: "failed", exitCode: 1 } : undefined);
        await rig.until("failed", () => rig.faultsOf(disk).length > 0);
        assert.deepEqual(rig.faultsOf(disk), ["disk-read-failed"]);
        await rig.until("left", () => rig.faultsOf(disk).includes("snapshot-left"));
        failing.on = false;
        await rig.morePoints(disk, 2);
      });
      assert.equal(rig.snapshots.size, 0);
      await rig.checkPoints();
    }));

  test("without a hook has no point of a disk that was not still while it was read", () =>
    play(async (rig) => {
      rig.hasHook = false;
      const state = { moved: 0 };
      rig.still = async () => {
        const device = memoryDevice(rig.content.length, { blockBytes: 512 });
        await device.write(0, rig.content, { fua: false });
        const confirm = async (): Promise<void> => {
          state.moved += 1;
          throw new Fault({ code: "disk-not-still", kind: "operator", message: "written to", remedy: "none" });
        };
        return { device, confirm, [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
      };
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.until("not still", () => rig.faultsOf(disk).includes("disk-not-still"));
        await rig.until("twice", () => state.moved > 1);
      });
      assert.equal(rig.points.length, 0);
    }));

  test("whose ended hook is still at work has no snapshot removed, nor another made, before that is over", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.atWork = true;
        await rig.until("left", () => rig.faultsOf(disk).includes("snapshot-left"));
        assert.match(disk.facts()?.faults[0]?.message ?? "", /still at work/);
        const calls = rig.calls.length;
        await rig.clock.sleep(600_000, NEVER);
        assert.equal(rig.calls.length, calls);
        rig.atWork = false;
        await rig.morePoints(disk, 1);
      });
      assert.equal(rig.snapshots.size, 0);
      await rig.checkPoints();
    }));

  test("whose snapshot fails while it is read makes no point of it, and goes on with the next", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        const failing = { on: true };
        rig.around = (device) => faultyDevice(device, { operations: ["read"], fails: () => failing.on });
        await rig.until("failed", () => rig.faultsOf(disk).includes("disk-read-failed"));
        assert.equal(rig.snapshots.size, 0);
        assert.equal(rig.points.length, 1);
        failing.on = false;
        await rig.morePoints(disk, 2);
      });
      await rig.checkPoints();
    }));

  test("without a hook is refused while others use it", () =>
    play(async (rig) => {
      rig.hasHook = false;
      const failure = await rig.live(rig.disk(), () => rig.clock.sleep(1_000, NEVER));
      assert.ok(isFault(failure, "snapshot-hook-missing"));
    }));

  test("is copied again when that is asked for, at once, and has a point of it", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        const before = rig.factsOf(disk).writtenBytes;
        const began = rig.clock.wallMicros();
        const { sequence } = await disk.beginResync({ whole: true });
        await rig.morePoints(disk, 1);
        assert.ok(rig.clock.wallMicros() - began < 5_000_000, "it does not wait for its interval");
        const { state, writtenSequence, writtenBytes } = rig.factsOf(disk);
        assert.equal(state, "protected");
        assert.ok(writtenSequence > sequence && writtenBytes >= before);
      });
      await rig.checkPoints();
    }));

  test("has extents copied once more that somebody names, and is not compared", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        await disk.recopy(rig.factsOf(disk).branch, [{ offset: 0, length: 64 * KiB }]);
        await rig.morePoints(disk, 1);
        assert.equal(rig.factsOf(disk).state, "protected");
        await assert.rejects(disk.compare(), { code: "disk-not-comparable" });
      });
      await rig.checkPoints();
    }));

  test("goes on on another branch when its target cannot go on with this one", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        const { branch } = rig.factsOf(disk);
        disk.resync(branch, { code: "history-lost", message: "lost" });
        await rig.until("another branch", () => rig.factsOf(disk).branch !== branch);
        rig.points.length = 0;
        await rig.morePoints(disk, 2);
        assert.ok(rig.points.every((point) => point.branch !== branch));
      });
      await rig.checkPoints();
    }));

  test("that has grown is opened again, and one that is no snapshot of it is refused", () =>
    play(async (rig) => {
      const disk = rig.disk();
      const failure = await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.content = Buffer.concat([rig.content, Buffer.alloc(64 * KiB, 9)]);
        await rig.until("ended", () => disk.facts() === undefined);
      });
      assert.ok(isFault(failure, "disk-resized"));
      assert.equal(rig.snapshots.size, 0);
      rig.points.length = 0;
      const larger = rig.disk();
      await rig.live(larger, () => rig.morePoints(larger, 1));
      await rig.checkPoints();
    }));

  test("whose log is full makes no points, and goes on when there is room", () =>
    play(async (rig) => {
      const policy = { logBytesMax: 256 * KiB, copyBytesPerSecondMax: 0, rescanIntervalMs: 10_000 };
      const disk = rig.disk({ policy });
      await rig.live(disk, async () => {
        await rig.clock.sleep(60_000, NEVER);
        await rig.morePoints(disk, 2);
        assert.equal(rig.factsOf(disk).state, "protected");
      });
      assert.equal(rig.snapshots.size, 0);
    }));

  test("leaves out what belongs to the agent's own files", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.own = [{ offset: 0, length: 128 * KiB }];
        const held = rig.content.subarray(0, 128 * KiB).map((byte) => byte ^ 0xff);
        const before = await rig.replica(rig.points.at(-1) ?? assert.fail());
        rig.content.set(held, 0);
        await rig.morePoints(disk, 1);
        const after = await rig.replica(rig.points.at(-1) ?? assert.fail());
        assert.ok(after.subarray(0, 128 * KiB).equals(before.subarray(0, 128 * KiB)));
        rig.own = [];
        rig.points.length = 0;
        await rig.morePoints(disk, 1);
      });
      await rig.checkPoints();
    }));

  test("makes no snapshots while its machine is fenced", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.isWanted = false;
        await rig.clock.sleep(1_000, NEVER);
        const calls = rig.calls.length;
        await rig.clock.sleep(300_000, NEVER);
        assert.equal(rig.calls.length, calls);
        rig.isWanted = true;
        await rig.morePoints(disk, 1);
      });
      await rig.checkPoints();
    }));

  test("that is released keeps neither snapshot nor folder; a snapshot that cannot be removed keeps its note", () =>
    play(async (rig) => {
      const disk = rig.disk();
      await rig.live(disk, async () => {
        await rig.morePoints(disk, 1);
        rig.answer = ({ phase }) => (phase === "remove" ? { how: "failed", exitCode: 1 } : undefined);
        await rig.until("being read", () => rig.snapshots.size === 1 && rig.calls.at(-1) === "make");
        disk.release();
        await rig.until("closed", () => disk.facts() === undefined);
        await rig.clock.sleep(5_000, NEVER);
      });
      assert.ok((await rig.files.status(`${RESCAN_FOLDER}/snapshot.json`)) !== undefined);
      rig.answer = () => undefined;
      const again = rig.disk();
      await rig.live(again, async () => {
        await rig.morePoints(again, 1);
        again.release();
        await rig.until("closed", () => again.facts() === undefined);
        await rig.clock.sleep(5_000, NEVER);
      });
      assert.equal(rig.snapshots.size, 0);
      assert.equal(await rig.files.status(RESCAN_FOLDER), undefined);
    }));
});

test("what others wrote to a rescanned disk is not proved: a failback compares it as a whole, and so does the disk after it", () =>
  play(async (rig) => {
    const disk = rig.disk();
    await rig.live(disk, () => rig.morePoints(disk, 2));
    const [place] = rig.points;
    assert.ok(place !== undefined);
    const world = { clock: rig.clock, random: rig.random, files: rig.files, compute: simulatedCompute() };
    const device = memoryDevice(rig.content.length, { blockBytes: 512 });
    const source = { device, physicalBlockBytes: 512, identity: "file 1 2", witness: async () => "" };
    assert.equal(await changedSince({ world, settings: RESCAN_SETTINGS, source }, place), undefined);
    rig.points.length = 0;
    const again = rig.disk();
    await rig.live(again, () => rig.morePoints(again, 2));
    await rig.checkPoints();
  }));

describe("a rescanned disk whose files fail", () => {
  test("once, at any call, goes on to points that are its snapshots, and keeps no snapshot", async () => {
    let hits = 0;
    for (let at = 1 + (SAMPLE % FAULT_STEP); ; at += FAULT_STEP) {
      const rig = new RescanRig(300 + at);
      const state = { hit: false };
      rig.onFile = (path) => {
        if (state.hit || rig.events < at || !path.startsWith(RESCAN_FOLDER)) return;
        state.hit = true;
        throw fileFault("EIO", path);
      };
      await rig.clock.run(async () => {
        for (let tries = 0; rig.points.length < 3; tries += 1) {
          assert.ok(tries < 3, "it is opened again");
          const disk = rig.disk();
          await rig.live(disk, async () => {
            const closed = rig.until("closed", () => tries === 0 && state.hit && disk.facts() === undefined);
            await Promise.race([rig.morePoints(disk, 3), closed]);
          });
        }
        // What it kept from being removed, the next start removes.
        rig.onFile = () => undefined;
        const next = rig.disk();
        await rig.live(next, () => rig.morePoints(next, 1));
        assert.equal(rig.snapshots.size, 0);
        await rig.checkPoints();
      });
      if (!state.hit) break;
      hits += 1;
    }
    assert.ok(hits > 10, `${hits} hits`);
  });
});

const FAULT_STEP = FULL ? 1 : 19;
/** Every how many calls one is hit; odd, so that both kinds of stop come. */
const STEP = FULL ? 1 : 13;

/** Whether it came to the stop. */
async function runs(at: number, how: "kill" | "crash"): Promise<boolean> {
  const rig = new RescanRig(100 + at);
  return rig.clock.run(async () => {
    const life = async (points: number): Promise<void> => {
      const disk = rig.disk();
      assert.equal(await rig.live(disk, () => rig.morePoints(disk, points)), undefined);
      assert.equal(rig.snapshots.size, 0, "a clean end leaves no snapshot");
    };
    if (!(await rig.stopsAt(at, how, () => life(3)))) return false;
    if (await rig.stopsAt(1 + ((at * 7) % 80), how === "kill" ? "crash" : "kill", () => life(2))) await life(2);
    await rig.checkPoints();
    return true;
  });
}

describe("after a stop at any call to files, hooks or snapshots, and another soon after it", () => {
  test("every point is its snapshot, and no snapshot is left", async () => {
    let at = 1 + (FULL ? 0 : SAMPLE % STEP);
    for (; ; at += STEP) {
      const how = at % 2 === 0 ? "kill" : "crash";
      try {
        if (!(await runs(at, how))) break;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${how} at ${at} (${SAMPLE_NOTE}): ${why}`, {
          cause,
        });
      }
    }
    assert.ok(at > 100, `${at} calls`);
  });
});
