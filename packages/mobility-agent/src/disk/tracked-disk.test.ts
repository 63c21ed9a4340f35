import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, isFault, KiB, MiB, assert as mustBe, seededRandom, Waiters } from "@leeward/base";
import { type BlockDevice, diskReadFailed, type Extent, memoryDevice } from "@leeward/block";
import { faultyDevice, wrappedDevice } from "@leeward/block/testing";
import type { Mark } from "@leeward/proto";
import { contentOf, readLog, replay } from "@leeward/splitter/testing";
import type { ChangeTracker } from "@leeward/tracker";
import { type MemoryTracker, memoryTracker } from "@leeward/tracker/testing";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { COLLECT_EVERY_MS } from "../limits.ts";
import { lent } from "./disk-door.ts";
import type { DiskSettings } from "./disk-host.ts";
import { TrackedDisk } from "./tracked-disk.ts";

const FOLDER = "/agent/disks/d";
const SIZE = 256 * KiB;
const REGION = 4 * KiB;
const SETTINGS: DiskSettings = {
  diskId: "dd".repeat(16),
  machineId: "aa".repeat(16),
  name: "data",
  capture: "tracker",
  path: "/dev/sdb",
  folder: FOLDER,
  socketPath: "",
  bootId: "bb".repeat(16),
  policy: { logBytesMax: 8 * MiB, copyBytesPerSecondMax: 0 },
};
const NEVER = new AbortController().signal;

function markOf(number: number): Mark {
  const pointId = number.toString(16).padStart(32, "0");
  return { pointId, number, timeMicros: 1_780_000_000_000_000 + number, kind: "mark", consistency: "crash" };
}

/** A disk that is written to by others, a tracker that outlives whoever opens it, and one agent's disk after another. */
class Machine {
  readonly world: SimulatedWorld = simulatedWorld({ seed: 11 });
  readonly whole = memoryDevice(2 * SIZE, { blockBytes: 512 });
  readonly #waiters = new Waiters();
  sizeBytes = SIZE;
  own: readonly Extent[] = [];
  tracked: MemoryTracker = memoryTracker(this.whole, {
    random: seededRandom(3),
    sizeBytes: SIZE,
    regionBytes: REGION,
  });
  /** The one that was opened last. */
  tracker: ChangeTracker | undefined;
  /** Around what the agent reads. */
  around: (device: BlockDevice) => BlockDevice = (device) => device;

  /** As the agent sees it, of the size that it has now. */
  #device(): BlockDevice {
    return { ...lent(this.around(this.whole)), sizeBytes: this.sizeBytes };
  }

  disk(settings: Partial<DiskSettings> = {}): TrackedDisk {
    return new TrackedDisk({
      world: this.world,
      settings: { ...SETTINGS, ...settings },
      openTracker: async () => {
        const tracker = await this.tracked.open();
        const end = tracker.end.bind(tracker);
        // A kernel takes its time to let go.
        tracker.end = async () => {
          await end();
          await this.world.clock.sleep(1_000, NEVER);
        };
        this.tracker = tracker;
        return tracker;
      },
      openSource: async () => ({
        device: this.#device(),
        physicalBlockBytes: 512,
        identity: "disk",
        witness: async () => "tracked",
        sizeNow: async () => this.sizeBytes,
      }),
      ownExtents: async () => this.own,
    });
  }

  /** Runs a disk until `scenario` has ended; answers why it ended before, when it did. */
  async run(disk: TrackedDisk, scenario: () => Promise<void>): Promise<unknown> {
    await this.world.files.makeFolder("/agent/disks");
    const stop = new AbortController();
    let failure: unknown;
    const running = disk.run(stop.signal).catch((error: unknown) => {
      failure = error;
      this.#waiters.notify();
    });
    try {
      await scenario();
    } finally {
      stop.abort();
      await running;
    }
    return failure;
  }

  async play(scenario: (disk: TrackedDisk) => Promise<void>, settings: Partial<DiskSettings> = {}): Promise<void> {
    await this.world.clock.run(async () => {
      const disk = this.disk(settings);
      const failure = await this.run(disk, async () => {
        await this.untilProtected(disk);
        await scenario(disk);
      });
      assert.equal(failure, undefined);
    });
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    for (let ms = 0; !condition(); ms += 10) {
      assert.ok(ms < 120_000, `not within two minutes: ${what}`);
      await this.world.clock.sleep(10, NEVER);
    }
  }

  untilProtected(disk: TrackedDisk): Promise<void> {
    return this.until("protected", () => {
      const facts = disk.facts();
      return facts?.state === "protected" && facts.sendableSequence === facts.writtenSequence;
    });
  }

  /** As an application: past the agent, and noted by the kernel. */
  async write(offset: number, fill: number, length = REGION): Promise<void> {
    await this.tracked.device.write(offset, Buffer.alloc(length, fill), { fua: false });
  }

  get waiting(): number {
    return this.tracker?.waitingCount ?? -1;
  }

  get taken(): number {
    return this.tracker?.takenCount ?? -1;
  }

  /** What a target makes of the log up to `sequence`, or to its end. */
  async replica(disk: TrackedDisk, sequence?: number): Promise<Buffer> {
    const facts = disk.facts();
    mustBe(facts !== undefined, "the disk is open");
    const folder = `${FOLDER}/${facts.branch}`;
    return Buffer.from(replay(await readLog(this.world.files, folder, sequence ?? facts.sendableSequence), SIZE));
  }

  async content(): Promise<Buffer> {
    return (await contentOf(this.whole)).subarray(0, SIZE);
  }
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => isFault(error, code);
}

