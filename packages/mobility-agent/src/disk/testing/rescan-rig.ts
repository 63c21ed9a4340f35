import assert from "node:assert/strict";
import { Fault, isFault, KiB, MiB, assert as mustBe, seededRandom } from "@leeward/base";
import { type BlockDevice, type Extent, memoryDevice } from "@leeward/block";
import { wrappedDevice } from "@leeward/block/testing";
import type { LogRecord, Mark } from "@leeward/proto";
import { readLogAfter, replay } from "@leeward/splitter/testing";
import {
  type MortalClock,
  mortalClock,
  type SimulatedFiles,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
} from "@leeward/world/testing";
import { DiskSnapshots } from "../../hooks/disk-snapshots.ts";
import type { Hook, HookCall, HookEnd, HookRunner } from "../../hooks/hook.ts";
import type { DiskFacts, DiskSettings } from "../disk-host.ts";
import type { StillDisk } from "../rescan.ts";
import type { RescanPoint } from "../rescan-points.ts";
import { RescannedDisk } from "../rescanned-disk.ts";

export const RESCAN_FOLDER = "/agent/disks/d";
const PAGE = 4 * KiB;
const HOOK: Hook = { name: "default", path: "/agent/snapshot-hooks/default" };
const NEVER = new AbortController().signal;
/** Content comes again, so that a digest that should have gone is one that is believed. */
const CONTENTS = 3;

export const RESCAN_SETTINGS: DiskSettings = {
  diskId: "dd".repeat(16),
  machineId: "aa".repeat(16),
  name: "data",
  capture: "rescan",
  path: "/dev/sdb",
  folder: RESCAN_FOLDER,
  socketPath: "",
  bootId: "bb".repeat(16),
  policy: { logBytesMax: 8 * MiB, copyBytesPerSecondMax: 0, rescanIntervalMs: 10_000 },
};

/** A point that was made, and what the snapshot held that it is of. */
export interface MadePoint {
  readonly branch: string;
  readonly sequence: number;
  readonly timeMicros: number;
  readonly snapshot: Snapshot;
}

interface Snapshot {
  readonly content: Buffer;
  readonly micros: number;
}

/** A process of the agent: what is asked of the machine after its end is never answered. */
interface Life {
  readonly clock: MortalClock;
  isDead: boolean;
}

/** A disk that others write to all the time, storage that makes snapshots of it, and one agent's disk after another. */
export class RescanRig {
  readonly clock = simulatedClock();
  readonly snapshots = new Map<string, Snapshot>();
  readonly points: MadePoint[] = [];
  readonly calls: string[] = [];
  readonly random: ReturnType<typeof seededRandom>;
  readonly #seed: number;
  files: SimulatedFiles;
  content: Buffer;
  own: readonly Extent[] = [];
  hasHook = true;
  isWanted = true;
  /** What the hook answers; as it should, when this gives nothing. */
  answer: (call: HookCall) => Partial<HookEnd> | undefined = () => undefined;
  /** Whether a process of a call that was ended does not end. */
  atWork = false;
  /** Around what is read of snapshots. */
  around: (device: BlockDevice) => BlockDevice = (device) => device;
  still: () => Promise<StillDisk> = async () => {
    throw new Fault({ code: "snapshot-hook-missing", kind: "operator", message: "in use", remedy: "none" });
  };
  /** How often files, hooks or snapshots were called; what hits a moment counts these. */
  events = 0;
  onEvent: ((number: number) => void) | undefined;
  /** At each call of a file; what it throws is what that says. */
  onFile: (path: string) => void = () => undefined;
  /** What the target took, by branch. */
  readonly #held = new Map<string, LogRecord[]>();
  #life: Life | undefined;
  #lives = 0;
  #numbers = 0;
  #timeMicros = 0;

  constructor(seed: number, sizeBytes = 512 * KiB) {
    this.#seed = seed;
    this.random = seededRandom(seed);
    this.files = simulatedFiles({ random: seededRandom(this.random.below(2 ** 32)), clock: this.clock });
    this.content = Buffer.alloc(sizeBytes);
    for (let page = 0; page < 20; page += 1) this.write();
  }

  /** As an application: past the agent, and told to nobody. */
  write(): void {
    const page = this.random.below(this.content.length / PAGE);
    this.content.fill(this.random.below(CONTENTS), page * PAGE, (page + 1) * PAGE);
  }

