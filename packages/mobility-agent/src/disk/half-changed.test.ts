import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KiB, parseTime, seededRandom } from "@leeward/base";
import { CrashableDevice, type RecordingDevice, recordingDevice } from "@leeward/block/testing";
import type { TimeWindow } from "@leeward/daemon";
import type { Mark } from "@leeward/proto";
import { contentOf, readLog, replay } from "@leeward/splitter/testing";
import { type MemoryTracker, memoryTracker } from "@leeward/tracker/testing";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { COLLECT_EVERY_MS } from "../limits.ts";
import { lent } from "./disk-door.ts";
import type { DiskFacts, DiskSettings } from "./disk-host.ts";
import { TrackedDisk } from "./tracked-disk.ts";

const NEVER = new AbortController().signal;
const REGION = 64 * KiB;
const REGIONS = 160;
const SIZE = REGIONS * REGION;
const FOLDER = "/agent/disks/d";
/** Monday to Friday. */
const OUTSIDE_OFFICE: TimeWindow = { outside: true, hours: [{ days: 31, fromMinute: 480, toMinute: 1_080 }] };
/** A Friday's morning, and the evening after it. */
const MORNING = parseTime("2026-11-20T09:00:00Z");
const EVENING = parseTime("2026-11-20T18:00:00Z");

/** A machine with one disk that it writes to, and that is tracked. */
class Machine {
  readonly world: SimulatedWorld;
  readonly disk: CrashableDevice;
  readonly tracker: MemoryTracker;
  readonly #source: RecordingDevice;
  window: TimeWindow | undefined;
  #marks = 0;

  constructor(wallMicros: number = EVENING) {
    this.world = simulatedWorld({ seed: 7 });
    this.world.clock.stepWall(wallMicros - this.world.clock.wallMicros());
    this.disk = CrashableDevice.create(SIZE, seededRandom(8));
    this.tracker = memoryTracker(this.disk, { random: seededRandom(9) });
    this.#source = recordingDevice(this.disk);
  }

  get readBytes(): number {
    const reads = this.#source.calls.filter(({ operation }) => operation === "read");
    return reads.reduce((sum, { extent }) => sum + (extent?.length ?? 0), 0);
  }

  settings(): DiskSettings {
    const resyncWindow = this.window === undefined ? {} : { resyncWindow: this.window };
    return {
      diskId: "dd".repeat(16),
      machineId: "aa".repeat(16),
      name: "data",
      capture: "tracker",
      path: "/dev/data",
      folder: FOLDER,
      socketPath: "",
      bootId: "bb".repeat(16),
      policy: { logBytesMax: 1 << 27, copyBytesPerSecondMax: 0, ...resyncWindow },
    };
  }

  /** Plays with the disk's protection as it runs, and closes it. */
  async play(scenario: (disk: TrackedDisk) => Promise<void>): Promise<void> {
    const { world, tracker } = this;
    await world.clock.run(async () => {
      await world.files.makeFolder("/agent/disks");
      const disk = new TrackedDisk({
        world,
        settings: this.settings(),
        openTracker: () => tracker.open(),
        openSource: async () => ({
          device: lent(this.#source),
          physicalBlockBytes: 4 * KiB,
          identity: "disk",
          witness: async () => "tracked",
          sizeNow: async () => SIZE,
        }),
        ownExtents: async () => [],
      });
      const stop = new AbortController();
      const running = disk.run(stop.signal);
      running.catch(() => undefined);
      try {
        await scenario(disk);
      } finally {
        stop.abort();
        await running;
      }
    });
  }

  async write(region: number, byte: number): Promise<void> {
    await this.tracker.device.write(region * REGION, Buffer.alloc(REGION, byte), { fua: false });
  }

  async until(disk: TrackedDisk, holds: (facts: DiskFacts) => boolean): Promise<DiskFacts> {
    for (let ms = 0; ; ms += 10) {
      const facts = disk.facts();
      if (facts !== undefined && holds(facts)) return facts;
      assert.ok(ms < 60_000, `not within a minute: ${holds.toString()} ${JSON.stringify(facts)}`);
      await this.world.clock.sleep(10, NEVER);
    }
  }

  /** A point, whose content is compared with the disk. */
  async point(disk: TrackedDisk): Promise<void> {
    this.#marks += 1;
    const number = this.#marks;
    const mark: Mark = {
      pointId: number.toString(16).padStart(32, "0"),
      number,
      timeMicros: this.world.clock.wallMicros(),
      kind: "auto",
      consistency: "crash",
    };
    await disk.hold([]);
    const settled = await disk.settleMark(mark);
    assert.ok(settled !== undefined);
    const records = await readLog(this.world.files, `${FOLDER}/${settled.branch}`, settled.sequence);
    assert.ok(Buffer.from(replay(records, SIZE)).equals(await contentOf(this.disk)), "the point is the disk");
  }
}

function isWhole({ state }: DiskFacts): boolean {
  return state === "protected";
}

describe("a disk of which half has changed", () => {
  test("is read once and in order, as a resync that logs what differs, and a pass follows it", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      for (let region = 0; region < REGIONS / 2 - 1; region += 1) await machine.write(region * 2, 1);
      const before = machine.readBytes;
      const logged = await disk.live.prepare();
      assert.equal(logged, (REGIONS / 2 - 1) * REGION, "less than half of it is copied by a pass");
      assert.equal(machine.readBytes - before, logged);

      for (let region = 0; region < REGIONS / 2; region += 1) await machine.write(region * 2, region < 2 ? 2 : 1);
      const began = disk.facts()?.writtenSequence ?? 0;
      assert.equal(await disk.live.prepare(), undefined, "no point until the copy has ended");
      // Changed while the copy is under way: as much again.
      for (let region = 0; region < REGIONS / 2; region += 1) await machine.write(region * 2 + 1, 3);
      const { branch, writtenSequence } = await machine.until(disk, isWhole);
      const records = await readLog(machine.world.files, `${FOLDER}/${branch}`, writtenSequence);
      const copied = records.filter(({ sequence }) => sequence > began);
      assert.equal(copied.filter(({ kind }) => kind === "span-begin").length, 1);
      assert.notEqual(
        await disk.live.prepare(),
        undefined,
        "what changed meanwhile is copied by a pass, however much it is",
      );
      assert.equal(disk.facts()?.state, "protected");
      await machine.point(disk);
    });
  });

  test("stays waiting when the copy cannot be begun, or the agent is stopped right after it began", async () => {
    const machine = new Machine();
    await machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      for (let region = 0; region < REGIONS; region += 1) await machine.write(region, 4);
      machine.world.files.capacityBytes = 0;
      await assert.rejects(disk.live.prepare());
      machine.world.files.capacityBytes = Number.POSITIVE_INFINITY;
      await disk.live.prepare();
    });
    await machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      await machine.point(disk);
    });
  });
});