describe("a pass of a tracked disk", () => {
  test("copies what changed, and nothing waits after it", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await machine.write(64 * KiB, 2, 3 * REGION);
      assert.equal(await disk.prepare(), 4 * REGION);
      assert.deepEqual([machine.waiting, machine.taken], [0, 0]);
      assert.ok((await machine.replica(disk)).equals(await machine.content()));
      await machine.write(0, 1);
      assert.equal(await disk.prepare(), 0, "what is as the target has it is not logged again");
      assert.equal(machine.waiting, 0);
    });
  });

  test("and whatever else happens to the disk is no attempt at a copy: one that fails is tried again after a minute", async () => {
    const machine = new Machine();
    const failing = { on: false };
    machine.around = (device) => faultyDevice(device, { operations: ["read"], fails: () => failing.on });
    await machine.play(async (disk) => {
      for (let pass = 0; pass < 10; pass += 1) {
        await machine.write(0, pass);
        await disk.prepare();
        await machine.untilProtected(disk);
      }
      failing.on = true;
      await disk.beginResync();
      await machine.until(
        "failed",
        () => disk.facts()?.faults.some(({ code }) => code === "disk-read-failed") === true,
      );
      failing.on = false;
      await machine.untilProtected(disk);
    });
  });

  test("that fails gives everything back, and the next one copies it", async () => {
    const machine = new Machine();
    const failing = { on: false };
    machine.around = (device) => faultyDevice(device, { operations: ["read"], fails: () => failing.on });
    await machine.play(async (disk) => {
      await machine.write(8 * KiB, 5, 2 * REGION);
      failing.on = true;
      await assert.rejects(disk.prepare(), isCode("disk-read-failed"));
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      await assert.rejects(disk.hold([]), isCode("disk-read-failed"));
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      failing.on = false;
      assert.equal(await disk.prepare(), 2 * REGION);
      assert.ok((await machine.replica(disk)).equals(await machine.content()));
    });
  });

  test("leaves the agent's own blocks out, which wait for as long as they are its own", async () => {
    const machine = new Machine();
    machine.own = [{ offset: 16 * KiB - 512, length: 2 * REGION + 1_024 }];
    await machine.play(async (disk) => {
      await machine.write(12 * KiB, 7, 4 * REGION);
      assert.equal(await disk.prepare(), 2 * REGION, "the pages that are its own in part are copied");
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      await disk.hold([]);
      assert.notEqual(await disk.settleMark(markOf(1)), undefined);
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      machine.own = [];
      assert.equal(await disk.prepare(), 2 * REGION);
      assert.equal(machine.waiting, 0);
    });
  });
});

