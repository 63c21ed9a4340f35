import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, KiB, seededRandom } from "@leeward/base";
import { CrashableDevice } from "@leeward/block/testing";
import { blockDigests } from "@leeward/proto";
import { contentOf, readLog, replay, TestMarks } from "@leeward/splitter/testing";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { RESYNC_SETTLED_AFTER_MS, RESYNCS_IN_A_ROW_MAX } from "../limits.ts";
import { CopyRate } from "./copy-rate.ts";
import { lent } from "./disk-door.ts";
import { factsOf } from "./disk-facts.ts";
import { DiskHistory } from "./disk-history.ts";
import type { DiskSettings } from "./disk-host.ts";
import type { AskReplica } from "./replica-asker.ts";

const FOLDER = "/agent/disks/d";
const SIZE = 64 * KiB;
const BLOCK = 4 * KiB;
const REFUSAL = { code: "target-behind", message: "The target lost what it had." };
const SETTINGS: DiskSettings = {
  diskId: "dd".repeat(16),
  machineId: "aa".repeat(16),
  name: "data",
  capture: "splitter",
  path: "/disk",
  folder: FOLDER,
  socketPath: "/nbd",
  bootId: "bb".repeat(16),
  // Slow enough to be seen while it copies.
  policy: { logBytesMax: 1 << 22, copyBytesPerSecondMax: 32 * KiB },
};

/** The disk, and the world around it. */
class Machine {
  readonly world: SimulatedWorld = simulatedWorld({ seed: 5 });
  readonly disk = CrashableDevice.create(SIZE, seededRandom(6));

  /** What tells this disk from another one in its place. */
  identity = "disk";

  /** As DiskSettings has it, and what the target tells of it. */
  seed: DiskSettings["seed"];
  askReplica: AskReplica | undefined;

  async open(): Promise<DiskHistory> {
    await this.world.files.makeFolder("/agent/disks");
    // The device outlives each opening.
    const device = lent(this.disk);
    const source = { device, physicalBlockBytes: 512, identity: this.identity, witness: async () => "same" };
    const { world, seed, askReplica } = this;
    const more = askReplica === undefined ? {} : { askReplica };
    const settings = { ...SETTINGS, ...(seed === undefined ? {} : { seed }) };
    return DiskHistory.open({ world, settings, marks: new TestMarks(), source, ...more });
  }

  /** Plays with an opened history that runs, and closes it. */
  async play(scenario: (history: DiskHistory) => Promise<void>): Promise<void> {
    await this.world.clock.run(async () => {
      const history = await this.open();
      const stop = new AbortController();
      const running = history.run(stop.signal).catch((error: unknown) => assert.equal(error, stop.signal.reason));
      try {
        await scenario(history);
      } finally {
        stop.abort();
        await running;
        await history[Symbol.asyncDispose]();
      }
    });
  }

  async until(history: DiskHistory, condition: () => boolean): Promise<void> {
    for (let ms = 0; !condition(); ms += 10) {
      assert.ok(
        ms < 60_000,
        `not within a minute: ${condition.toString()} ${JSON.stringify(history.splitter.facts())}`,
      );
      await this.world.clock.sleep(10, new AbortController().signal);
    }
  }

  /** What a target makes of the branch that is in force. */
  async assertHeld({ splitter }: DiskHistory): Promise<void> {
    const records = await readLog(this.world.files, `${FOLDER}/${splitter.branch}`, splitter.facts().sendableSequence);
    assert.ok(Buffer.from(replay(records, SIZE)).equals(await contentOf(this.disk)), "the branch alone gives the disk");
  }
}

function isProtected({ splitter }: DiskHistory): boolean {
  return splitter.state.kind === "protected" && splitter.facts().sendableSequence === splitter.facts().writtenSequence;
}