describe("a disk that has to be read again as a whole, and nobody asked for it", () => {
  /** Copied, with a point or without; then its tracker is lost, all of this in working hours. */
  async function lostTracking(withPoint: boolean): Promise<Machine> {
    const machine = new Machine(MORNING);
    machine.window = OUTSIDE_OFFICE;
    for (let region = 0; region < REGIONS; region += 1) await machine.write(region, 1);
    const lost = machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      if (withPoint) await machine.point(disk);
      machine.tracker.lose();
      await machine.world.clock.sleep(2 * COLLECT_EVERY_MS, NEVER);
    });
    await assert.rejects(lost, { code: "tracking-lost" });
    await machine.write(3, 5);
    return machine;
  }

  test("waits until working hours are over, says so with the time and the way to run it now, and then makes points again", async () => {
    const machine = await lostTracking(true);
    await machine.play(async (disk) => {
      const facts = await machine.until(disk, ({ faults }) => faults.some(({ code }) => code === "rescan-waits"));
      assert.equal(facts.state, "resync");
      const message = facts.faults.find(({ code }) => code === "rescan-waits")?.message ?? "";
      assert.match(message, /2026-11-20 18:00 UTC.*leeward disk resync data --now/);
      await machine.world.clock.sleep(3_600_000, NEVER);
      assert.equal(disk.facts()?.progress?.doneBytes, 0);
      await machine.world.clock.sleep((EVENING - machine.world.clock.wallMicros()) / 1_000 - 1_000, NEVER);
      assert.equal(disk.facts()?.state, "resync");
      await machine.until(disk, isWhole);
      assert.ok(machine.world.clock.wallMicros() >= EVENING);
      assert.ok(!disk.facts()?.faults.some(({ code }) => code === "rescan-waits"));
      await machine.point(disk);
    });
  });

  test("goes on waiting after a restart, and begins at once when a person asks for it, also over a restart", async () => {
    const machine = await lostTracking(true);
    for (let start = 1; start <= 2; start += 1) {
      await machine.play(async (disk) => {
        await machine.until(disk, ({ faults }) => faults.some(({ code }) => code === "rescan-waits"));
        await machine.world.clock.sleep(60_000, NEVER);
        if (start === 1) await disk.beginResync({ time: "in-window" });
        assert.equal(disk.facts()?.progress?.doneBytes, 0);
        if (start === 2) await disk.beginResync();
      });
    }
    await machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      assert.ok(machine.world.clock.wallMicros() < EVENING);
      await machine.point(disk);
    });
  });

  test("does not wait when its policy says always, as soon as that is said", async () => {
    const machine = await lostTracking(true);
    await machine.play(async (disk) => {
      await machine.until(disk, ({ faults }) => faults.some(({ code }) => code === "rescan-waits"));
      disk.setPolicy({ logBytesMax: 1 << 27, copyBytesPerSecondMax: 0 });
      await machine.until(disk, isWhole);
    });
  });

  test("does not wait while it has no point to go back to", async () => {
    const machine = await lostTracking(false);
    await machine.play(async (disk) => {
      await machine.until(disk, isWhole);
      assert.ok(machine.world.clock.wallMicros() < EVENING);
    });
  });

  test("stops where it is when working hours begin, and goes on from there", async () => {
    const machine = await lostTracking(true);
    const policy = { logBytesMax: 1 << 27, copyBytesPerSecondMax: 1024 * KiB };
    await machine.play(async (disk) => {
      await machine.until(disk, ({ faults }) => faults.some(({ code }) => code === "rescan-waits"));
      disk.setPolicy(policy);
      const part = ({ progress }: DiskFacts): boolean => (progress?.doneBytes ?? 0) > 0;
      await machine.until(disk, part);
      disk.setPolicy({ ...policy, resyncWindow: OUTSIDE_OFFICE });
      const { progress } = await machine.until(disk, ({ faults }) =>
        faults.some(({ code }) => code === "rescan-waits"),
      );
      await machine.world.clock.sleep(600_000, NEVER);
      assert.deepEqual(disk.facts()?.progress?.doneBytes, progress?.doneBytes);
      assert.ok((progress?.doneBytes ?? 0) < SIZE);
      disk.setPolicy({ ...policy, copyBytesPerSecondMax: 0 });
      const goesOn = await machine.until(disk, (facts) => isWhole(facts) || part(facts));
      assert.ok(isWhole(goesOn) || (goesOn.progress?.doneBytes ?? 0) >= (progress?.doneBytes ?? 0));
      await machine.until(disk, isWhole);
    });
  });
});