describe("a hold of a tracked disk", () => {
  test("puts the mark behind what the disk held then, whatever is written before the mark stands", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      const then = await machine.content();
      await machine.write(0, 2);
      await machine.write(128 * KiB, 3);
      const settled = await disk.settleMark(markOf(1));
      mustBe(settled !== undefined, "the disk has its part");
      assert.ok((await machine.replica(disk, settled.sequence)).equals(then));
      assert.equal(await disk.settleMark(markOf(2)), undefined, "a hold is for one mark");
      assert.equal(await disk.prepare(), 2 * REGION, "what was written since waits");
    });
  });

  test("that is dropped leaves no member, and all that it had taken waits", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      disk.drop();
      assert.deepEqual([machine.waiting, machine.taken], [1, 0]);
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      assert.equal(await disk.prepare(), REGION);
    });
  });

  test("that could not be logged is not left for a later mark", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      machine.world.files.onOperation = ({ kind, path }) => {
        if (kind === "write" && path.endsWith("/digests"))
          throw new Fault({ code: "io-failed", kind: "transient", message: "The test refused it." });
      };
      await assert.rejects(disk.settleMark(markOf(1)), isCode("io-failed"));
      machine.world.files.onOperation = undefined;
      assert.deepEqual([machine.waiting, machine.taken], [1, 0]);
      await machine.write(0, 9);
      assert.equal(await disk.settleMark(markOf(2)), undefined, "it would be older than its moment");
    });
  });

  test("refuses a disk that is written to meanwhile, unless swap lies there", async () => {
    const machine = new Machine();
    const meanwhile: { write: (() => Promise<void>) | undefined } = { write: undefined };
    machine.around = (device) =>
      wrappedDevice(device, async (call, pass) => {
        const { write } = meanwhile;
        meanwhile.write = undefined;
        if (call.operation === "read") await write?.();
        return pass();
      });
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      meanwhile.write = () => machine.write(32 * KiB, 4);
      await assert.rejects(disk.hold([]), isCode("disk-not-quiet"));
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      meanwhile.write = () => machine.write(32 * KiB, 5);
      await disk.hold([{ offset: 33 * KiB, length: 512 }]);
      assert.notEqual(await disk.settleMark(markOf(1)), undefined);
      assert.equal(machine.waiting, 1);
    });
  });

  test("has all its reads behind it when it fails: none comes late into the memory of the next", async () => {
    const machine = new Machine();
    let underWay = 0;
    const failing = { on: false };
    machine.around = (device) =>
      wrappedDevice(device, async ({ operation, extent }, pass) => {
        if (operation !== "read" || extent === undefined || !failing.on) return pass();
        underWay += 1;
        await machine.world.clock.sleep(extent.offset === 0 ? 1 : 500, NEVER);
        underWay -= 1;
        if (extent.offset === 0) throw diskReadFailed({ disk: "slow", operation, extent }, undefined);
        return pass();
      });
    await machine.play(async (disk) => {
      for (let region = 0; region < 8; region += 2) await machine.write(region * REGION, 1 + region);
      failing.on = true;
      await assert.rejects(disk.hold([]), isCode("disk-read-failed"));
      assert.equal(underWay, 0);
    });
  });

  test("between which and its mark a copy began gives no member, and loses nothing", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      await machine.write(0, 2);
      await disk.recopy(disk.facts()?.branch ?? "", [{ offset: 0, length: REGION }]);
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      await machine.untilProtected(disk);
      await disk.prepare();
      assert.deepEqual([machine.waiting, machine.taken], [0, 0]);
      assert.ok((await machine.replica(disk)).equals(await machine.content()));
    });
  });

  test("between which and its mark a copy came and went gives no member: it logged what is newer than the hold", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      await machine.write(4 * REGION, 2);
      await disk.recopy(disk.facts()?.branch ?? "", [{ offset: 4 * REGION, length: REGION }]);
      await machine.untilProtected(disk);
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      await disk.prepare();
      assert.ok((await machine.replica(disk)).equals(await machine.content()));
    });
  });

  test("is proved once more behind its mark: what was written before that makes it none", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      await machine.write(4 * REGION, 2);
      await assert.rejects(disk.confirm(), isCode("disk-not-quiet"));
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      assert.deepEqual([machine.waiting, machine.taken], [2, 0]);
      await disk.hold([]);
      await disk.confirm();
      assert.notEqual(await disk.settleMark(markOf(2)), undefined);
    });
  });

  test("leaves the disk's log as it is until upkeep is resumed, whatever the target has journaled: its file system may be held still", async () => {
    const machine = new Machine();
    // So little that it is more than half full of what the target holds, and is cut and trimmed at once.
    const policy = { logBytesMax: 600 * KiB, copyBytesPerSecondMax: 0 };
    await machine.play(
      async (disk) => {
        await machine.write(0, 1, 128 * KiB - REGION);
        assert.equal(await disk.prepare(), 128 * KiB - REGION);
        const { branch = "", writtenSequence = 0, logBytes: before = 0 } = disk.facts() ?? {};
        await disk.pauseUpkeep();
        const done: string[] = [];
        machine.world.files.onOperation = ({ kind, path }) => void done.push(`${kind} ${path}`);
        await machine.write(0, 2);
        await disk.hold([]);
        disk.journaled(branch, writtenSequence);
        await machine.world.clock.sleep(10_000, NEVER);
        await disk.confirm();
        assert.equal(done.length, 0, done.join(", "));
        disk.resumeUpkeep();
        assert.notEqual(await disk.settleMark(markOf(1)), undefined);
        await machine.until("trimmed", () => (disk.facts()?.logBytes ?? 0) < before / 2);
        assert.ok(done.some((each) => each.startsWith("remove ")));
        machine.world.files.onOperation = undefined;
      },
      { policy },
    );
  });

  test("is refused while the disk is copied, and what an earlier one held is dropped", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.write(0, 1);
      await disk.hold([]);
      await disk.beginResync();
      await assert.rejects(disk.hold([]), isCode("disk-not-ready"));
      assert.deepEqual([machine.waiting, machine.taken], [1, 0]);
      assert.equal(await disk.settleMark(markOf(1)), undefined);
      assert.equal(await disk.prepare(), undefined);
    });
  });
});