describe("a disk's history", () => {
  test("begins at its seed, sends what differs from it alone, also after a restart, and leaves it when its target cannot go on", async () => {
    const machine = new Machine();
    const seed = { branch: "5e".repeat(16), sequence: 7, diskBytes: SIZE };
    await machine.disk.write(0, Buffer.alloc(SIZE, 3), { fua: true });
    const held = await contentOf(machine.disk);
    machine.seed = seed;
    machine.askReplica = async ({ offset, length }) => {
      const digests = blockDigests(held.subarray(offset, offset + length));
      return { branch: seed.branch, sequence: seed.sequence, extent: { offset, length }, digests };
    };
    let [branch, through] = ["", 0];
    for (const _opening of [1, 2]) {
      await machine.play(async (history) => {
        await machine.until(history, () => isProtected(history));
        assert.deepEqual(history.parent, { branch: seed.branch, sequence: seed.sequence });
        ({ branch } = history.splitter);
        through = history.splitter.facts().sendableSequence;
      });
    }
    const records = await readLog(machine.world.files, `${FOLDER}/${branch}`, through);
    assert.deepEqual(
      records.flatMap((record) => (record.kind === "span-begin" ? [record.span.reason] : [])),
      ["initial"],
    );
    assert.ok(!records.some(({ kind }) => kind === "write" || kind === "zero"), "nothing differed");
    await machine.play(async (history) => {
      history.resyncFrom(branch, REFUSAL);
      await machine.until(history, () => history.splitter.branch !== branch && isProtected(history));
      assert.equal(history.parent, undefined);
      await machine.assertHeld(history);
    });
  });

  test("begins on nothing where the disk has another size than its seed", async () => {
    const machine = new Machine();
    machine.seed = { branch: "5e".repeat(16), sequence: 7, diskBytes: SIZE + BLOCK };
    await machine.play(async (history) => {
      await machine.until(history, () => isProtected(history));
      assert.equal(history.parent, undefined);
      await machine.assertHeld(history);
    });
  });

  test("a resync copies the disk on a branch of its own, and misses none of the writes that go on meanwhile", async () => {
    const machine = new Machine();
    await machine.play(async (history) => {
      const { clock, files } = machine.world;
      await machine.until(history, () => isProtected(history));
      const first = history.splitter.branch;
      let writing = true;
      const writer = (async () => {
        for (let count = 1; writing; count += 1) {
          await history.door.write((count * 7 * BLOCK) % SIZE, Buffer.alloc(BLOCK, count), { fua: count % 5 === 0 });
          await clock.sleep(1, new AbortController().signal);
        }
      })();
      await clock.sleep(20, new AbortController().signal);
      history.resyncFrom("00".repeat(16), REFUSAL);
      assert.equal(history.splitter.branch, first, "what is said of another branch is passed over");
      history.resyncFrom(first, REFUSAL);
      await machine.until(history, () => history.splitter.branch !== first);
      assert.equal(history.resync?.code, REFUSAL.code);
      await clock.sleep(20, new AbortController().signal);
      writing = false;
      await writer;
      await machine.until(history, () => isProtected(history));
      assert.equal(history.resync, undefined, "the copy has ended");
      await machine.assertHeld(history);
      await machine.until(history, () => true);
      assert.equal(await files.status(`${FOLDER}/${first}`), undefined, "the branch before leaves no log behind");
    });
  });

  test("for a target that holds nothing the whole disk is copied once more, also over a restart, while points go on", async () => {
    const machine = new Machine();
    await machine.play(async (history) => {
      await history.door.write(0, Buffer.alloc(SIZE, 1), { fua: true });
      await machine.until(history, () => isProtected(history));
      const { branch, writtenSequence: sequence } = history.splitter.facts();
      const anewBehind = { branch, sequence };
      const begun = await history.beginResync({ anewBehind });
      assert.deepEqual(begun, { branch, sequence: sequence + 1 });
      assert.deepEqual(await history.beginResync({ anewBehind }), begun, "one that was begun there is enough");
      await assert.rejects(history.beginResync({ anewBehind: { branch, sequence: sequence + 1 } }), {
        code: "copy-under-way",
      });
      await assert.rejects(history.beginResync({ anewBehind: { branch: "00".repeat(16), sequence } }), {
        code: "branch-left",
      });
      const { clock } = machine.world;
      const facts = factsOf({ history, source: { physicalBlockBytes: 512 }, uri: "" }, new CopyRate(clock), clock);
      assert.deepEqual([facts.state, facts.progress?.totalBytes], ["protected", SIZE], "nothing is lost by it");
    });
    await machine.play(async (history) => {
      assert.equal(history.splitter.state.kind, "initial");
      const { branch, writtenSequence: sequence } = history.splitter.facts();
      await assert.rejects(history.beginResync({ anewBehind: { branch, sequence } }), { code: "copy-under-way" });
      await machine.until(history, () => isProtected(history));
      const records = await readLog(
        machine.world.files,
        `${FOLDER}/${branch}`,
        history.splitter.facts().sendableSequence,
      );
      const begins = records.filter(({ kind }) => kind === "span-begin");
      assert.equal(begins.length, 2);
      const behind = records.filter(({ sequence: at }) => at >= (begins[1]?.sequence ?? 0));
      assert.ok(
        Buffer.from(replay(behind, SIZE)).equals(await contentOf(machine.disk)),
        "the copy alone gives the disk",
      );
    });
  });

  test("resyncs do not go round in a circle, and one that its target took lets another follow", async () => {
    const machine = new Machine();
    await machine.play(async (history) => {
      const again = async (): Promise<boolean> => {
        await machine.until(history, () => isProtected(history));
        const { branch } = history.splitter;
        history.resyncFrom(branch, REFUSAL);
        await machine.world.clock.sleep(100, new AbortController().signal);
        return history.splitter.branch !== branch;
      };
      for (let count = 1; count <= RESYNCS_IN_A_ROW_MAX; count += 1) assert.equal(await again(), true);
      assert.equal(await again(), false);
      assert.deepEqual(
        history.faults.map(({ fault }) => [fault.code, fault.kind]),
        [["resync-repeated", "operator"]],
      );
      await history.door.write(0, Buffer.alloc(BLOCK, 1), { fua: true });
      await machine.until(history, () => isProtected(history));
      history.deposited(history.splitter.branch, history.splitter.facts().writtenSequence);
      await machine.world.clock.sleep(RESYNC_SETTLED_AFTER_MS + 1_000, new AbortController().signal);
      assert.equal(history.faults.length, 1, "what only waits in a container settles nothing");
      history.journaled(history.splitter.branch, history.splitter.facts().writtenSequence);
      await machine.world.clock.sleep(RESYNC_SETTLED_AFTER_MS + 1_000, new AbortController().signal);
      assert.deepEqual(history.faults, []);
      assert.equal(await again(), true);
    });
  });

  test("damage beside the disk keeps it from being served no more than from being copied", async () => {
    for (const damage of ["branch", "state.json", "log"]) {
      const machine = new Machine();
      let before = "";
      await machine.play(async (history) => {
        await machine.until(history, () => isProtected(history));
        before = history.splitter.branch;
        await history.door.write(0, Buffer.alloc(BLOCK, 9), { fua: true });
      });
      const { files } = machine.world;
      const [log] = await files.list(`${FOLDER}/${before}/log`);
      const path =
        damage === "branch" ? `${FOLDER}/branch` : `${FOLDER}/${before}/${damage === "log" ? `log/${log}` : damage}`;
      for (let at = 8; at < 16_384; at += 512) {
        if (((await files.status(path))?.sizeBytes ?? 0) > at) files.rot(path, at);
      }
      await machine.play(async (history) => {
        assert.notEqual(history.splitter.branch, before, damage);
        assert.equal(history.resync?.count, 1);
        await history.door.write(BLOCK, Buffer.alloc(BLOCK, 3), { fua: true });
        await machine.until(history, () => isProtected(history));
        await machine.assertHeld(history);
        assert.equal(await files.status(`${FOLDER}/${before}`), undefined);
      });
    }
  });

  test("a log whose durable end rotted gives none of its sequences again: what follows is another branch", async () => {
    const machine = new Machine();
    await machine.play(async (history) => {
      const { files } = machine.world;
      await machine.until(history, () => isProtected(history));
      const { branch } = history.splitter;
      for (let count = 1; count <= 4; count += 1)
        await history.door.write(count * BLOCK, Buffer.alloc(BLOCK, count), { fua: true });
      await machine.until(history, () => isProtected(history));
      const [name] = (await files.list(`${FOLDER}/${branch}/log`)).sort().slice(-1);
      const path = `${FOLDER}/${branch}/log/${name}`;
      const bytes = (await files.status(path))?.sizeBytes ?? 0;
      files.rot(path, bytes - BLOCK - BLOCK / 2);
      let failures = 3;
      files.onOperation = ({ kind, path: at }) => {
        if (kind === "read" || !at.includes("/log/") || failures === 0) return;
        failures -= 1;
        throw new Fault({ code: "io-failed", kind: "transient", message: "The test refused it." });
      };
      const { sendableSequence } = history.splitter.facts();
      const before = history.splitter;
      for (let count = 1; history.splitter.branch === branch; count += 1) {
        await history.door.write(0, Buffer.alloc(BLOCK, count), { fua: true });
        await machine.world.clock.sleep(100, new AbortController().signal);
        assert.ok(before.facts().writtenSequence >= sendableSequence, "a sequence is not given twice");
        assert.ok(count < 100, JSON.stringify(before.facts()));
      }
      files.onOperation = undefined;
      assert.equal(history.resync?.code, "log-damaged");
      await machine.until(history, () => isProtected(history));
      await machine.assertHeld(history);
    });
  });

  test("a log that rotted where it tells whether a copy has begun is left for another branch", async () => {
    const machine = new Machine();
    let before = "";
    await machine.play(async (history) => {
      await machine.until(history, () => isProtected(history));
      before = history.splitter.branch;
      await history.door.write(0, Buffer.alloc(BLOCK, 9), { fua: true });
    });
    const { files } = machine.world;
    const [log] = await files.list(`${FOLDER}/${before}/log`);
    // In the middle of a frame of a sealed file: nobody reads it when the log is opened.
    files.rot(`${FOLDER}/${before}/log/${log}`, BLOCK);
    machine.identity = "another disk";
    await machine.play(async (history) => {
      await machine.until(history, () => history.splitter.branch !== before);
      assert.equal(history.resync?.code, "log-damaged");
      await history.door.write(BLOCK, Buffer.alloc(BLOCK, 3), { fua: true });
      await machine.until(history, () => isProtected(history));
      await machine.assertHeld(history);
    });
  });

  test("a new branch that cannot be begun leaves the old one in force, and begins by itself once it can", async () => {
    const machine = new Machine();
    await machine.play(async (history) => {
      await machine.until(history, () => isProtected(history));
      const { branch } = history.splitter;
      machine.world.files.capacityBytes = 0;
      history.resyncFrom(branch, REFUSAL);
      await machine.until(history, () => history.faults.length > 0);
      await history.door.write(0, Buffer.alloc(BLOCK, 4), { fua: false });
      assert.equal(history.splitter.branch, branch);
      await machine.world.clock.sleep(10_000, new AbortController().signal);
      const folders = (await machine.world.files.list(FOLDER)).filter((name) => name !== "branch");
      assert.deepEqual(folders, [branch], "tries that fail leave nothing behind");
      machine.world.files.capacityBytes = Number.POSITIVE_INFINITY;
      await machine.until(history, () => history.splitter.branch !== branch && isProtected(history));
      await machine.assertHeld(history);
    });
  });
});
