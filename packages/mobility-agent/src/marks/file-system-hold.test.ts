import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Freezer } from "@leeward/tracker";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import type { LiveDisk } from "../disk/disk-host.ts";
import { NO_QUIESCE } from "../hooks/quiesce.ts";
import { HOLD_FROM_BYTES, PREPARE_ROUNDS_MAX } from "../limits.ts";
import { FileSystemHold, type HeldDisk, type HoldOutcome } from "./file-system-hold.ts";
import { MarkClock } from "./mark-clock.ts";
import { PointCoordinator } from "./point-coordinator.ts";
import { PointNumbers } from "./point-numbers.ts";
import { PointQueue } from "./point-queue.ts";

const PATHS = ["/dev/a", "/dev/b"];
const A = "0a".repeat(16);
const B = "0b".repeat(16);
const RESCANNED = "0c".repeat(16);
const SERVED = "0d".repeat(16);
const PAUSED = ["pause /dev/a", "pause /dev/b"];
const HELD = [...PAUSED, "freeze", "hold /dev/a 0", "hold /dev/b 1", "confirm /dev/a", "confirm /dev/b", "thaw"];

function faultOf(code: string): Fault {
  return new Fault({ code, kind: "transient", message: `${code} happened.` });
}

/** Everything that happens, in order; what is to go otherwise is put in. */
class Rig {
  readonly done: string[] = [];
  readonly outcomes: HoldOutcome[] = [];
  /** What each pass of a disk copies, first to last, then nothing. */
  readonly left: number[] = [];
  frozen = false;
  fails: Record<string, Fault> = {};
  heldWhole = true;
  readonly #kept = new Set<string>();
  readonly #paused = new Set<string>();

  readonly freezer: Freezer = {
    usesOf: async (paths) => ({
      fileSystems: paths.map((path) => ({ mountPoint: `/mnt${path}`, kind: "ext4", device: "7:0" })),
      unfreezable: [],
      swap: new Map([["/dev/b", [{ offset: 0, length: 4_096 }]]]),
      unplacedSwap: new Map(),
    }),
    sync: async () => {
      this.#do("sync");
      return 5;
    },
    freeze: async () => {
      this.#do("freeze");
      this.frozen = true;
      return {
        thaw: async () => {
          this.frozen = false;
          this.#do("thaw");
          return { heldWhole: this.heldWhole, stallMs: 30 };
        },
      };
    },
    async [Symbol.asyncDispose]() {},
  };

