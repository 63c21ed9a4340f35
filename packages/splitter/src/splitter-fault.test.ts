import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, isFault, seededRandom } from "@leeward/base";
import { delayedDevice, faultyDevice } from "@leeward/block/testing";
import { sampled } from "@leeward/world/testing";
import type { Splitter } from "./splitter.ts";
import { type LifeOptions, SplitterLife } from "./testing/index.ts";

const DISK = 128 << 10;

function refusal(): Fault {
  return new Fault({ code: "io-failed", kind: "transient", message: "The test refused it." });
}

/** Runs `body` with one life for each seed that is sampled; a failure names the seed. */
async function eachSeed(
  seeds: number,
  options: (seed: number) => Partial<LifeOptions>,
  body: (life: SplitterLife, seed: number) => Promise<void>,
): Promise<void> {
  for (const seed of sampled(seeds)) {
    const life = new SplitterLife({ seed, diskBytes: DISK, initial: false, ...options(seed) });
    try {
      await life.rig.clock.run(() => body(life, seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

/** Opening needs a flush of the disk, which may fail too. */
async function opened(life: SplitterLife): Promise<Splitter> {
  for (;;) {
    try {
      return await life.rig.open();
    } catch (error) {
      if (!isFault(error, "disk-write-failed")) throw error;
    }
  }
}

describe("a splitter whose disk fails", () => {
  test("refused writes, torn or not, become void, and what the disk holds is logged as found", async () => {
    let voids = 0;
    await eachSeed(
      40,
      (seed) => {
        const random = seededRandom(seed);
        const fails = (): boolean => random.below(6) === 0;
        return {
          wrap: (device, clock) =>
            delayedDevice(
              faultyDevice(device, { operations: ["write", "zero", "discard"], fails, torn: seed % 2 === 0 }),
              clock,
              () => random.below(5),
            ),
        };
      },
      async (life) => {
        const splitter = await life.rig.open();
        await life.work(splitter, 25);
        assert.ok(life.workload.refused > 0);
        await life.check(splitter);
        voids += life.target.records.filter(({ kind }) => kind === "void").length;
        await splitter.close();
      },
    );
    assert.ok(voids > 2 * sampled(40).length, `${voids} voids`);
  });

  test("reads and flushes that fail as well delay points, and cost no change", async () => {
    await eachSeed(
      40,
      (seed) => {
        const random = seededRandom(seed);
        const fails = (count: number): boolean => count < 120 && random.below(5) === 0;
        return {
          wrap: (device) => faultyDevice(device, { operations: ["write", "flush", "read"], fails, torn: true }),
        };
      },
      async (life) => {
        const splitter = await opened(life);
        await life.work(splitter, 25);
        await life.check(splitter);
        await splitter.close();
      },
    );
  });
});

describe("a splitter whose log fails", () => {
  test("no write fails, whatever file operation of the log is refused; and everything is caught up with", async () => {
    await eachSeed(
      60,
      () => ({ latencyMicrosMax: 1_500 }),
      async (life, seed) => {
        const random = seededRandom(seed);
        const splitter = await life.rig.open();
        let refused = 0;
        life.rig.onOperation = ({ path, kind }) => {
          if (!path.includes("/log") || kind === "read" || refused > 20 || random.below(12) !== 0) return;
          refused += 1;
          throw refusal();
        };
        await life.work(splitter, 25);
        assert.equal(life.workload.refused, 0);
        life.rig.onOperation = undefined;
        await life.check(splitter);
        await life.work(splitter, 5);
        await life.close(splitter);
      },
    );
  });

  test("a full file system sends changes to the bitmap, and room brings them back", async () => {
    let gaps = 0;
    await eachSeed(
      30,
      () => ({ latencyMicrosMax: 500 }),
      async (life) => {
        const splitter = await life.rig.open();
        life.rig.files.capacityBytes = 150 << 10;
        await life.work(splitter, 40);
        assert.equal(life.workload.refused, 0);
        if (splitter.state.kind === "gap") gaps += 1;
        life.rig.files.capacityBytes = Number.MAX_SAFE_INTEGER;
        await life.check(splitter);
        await life.close(splitter);
      },
    );
    assert.ok(gaps > 0);
  });

  test("a target that takes nothing fills the log: changes go to the bitmap, the points before stay, and it is caught up with", async () => {
    await eachSeed(
      20,
      () => ({ limits: { logBytesMax: 256 << 10, logFileBytesMax: 16 << 10 } }),
      async (life, seed) => {
        const splitter = await life.rig.open();
        const never = new AbortController().signal;
        await life.workload.run(splitter, { workers: 2, calls: 10, signal: never });
        const before = await life.workload.point(splitter);
        await life.workload.run(splitter, { workers: 4, calls: 60, signal: never });
        assert.equal(splitter.state.kind, "gap", `seed ${seed}`);
        assert.equal(await life.workload.point(splitter), undefined, "a gap has no point");
        assert.ok(before !== undefined);
        await life.check(splitter);
        assert.deepEqual(
          life.target.spans().map(({ reason }) => reason),
          ["catch-up"],
        );
        assert.notEqual(await life.workload.point(splitter), undefined);
        await life.close(splitter);
      },
    );
  });

  test("when nothing at all can be noted the disk is served, and copied again once notes can be taken", async () => {
    let stopped = 0;
    await eachSeed(
      30,
      () => ({}),
      async (life) => {
        const splitter = await life.rig.open();
        await life.work(splitter, 4);
        life.rig.onOperation = ({ kind }) => {
          if (kind === "write" || kind === "datasync" || kind === "open") throw refusal();
        };
        await life.workload.run(splitter, { workers: 3, calls: 20, signal: new AbortController().signal });
        assert.equal(life.workload.refused, 0);
        if (splitter.state.kind === "stopped") stopped += 1;
        life.rig.onOperation = undefined;
        await life.check(splitter);
        await life.close(splitter);
      },
    );
    assert.ok(stopped > sampled(30).length / 2, `${stopped} times stopped`);
  });
});
