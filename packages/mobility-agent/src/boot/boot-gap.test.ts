import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KiB, MiB, assert as mustBe, seededRandom } from "@leeward/base";
import { type Extent, memoryDevice } from "@leeward/block";
import { contentOf, readLog, replay } from "@leeward/splitter/testing";
import { type BootChanges, takeSamples } from "@leeward/tracker";
import { type MemoryTracker, memoryTracker } from "@leeward/tracker/testing";
import type { Files } from "@leeward/world";
import { crashSweep, type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { lent } from "../disk/disk-door.ts";
import type { DiskFacts, DiskSettings } from "../disk/disk-host.ts";
import { TrackedDisk } from "../disk/tracked-disk.ts";
import {
  type ClosingNote,
  dropClosingNote,
  hasClosingNote,
  readTrackingNote,
  takeClosingNote,
  writeClosingNote,
} from "./boot-notes.ts";

const FOLDER = "/agent/disks/d";
const SIZE = 512 * KiB;
const REGION = 4 * KiB;
const NEVER = new AbortController().signal;
const NOTHING: BootChanges = { kind: "proved", extents: [] };
const MICROS_PER_MINUTE = 60_000_000;

/** A machine with one tracked disk, that is started again and again. */
class Machine {
  readonly world: SimulatedWorld = simulatedWorld({ seed: 5 });
  readonly whole = memoryDevice(SIZE, { blockBytes: 512 });
  readonly #random = seededRandom(7);
  boot = 0;
  tracked: MemoryTracker = this.#newKernel();
  traced: BootChanges = NOTHING;
  identity: string | undefined = "serial 1";
  /** Of the last start of the agent. */
  first: DiskFacts | undefined;

  #newKernel(): MemoryTracker {
    return memoryTracker(this.whole, { random: this.#random, regionBytes: REGION });
  }

  get bootId(): string {
    return this.boot.toString(16).padStart(32, "0");
  }

  /** What the kernel kept is gone. */
  restart(): void {
    this.boot += 1;
    this.tracked = this.#newKernel();
  }

  write(offset: number, fill: number, length = REGION): Promise<void> {
    return this.tracked.device.write(offset, Buffer.alloc(length, fill), { fua: false });
  }

  /** Past every tracker, as during a shutdown's end or a start. */
  writeUnseen(offset: number, fill: number): Promise<void> {
    return this.whole.write(offset, Buffer.alloc(REGION, fill), { fua: false });
  }

  /** As the end of a shutdown notes it. */
  async note(more: Partial<ClosingNote> = {}): Promise<void> {
    const { files, clock } = this.world;
    const tracking = await readTrackingNote(files, FOLDER);
    mustBe(tracking !== undefined, "the disk was opened");
    await using tracker = await this.tracked.open();
    assert.equal(tracker.trackingId, tracking.trackingId);
    await tracker.collect();
    tracker.take();
    const changed = [...tracker.taken(MiB)];
    const samples = await takeSamples(this.whole);
    const { bootId, source } = tracking;
    const facts = { identity: "serial 1", sizeBytes: SIZE, wallMicros: clock.wallMicros(), changed, samples };
    await writeClosingNote(files, FOLDER, { version: 1, bootId, source, ...facts, ...more });
  }

  /** From a start of the agent until its stop, once the disk is open. */
  async runAgent(scenario: (disk: TrackedDisk) => Promise<void>): Promise<void> {
    const settings: DiskSettings = {
      diskId: "dd".repeat(16),
      machineId: "aa".repeat(16),
      name: "data",
      capture: "tracker",
      path: "/dev/sdb",
      folder: FOLDER,
      socketPath: "",
      bootId: this.bootId,
      policy: { logBytesMax: 8 * MiB, copyBytesPerSecondMax: 0 },
    };
    const disk = new TrackedDisk({
      world: this.world,
      settings,
      openTracker: () => this.tracked.open(),
      openSource: async () => ({
        device: lent(this.whole),
        physicalBlockBytes: 512,
        identity: `number ${this.boot}`,
        witness: async () => "tracked",
        sizeNow: async () => SIZE,
      }),
      ownExtents: async () => [],
      boot: {
        changesOf: async () => this.traced,
        identityOf: () => this.identity,
        upMs: async () => 20_000,
      },
    });
    await this.world.files.makeFolder("/agent/disks");
    const stop = new AbortController();
    const opened = disk.changed();
    const running = disk.run(stop.signal);
    try {
      await Promise.race([opened, running]);
      this.first = disk.facts();
      await scenario(disk);
    } finally {
      stop.abort();
      await running;
    }
  }

  /** A first boot, whose end is noted after `away` was done while no agent ran; then another start. */
  async untilRestarted(away: () => Promise<void>, more: Partial<ClosingNote> = {}): Promise<void> {
    await this.runAgent((disk) => this.untilProtected(disk));
    await away();
    await this.note(more);
    this.restart();
  }

  untilProtected(disk: TrackedDisk): Promise<void> {
    return this.#until(() => {
      const facts = disk.facts();
      return facts?.state === "protected" && facts.sendableSequence === facts.writtenSequence;
    });
  }

  async assertReplicaIsRight(disk: TrackedDisk): Promise<void> {
    const facts = disk.facts();
    mustBe(facts !== undefined, "the disk is open");
    const log = await readLog(this.world.files, `${FOLDER}/${facts.branch}`, facts.sendableSequence);
    assert.ok(Buffer.from(replay(log, SIZE)).equals(await contentOf(this.whole)));
  }

  async #until(condition: () => boolean): Promise<void> {
    for (let ms = 0; !condition(); ms += 10) {
      assert.ok(ms < 120_000, "not within two minutes");
      await this.world.clock.sleep(10, NEVER);
    }
  }
}