  /** Another process of the agent; the one before it has ended. */
  disk(settings: Partial<DiskSettings> = {}): RescannedDisk {
    const life: Life = { clock: mortalClock(this.clock), isDead: false };
    this.#life = life;
    this.#lives += 1;
    this.files.onOperation = ({ path }) => {
      this.#event();
      this.onFile(path);
    };
    const { files } = this;
    const random = seededRandom(this.#seed + this.#lives);
    const all = { ...RESCAN_SETTINGS, ...settings };
    const disk: RescannedDisk = new RescannedDisk({
      world: { clock: life.clock, random, files, compute: simulatedCompute() },
      settings: all,
      look: async () => ({ sizeBytes: this.content.length, blockBytes: 512, physicalBlockBytes: 512 }),
      openSnapshot: (path) => this.#read(life, path),
      openStill: () => this.still(),
      snapshots: new DiskSnapshots({
        files,
        random,
        folder: RESCAN_FOLDER,
        disk: all,
        hookFolder: "/agent/snapshot-hooks",
        find: async () => ({ hooks: this.hasHook ? [HOOK] : [], faults: [] }),
        runner: this.#runner(life),
        limitMs: 1_000,
        machine: "web",
      }),
      points: {
        isWanted: () => this.isWanted,
        moment: async () => (this.#timeMicros = Math.max(this.#timeMicros + 1, this.clock.wallMicros())),
        make: (point) => this.#make(disk, point),
      },
      ownExtents: async () => this.own,
      stepBytes: 64 * KiB,
    });
    return disk;
  }

  /** Runs a disk until `scenario` has ended, then ends it cleanly; answers why it ended before, when it did. */
  async live(disk: RescannedDisk, scenario: () => Promise<void>): Promise<unknown> {
    await this.files.makeFolder("/agent/disks");
    await this.files.syncFolder("/agent");
    await this.files.syncFolder("/");
    const stop = new AbortController();
    let failure: unknown;
    const running = disk.run(stop.signal).catch((error: unknown) => {
      failure = error;
    });
    try {
      await scenario();
    } finally {
      stop.abort();
      await running;
    }
    return failure;
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    for (let ms = 0; !condition(); ms += 10) {
      assert.ok(ms < 1_200_000, `not within twenty minutes: ${what}`);
      await this.clock.sleep(10, NEVER);
    }
  }

  /** So many points more than there are now. */
  async morePoints(disk: RescannedDisk, count: number): Promise<void> {
    const wanted = this.points.length + count;
    for (let ms = 0; this.points.length < wanted; ms += 10) {
      assert.ok(ms < 1_200_000, `not within twenty minutes: ${wanted} points: ${JSON.stringify(disk.facts()?.faults)}`);
      await this.#take(disk);
      await this.clock.sleep(10, NEVER);
    }
    await this.#take(disk);
  }

  faultsOf(disk: RescannedDisk): string[] {
    return disk.facts()?.faults.map(({ code }) => code) ?? [];
  }

  /** Runs the work until the Nth event from now on, then ends the process at once, or the machine. Whether it came to that. */
  async stopsAt(calls: number, how: "kill" | "crash", work: () => Promise<void>): Promise<boolean> {
    const hit = Promise.withResolvers<boolean>();
    const at = this.events + calls;
    this.onEvent = (number) => {
      if (number !== at) return;
      this.onEvent = undefined;
      if (this.#life !== undefined) this.#life.isDead = true;
      this.#life?.clock.die();
      this.files = how === "kill" ? this.files.kill() : this.files.crash();
      hit.resolve(true);
    };
    const through = work().then(() => false);
    const stopped = await Promise.race([through, hit.promise]);
    this.onEvent = undefined;
    return stopped;
  }

  /** What a target makes of what it took of a branch up to `sequence`. */
  async replica({ branch, sequence }: Pick<MadePoint, "branch" | "sequence">): Promise<Buffer> {
    const held = this.#held.get(branch) ?? [];
    assert.ok((held.at(-1)?.sequence ?? 0) >= sequence, "the target has the point");
    return replay(held, this.content.length, sequence);
  }

  /** Fails unless each point is what its snapshot held, byte for byte, and of a time at which that had not been made yet. */
  async checkPoints(): Promise<void> {
    for (const [index, point] of this.points.entries()) {
      const { snapshot, timeMicros } = point;
      assert.ok((await this.replica(point)).equals(snapshot.content), `point ${index + 1} is its snapshot`);
      assert.ok(timeMicros <= snapshot.micros, "the time is of before the snapshot");
      assert.ok(timeMicros > (this.points[index - 1]?.timeMicros ?? 0), "times rise");
    }
  }

  factsOf(disk: RescannedDisk): DiskFacts {
    const facts = disk.facts();
    mustBe(facts !== undefined, "the disk is open");
    return facts;
  }

  /** The target takes what may leave the machine, and says so. */
  async #take(disk: RescannedDisk): Promise<void> {
    const life = this.#life;
    const facts = disk.facts();
    if (facts === undefined) return;
    const { branch, sendableSequence: through } = facts;
    const held = this.#held.get(branch) ?? [];
    this.#held.set(branch, held);
    const after = held.at(-1)?.sequence ?? 0;
    if (through <= after) return;
    const folder = `${RESCAN_FOLDER}/${branch}`;
    const records = await readLogAfter({ files: this.files, folder }, { after, through }).catch((error: unknown) => {
      if (!isFault(error, "io-failed")) throw error;
      return [];
    });
    if (life?.isDead !== false || records.length === 0) return;
    held.push(...records);
    disk.journaled(branch, through);
  }

  async #make(disk: RescannedDisk, point: RescanPoint): Promise<boolean> {
    this.#numbers += 1;
    const number = this.#numbers;
    const pointId = number.toString(16).padStart(32, "0");
    const mark: Mark = { ...point, pointId, number, kind: "auto" };
    const another = { ...mark, pointId: "0f".repeat(16), timeMicros: point.timeMicros + 1 };
    assert.equal(await disk.settleMark(another), undefined, "in a point of others it has no part, also now");
    const settled = await disk.settleMark(mark);
    const [snapshot] = this.snapshots.values();
    if (settled === undefined) return false;
    assert.ok(snapshot !== undefined, "a point is made of a snapshot that is there");
    this.points.push({ ...settled, timeMicros: point.timeMicros, snapshot });
    return true;
  }

  #runner(life: Life): HookRunner {
    return {
      run: async (call) => {
        assert.ok("snapshot" in call);
        const { snapshotId, path } = call.snapshot;
        this.calls.push(call.phase);
        await this.#asked(life);
        const more = this.answer(call);
        const does = more?.how === undefined || more.how === "done";
        if (call.phase === "make" && does) {
          assert.equal(this.snapshots.size, 0, "there is one snapshot at most");
          this.snapshots.set(snapshotId, { content: Buffer.from(this.content), micros: this.clock.wallMicros() });
        }
        if (call.phase === "remove" && does) {
          assert.ok(path === "" || path === `/snapshots/${snapshotId}`, "it is told what was made");
          this.snapshots.delete(snapshotId);
        }
        await this.#asked(life);
        const said = { path: `/snapshots/${snapshotId}` };
        const stdout = `made\n${JSON.stringify(said)}\n`;
        return { how: "done", exitCode: 0, stdout, isStdoutCut: false, stderr: "", ...more };
      },
      release: () => undefined,
      endLeft: async () => {
        await this.#asked(life);
        return !this.atWork;
      },
    };
  }

  async #read(life: Life, path: string): Promise<BlockDevice> {
    const id = path.slice(path.lastIndexOf("/") + 1);
    const content = this.snapshots.get(id)?.content ?? Buffer.alloc(0);
    const device = memoryDevice(content.length, { blockBytes: 512 });
    await device.write(0, content, { fua: false });
    const looked = wrappedDevice(device, async ({ operation }, pass) => {
      if (operation !== "read") return pass();
      // What is read of a disk that changes meanwhile would be of no single moment.
      this.write();
      await this.#asked(life);
      assert.ok(this.snapshots.has(id), "nothing is read of what was removed");
      return pass();
    });
    return this.around(looked);
  }

  async #asked(life: Life): Promise<void> {
    this.#event();
    if (life.isDead) await new Promise<never>(() => undefined);
    await this.clock.sleep(1, NEVER);
    if (life.isDead) await new Promise<never>(() => undefined);
  }

  #event(): void {
    this.events += 1;
    this.onEvent?.(this.events);
  }
}