describe("a run of a tracked disk", () => {
  test("follows a disk that has grown by opening it again, and tracks its tail", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      const first = machine.disk();
      const failure = await machine.run(first, async () => {
        await machine.untilProtected(first);
        machine.sizeBytes = 2 * SIZE;
        await machine.world.clock.sleep(2 * COLLECT_EVERY_MS, NEVER);
      });
      assert.ok(isCode("disk-resized")(failure));
      assert.equal(machine.tracker?.sizeBytes, 2 * SIZE);
      const second = machine.disk();
      const { trackingId } = machine.tracker;
      await machine.run(second, async () => {
        await machine.untilProtected(second);
        assert.equal(second.facts()?.sizeBytes, 2 * SIZE);
        assert.equal(machine.tracker?.trackingId, trackingId, "nothing has to be read anew");
        await machine.write(SIZE + 8 * KiB, 6);
        assert.equal(await second.prepare(), REGION);
      });
    });
  });

  test("tracks what has grown while no agent ran before it reads it, and opens anew where the disk is smaller", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      const first = machine.disk();
      await machine.run(first, () => machine.untilProtected(first));
      machine.sizeBytes = 2 * SIZE;
      const grown = machine.disk();
      await machine.run(grown, async () => {
        await machine.untilProtected(grown);
        assert.equal(machine.tracker?.sizeBytes, 2 * SIZE);
        await machine.write(SIZE, 8);
        assert.equal(await grown.prepare(), REGION);
      });
      await machine.write(SIZE, 9);
      machine.sizeBytes = SIZE;
      const smaller = machine.disk();
      const failure = await machine.run(smaller, () => machine.world.clock.sleep(1_000, NEVER));
      assert.ok(isCode("disk-resized")(failure), String(failure));
    });
  });

  test("ends when its tracker missed something, while points are asked for; the next one copies differences alone", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      const first = machine.disk();
      let trackingId: string | undefined;
      const failure = await machine.run(first, async () => {
        await machine.untilProtected(first);
        await machine.write(0, 1, SIZE / 4);
        assert.equal(await first.prepare(), SIZE / 4);
        trackingId = machine.tracker?.trackingId;
        machine.tracked.lose();
        await machine.write(20 * KiB, 2, 2 * REGION);
        for (let ms = 0; ms < 2 * COLLECT_EVERY_MS; ms += 100) {
          await first
            .prepare()
            .catch((error: unknown) => assert.ok(isCode("tracking-incomplete")(error), String(error)));
          await machine.world.clock.sleep(100, NEVER);
        }
      });
      assert.ok(isCode("tracking-lost")(failure), String(failure));
      const second = machine.disk();
      await machine.run(second, async () => {
        await machine.until("open", () => second.facts() !== undefined);
        assert.notEqual(machine.tracker?.trackingId, trackingId);
        const before = second.facts()?.logBytes ?? 0;
        await machine.untilProtected(second);
        const added = (second.facts()?.logBytes ?? 0) - before;
        assert.ok(added < 4 * REGION, `${added} bytes were logged of ${SIZE}`);
        assert.ok((await machine.replica(second)).equals(await machine.content()));
      });
    });
  });

  test("goes on after a stop with what changed meanwhile, without reading the disk anew", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      const first = machine.disk();
      await machine.run(first, () => machine.untilProtected(first));
      await machine.write(40 * KiB, 3);
      const second = machine.disk();
      await machine.run(second, async () => {
        await machine.until("open", () => second.facts() !== undefined);
        assert.equal(second.facts()?.state, "protected");
        assert.equal(await second.prepare(), REGION);
        assert.ok((await machine.replica(second)).equals(await machine.content()));
      });
    });
  });
});