function regionAt(offset: number): Extent {
  return { offset, length: REGION };
}

describe("the first start after a boot", () => {
  test("goes on at once with what was noted, traced, and seen since, and copies nothing else", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      await machine.write(300 * KiB, 1);
      await machine.untilRestarted(() => machine.write(64 * KiB, 2));
      // The first page is one of those that are compared: this boot has changed it, as the trace says.
      await machine.writeUnseen(0, 3);
      machine.traced = { kind: "proved", extents: [regionAt(0), regionAt(128 * KiB)] };
      await machine.runAgent(async (disk) => {
        assert.equal(machine.first?.state, "protected");
        await machine.write(256 * KiB, 4);
        assert.equal(await disk.prepare(), 3 * REGION, "of the traced, one was written as it was");
        await machine.assertReplicaIsRight(disk);
      });
      assert.equal(await hasClosingNote(machine.world.files, FOLDER), false);
    });
  });

  test("and the next one copies the disk again, since nothing was noted", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      await machine.untilRestarted(async () => undefined);
      await machine.runAgent(async () => assert.equal(machine.first?.state, "protected"));
      machine.restart();
      await machine.writeUnseen(8 * KiB, 9);
      await machine.runAgent(async (disk) => {
        assert.equal(machine.first?.state, "resync");
        await machine.untilProtected(disk);
        await machine.assertReplicaIsRight(disk);
      });
    });
  });

  test("of the agent alone goes on by itself, and its note is of no use later", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      await machine.runAgent((disk) => machine.untilProtected(disk));
      await machine.note();
      await machine.runAgent(async () => assert.equal(machine.first?.state, "protected"));
      machine.restart();
      await machine.runAgent(async () => assert.equal(machine.first?.state, "resync"));
    });
  });

  const doubts: Readonly<Record<string, { note?: Partial<ClosingNote>; before?: (machine: Machine) => unknown }>> = {
    "that is of another disk": { note: { identity: "serial 2" } },
    "of a disk without a name": { before: (machine) => (machine.identity = undefined) },
    "of another size": { note: { sizeBytes: SIZE + REGION } },
    "of another history": { note: { source: "number 0 tracking another" } },
    "from long ago": { note: { wallMicros: 1 } },
    "from a time that is still to come": { note: { wallMicros: 4_000_000_000_000_000 } },
    "without a trace that proves anything": {
      before: (machine) => (machine.traced = { kind: "unproved", reason: "it was full" }),
    },
    "and a page that changed unseen": { before: (machine) => machine.writeUnseen(0, 77) },
    "that was damaged": {
      before: async ({ world: { files } }) => {
        await using file = await files.open(`${FOLDER}/closing`, "update");
        await file.write([Buffer.from("0")], 80);
      },
    },
    "that an earlier start had taken": { before: ({ world: { files } }) => takeClosingNote(files, FOLDER) },
  };
  for (const [what, { note, before }] of Object.entries(doubts)) {
    test(`with a note ${what} copies the disk again`, async () => {
      const machine = new Machine();
      await machine.world.clock.run(async () => {
        await machine.untilRestarted(() => machine.write(64 * KiB, 2), note);
        await before?.(machine);
        await machine.runAgent(async (disk) => {
          assert.equal(machine.first?.state, "resync");
          await machine.untilProtected(disk);
          await machine.assertReplicaIsRight(disk);
        });
        assert.equal(await hasClosingNote(machine.world.files, FOLDER), false);
      });
    });
  }

  test("says why the disk is copied again", async () => {
    const machine = new Machine();
    await machine.world.clock.run(async () => {
      await machine.untilRestarted(async () => machine.world.clock.sleep(1, NEVER));
      await machine.world.clock.sleep((30 * MICROS_PER_MINUTE) / 1_000, NEVER);
      await machine.runAgent(async (disk) => {
        const told = machine.first?.faults.map(({ message }) => message) ?? [];
        await machine.untilProtected(disk);
        assert.match(told.join("\n"), /down for longer than a restart takes/);
      });
    });
  });
});

test("a note that was taken is never found again, wherever the machine stops", async () => {
  const note: ClosingNote = {
    version: 1,
    bootId: "b",
    source: "s",
    identity: "i",
    sizeBytes: 1,
    wallMicros: 1,
    changed: [],
    samples: [],
  };
  let taken = false;
  const operations = await crashSweep(
    {
      async prepare(files: Files) {
        taken = false;
        await files.makeFolder(FOLDER);
        for (const each of ["/", "/agent", "/agent/disks"]) await files.syncFolder(each);
        await writeClosingNote(files, FOLDER, note);
      },
      async work(files: Files) {
        taken = (await takeClosingNote(files, FOLDER)) !== undefined;
        await dropClosingNote(files, FOLDER);
      },
      async verify(files: Files) {
        const again = await takeClosingNote(files, FOLDER);
        assert.ok(!taken || again === undefined, "it was relied on before its name was gone");
        await dropClosingNote(files, FOLDER);
        assert.equal(await hasClosingNote(files, FOLDER), false);
      },
    },
    { seed: 20261121 },
  );
  assert.ok(operations > 5);
});