  readonly hold = new FileSystemHold({
    freezer: this.freezer,
    disks: () => PATHS.map((path) => this.#disk(path)),
    onOutcome: (outcome) => this.outcomes.push(outcome),
  });

  /** The disks that have something for the next mark. */
  get kept(): string[] {
    return [...this.#kept];
  }

  /** The disks whose logs are left as they are. */
  get paused(): string[] {
    return [...this.#paused];
  }

  #disk(path: string): HeldDisk {
    const live: LiveDisk = {
      prepare: async () => {
        this.#do(`prepare ${path}`);
        return this.left.shift() ?? 0;
      },
      pauseUpkeep: async () => {
        assert.ok(!this.frozen, "what is under way may still be written");
        this.#paused.add(path);
        this.#do(`pause ${path}`);
      },
      resumeUpkeep: () => {
        assert.ok(!this.frozen, "what waited is written to what was frozen");
        this.#paused.delete(path);
      },
      hold: async (unsteady: readonly Extent[]) => {
        assert.ok(this.frozen, "a disk is read while all is still");
        this.#do(`hold ${path} ${unsteady.length}`);
        this.#kept.add(path);
      },
      confirm: async () => {
        assert.ok(this.frozen, "a disk is proved still while all is still");
        this.#do(`confirm ${path}`);
      },
      drop: () => {
        this.#kept.delete(path);
      },
    };
    return { diskId: path === "/dev/a" ? A : B, path, live };
  }

  #do(what: string): void {
    this.done.push(what);
    const fault = this.fails[what];
    if (fault !== undefined) throw fault;
  }

  get codes(): string[][] {
    return this.outcomes.map(({ faults }) => faults.map(({ code }) => code));
  }
}

describe("a hold of file systems", () => {
  test("reads every disk while all are frozen, tells each where swap lies, and lets them go", async () => {
    const rig = new Rig();
    const moment = await rig.hold.begin();
    assert.equal(rig.frozen, true);
    assert.deepEqual(rig.paused, PATHS);
    assert.deepEqual(await moment.end(), { isWhole: true, diskIds: [A, B], fileSystems: 2 });
    assert.deepEqual(rig.done, HELD);
    assert.deepEqual(rig.outcomes, [{ stallMs: 30, faults: [] }]);
    assert.deepEqual(rig.kept, PATHS);
    assert.deepEqual(rig.paused, []);
  });

  test("that did not last until the mark leaves nothing for it", async () => {
    const rig = new Rig();
    rig.heldWhole = false;
    const moment = await rig.hold.begin();
    assert.equal((await moment.end()).isWhole, false);
    assert.deepEqual([rig.kept, rig.codes], [[], [["freeze-lost"]]]);
    assert.deepEqual(rig.paused, []);
  });

  test("whose end cannot be told leaves nothing for it either, nor for a later one", async () => {
    const rig = new Rig();
    rig.fails = { thaw: faultOf("thaw-failed") };
    const moment = await rig.hold.begin();
    assert.equal((await moment.end()).isWhole, false);
    assert.deepEqual([rig.kept, rig.codes], [[], [["thaw-failed"]]]);
    assert.deepEqual(rig.paused, []);
  });

  test("with a disk that could not be read is not whole, and the others have their part", async () => {
    const rig = new Rig();
    rig.fails = { "hold /dev/a 0": faultOf("disk-not-quiet") };
    const moment = await rig.hold.begin();
    assert.equal((await moment.end()).isWhole, false);
    assert.deepEqual([rig.kept, rig.codes], [["/dev/b"], [["disk-not-quiet"]]]);
  });

  test("that cannot be begun is told, and holds nobody", async () => {
    const rig = new Rig();
    rig.fails = { freeze: faultOf("freeze-failed") };
    const moment = await rig.hold.begin();
    assert.deepEqual(await moment.end(), { isWhole: false, diskIds: [], fileSystems: 0 });
    assert.deepEqual([rig.kept, rig.codes, rig.done], [[], [["freeze-failed"]], [...PAUSED, "freeze"]]);
    assert.deepEqual(rig.paused, []);
  });

  test("that is cancelled leaves nothing for a mark, and logs are tended again", async () => {
    const rig = new Rig();
    const moment = await rig.hold.begin();
    await moment.cancel();
    assert.deepEqual([rig.kept, rig.paused, rig.frozen], [[], [], false]);
  });

  test("is prepared by passes until little is left, a bounded number of them", async () => {
    const rig = new Rig();
    rig.left.push(HOLD_FROM_BYTES, 1, 4_096, 4_096);
    await rig.hold.prepare();
    assert.equal(rig.done.filter((what) => what === "sync").length, 2, "the first round had copied too much");
    const busy = new Rig();
    busy.left.push(...Array<number>(100).fill(HOLD_FROM_BYTES));
    await busy.hold.prepare();
    assert.equal(busy.done.filter((what) => what === "sync").length, PREPARE_ROUNDS_MAX);
  });

  test("is prepared no further than a fault, which the hold itself meets again", async () => {
    const rig = new Rig();
    rig.fails = { "prepare /dev/a": faultOf("disk-read-failed") };
    await rig.hold.prepare();
    assert.deepEqual([rig.done, rig.outcomes], [["sync", "prepare /dev/a"], []]);
  });
});

describe("points of disks that are held still", () => {
  test("are prepared and held one at a time: no pass of another begins before a hold has ended", async () => {
    const rig = new Rig();
    const world = simulatedWorld({ seed: 4 });
    await world.clock.run(async () => {
      const coordinator = await coordinatorOf(world, rig, { [A]: true });
      const [timed, asked] = await Promise.all([coordinator.heldInterval(), coordinator.create("crash")]);
      assert.notEqual(timed?.id, asked?.id);
    });
    const one = ["sync", ...PATHS.map((path) => `prepare ${path}`), ...HELD];
    assert.deepEqual(rig.done, [...one, ...one]);
  });

  test("say what was reached for the disks that are in them: one that waits for its rescan takes nothing from the others", async () => {
    const world = simulatedWorld({ seed: 5 });
    const reached = async (disks: Record<string, boolean>, name: string): Promise<string | undefined> => {
      const coordinator = await coordinatorOf(world, new Rig(), disks, name);
      return (await coordinator.heldInterval())?.consistency;
    };
    await world.clock.run(async () => {
      const all = { [A]: true, [B]: true };
      assert.equal(await reached(all, "all"), "file-system");
      assert.equal(await reached({ ...all, [RESCANNED]: false }, "rescanned"), "file-system");
      assert.equal(await reached({ ...all, [SERVED]: true }, "served"), "crash", "a member that was not held");
      assert.equal(await reached({ [A]: true, [B]: false, [SERVED]: true }, "one"), "crash");
    });
  });
});

/** Of a machine with these disks: whether each has a part in points. */
async function coordinatorOf(
  world: SimulatedWorld,
  rig: Rig,
  disks: Record<string, boolean>,
  name = "points",
): Promise<PointCoordinator> {
  return new PointCoordinator({
    ...world,
    machineId: "0a".repeat(16),
    marks: new MarkClock(),
    numbers: await PointNumbers.open(world.files, `/${name}`),
    queue: await PointQueue.open(world, `/${name}`),
    epoch: () => 0,
    quiesce: NO_QUIESCE,
    disks: () =>
      Object.entries(disks).map(([diskId, hasPart]) => ({
        diskId,
        settleMark: async ({ number }) => (hasPart ? { branch: "bb".repeat(16), sequence: number } : undefined),
      })),
    hold: () => rig.hold,
  });
}
