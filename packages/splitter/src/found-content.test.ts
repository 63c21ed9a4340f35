import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { faultyDevice } from "@leeward/block/testing";
import { fileFault } from "@leeward/world";
import { sampled } from "@leeward/world/testing";
import type { Splitter } from "./splitter.ts";
import { checkDigests, RIG_FOLDER, type RigOptions, TrackedLife } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
const PAGE = 4_096;
const DISK = 512 << 10;

/** A disk of zeroes that was copied. */
async function trackedDisk(life: TrackedLife): Promise<Splitter> {
  const splitter = await life.open();
  await life.copy(splitter);
  return splitter;
}

function lifeOf(options: Partial<RigOptions> = {}): TrackedLife {
  return new TrackedLife({ seed: 1, diskBytes: DISK, ...options });
}

/** Kind, offset and length of what was logged after `sequence`. */
async function loggedAfter(life: TrackedLife, splitter: Splitter, sequence: number): Promise<unknown[]> {
  await life.take(splitter);
  const records = life.target.records.filter((record) => record.sequence > sequence);
  return records.map((record) => ("offset" in record ? [record.kind, record.offset, record.length] : [record.kind]));
}

describe("what a disk was found to hold", () => {
  test("is logged page by page where it differs, in no span, and may leave the machine when it is said to be logged", async () => {
    const life = lifeOf();
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      const { last } = life.target;
      await life.rig.disk.write(2 * PAGE + 512, Buffer.alloc(512, 1), PLAIN);
      await life.rig.disk.write(9 * PAGE, Buffer.alloc(3 * PAGE, 2), PLAIN);
      const extents = [
        { offset: 8 * PAGE, length: 42 * PAGE },
        { offset: 2 * PAGE + 512, length: 512 },
        { offset: 100 * PAGE, length: PAGE },
      ];
      assert.notEqual(await splitter.logFound(extents, NEVER), undefined);
      const { sendableSequence, writtenSequence, state } = splitter.facts();
      assert.deepEqual([sendableSequence, state.kind], [writtenSequence, "protected"]);
      assert.deepEqual(await loggedAfter(life, splitter, last), [
        ["write", 2 * PAGE, PAGE],
        ["write", 9 * PAGE, 3 * PAGE],
      ]);
      await life.checkSame();
      assert.equal(await checkDigests(life), DISK / PAGE);
      const before = life.target.last;
      assert.notEqual(await splitter.logFound(extents, NEVER), undefined);
      assert.deepEqual(await loggedAfter(life, splitter, before), [], "what is held already is not logged");
      await splitter.close();
    });
  });

  test("is logged once more on request, also where the digests say that the target holds it: it may not", async () => {
    const life = lifeOf();
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      await life.rig.disk.write(0, Buffer.alloc(2 * PAGE, 5), PLAIN);
      assert.notEqual(await splitter.logFound([{ offset: 0, length: 2 * PAGE }], NEVER), undefined);
      await life.take(splitter);
      const { last } = life.target;
      await splitter.recopy([{ offset: PAGE, length: PAGE }]);
      while (splitter.state.kind !== "protected") await splitter.changed();
      const logged = await loggedAfter(life, splitter, last);
      assert.ok(
        logged.some((record) => JSON.stringify(record) === JSON.stringify(["write", PAGE, PAGE])),
        JSON.stringify(logged),
      );
      await splitter.close();
    });
  });

  test("costs one datasync of the digests, however many places it has", async () => {
    const life = lifeOf();
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      const extents = [];
      for (let page = 1; page < 100; page += 8) {
        await life.rig.disk.write(page * PAGE, Buffer.alloc(512, 7), PLAIN);
        extents.push({ offset: page * PAGE, length: 512 });
      }
      let datasyncs = 0;
      life.rig.onOperation = ({ kind, path }) => {
        if (kind === "datasync" && path.endsWith("/digests")) datasyncs += 1;
      };
      assert.notEqual(await splitter.logFound(extents, NEVER), undefined);
      assert.equal(datasyncs, 1);
      await splitter.close();
    });
  });

  test("that was held is logged as it was, also parts of pages, of which nothing is known afterwards", async () => {
    const life = lifeOf();
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      const { last } = life.target;
      const held = [
        { extent: { offset: 20 * PAGE, length: 2 * PAGE }, bytes: Buffer.alloc(2 * PAGE, 3) },
        { extent: { offset: 512, length: 512 }, bytes: Buffer.alloc(512, 4) },
        { extent: { offset: 2_048, length: 3 * PAGE }, bytes: Buffer.alloc(3 * PAGE, 5) },
        { extent: { offset: 30 * PAGE, length: PAGE }, bytes: Buffer.alloc(PAGE) },
      ];
      for (const { extent, bytes } of held) await life.rig.disk.write(extent.offset, bytes, PLAIN);
      assert.notEqual(await splitter.logHeld(held), undefined);
      assert.deepEqual(await loggedAfter(life, splitter, last), [
        ["write", 512, 512],
        ["write", 2_048, 3 * PAGE],
        ["write", 20 * PAGE, 2 * PAGE],
      ]);
      await life.checkSame();
      assert.equal(await checkDigests(life), DISK / PAGE - 2, "the first page, and the fourth, were written in part");
      assert.notEqual(await splitter.logHeld([]), undefined);
      await splitter.close();
    });
  });

  test("waits for room in the log; what was held does not, and is refused without leaving the log", async () => {
    const life = lifeOf({ limits: { logBytesMax: 128 << 10, logFileBytesMax: 8 << 10 } });
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      await life.rig.disk.write(0, Buffer.alloc(DISK, 9), PLAIN);
      const logging = splitter.logFound([{ offset: 0, length: DISK }], NEVER);
      await life.rig.clock.sleep(5_000, NEVER);
      const { logBytes, state } = splitter.facts();
      assert.ok(logBytes > 64 << 10 && logBytes < 100 << 10, `${logBytes}`);
      assert.equal(state.kind, "protected");
      const held = { extent: { offset: 256 << 10, length: 96 << 10 }, bytes: Buffer.alloc(96 << 10, 8) };
      assert.equal(await splitter.logHeld([held]), undefined);
      assert.equal(splitter.state.kind, "protected");
      const ended = new AbortController();
      const pulls = life.pulls(splitter, ended.signal);
      assert.notEqual(await logging, undefined);
      ended.abort();
      await pulls;
      await life.take(splitter);
      await life.checkSame();
      await checkDigests(life);
      await splitter.close();
    });
  });

  test("waits no longer than its signal, and than the splitter is open", async () => {
    for (const how of ["abort", "close"] as const) {
      const life = lifeOf({ limits: { logBytesMax: 128 << 10, logFileBytesMax: 8 << 10 } });
      await life.rig.clock.run(async () => {
        const splitter = await trackedDisk(life);
        await life.rig.disk.write(0, Buffer.alloc(DISK, 9), PLAIN);
        const stop = new AbortController();
        const logging = splitter.logFound([{ offset: 0, length: DISK }], stop.signal);
        const refused = assert.rejects(
          logging,
          (error) => error instanceof RangeError || isFault(error, "disk-closed"),
        );
        await life.rig.clock.sleep(1_000, NEVER);
        if (how === "abort") stop.abort(new RangeError("enough"));
        else await splitter.close();
        await refused;
        await checkDigests(life);
        await splitter.close();
      });
    }
  });

  test("is given back while changes are not logged, and when the log is left meanwhile", async () => {
    for (const seed of sampled(60)) {
      const life = lifeOf({ seed });
      await life.rig.clock.run(async () => {
        const splitter = await trackedDisk(life);
        await life.change(20);
        let countdown = 1 + (seed % 9);
        life.rig.onOperation = ({ kind, path }) => {
          if (!path.includes("/log/") || (kind !== "write" && kind !== "datasync")) return;
          countdown -= 1;
          if (countdown === 0) throw fileFault("EIO", path);
        };
        const logged = await life.logChanges(splitter, seed % 2 === 0, NEVER);
        if (splitter.state.kind === "gap") assert.equal(logged, false);
        if (splitter.state.kind === "gap")
          assert.equal(await splitter.logFound([{ offset: 0, length: 512 }], NEVER), undefined);
        if (splitter.state.kind === "gap") assert.equal(await splitter.logHeld([]), undefined);
        await checkDigests(life);
        while (splitter.state.kind !== "protected") await life.rig.clock.sleep(100, NEVER);
        life.rig.onOperation = undefined;
        await life.logAll(splitter, false, NEVER);
        await life.checkSame();
        await checkDigests(life);
        await splitter.close();
      });
    }
  });

  test("is not said to be logged when the digests cannot be made unknown, and nothing of it is logged", async () => {
    for (const failing of ["write", "datasync"] as const) {
      const life = lifeOf();
      await life.rig.clock.run(async () => {
        const splitter = await trackedDisk(life);
        const { last } = life.target;
        await life.rig.disk.write(0, Buffer.alloc(PAGE, 9), PLAIN);
        const extents = [{ offset: 0, length: PAGE }];
        life.rig.onOperation = ({ kind, path }) => {
          if (kind === failing && path.endsWith("/digests")) throw fileFault("EIO", path);
        };
        await assert.rejects(splitter.logFound(extents, NEVER), (error) => isFault(error, "io-failed"));
        life.rig.onOperation = undefined;
        assert.deepEqual(await loggedAfter(life, splitter, last), []);
        await checkDigests(life);
        // What a failed datasync left in memory is not taken for durable.
        assert.notEqual(await splitter.logFound(extents, NEVER), undefined);
        life.rig.stop("crash");
        await checkDigests(life);
      });
    }
  });

  test("is not found on a disk that cannot be read, which is said", async () => {
    let fails = false;
    const life = lifeOf({ wrap: (device) => faultyDevice(device, { operations: ["read"], fails: () => fails }) });
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      fails = true;
      const logging = splitter.logFound([{ offset: 0, length: DISK }], NEVER);
      await assert.rejects(logging, (error) => isFault(error, "disk-read-failed"));
      fails = false;
      assert.notEqual(await splitter.logFound([{ offset: 0, length: DISK }], NEVER), undefined);
      await splitter.close();
    });
  });

  test("has its digest noted only when it is relied on", async () => {
    const life = lifeOf();
    await life.rig.clock.run(async () => {
      const splitter = await trackedDisk(life);
      await life.rig.disk.write(0, Buffer.alloc(PAGE, 9), PLAIN);
      // The record is in the kernel, its file is not durable, and never will be.
      const reached = Promise.withResolvers<void>();
      life.rig.onOperation = ({ kind, path }) => {
        if (kind !== "datasync" || !path.includes("/log/")) return;
        reached.resolve();
        return new Promise<void>(() => {});
      };
      void splitter.logFound([{ offset: 0, length: PAGE }], NEVER);
      await reached.promise;
      await life.rig.clock.sleep(1_000, NEVER);
      life.rig.onOperation = undefined;
      // Whatever of the digests' file the kernel has written back by itself.
      assert.equal(await checkDigests(life), DISK / PAGE - 1, `in ${RIG_FOLDER}`);
      life.rig.stop("crash");
      await checkDigests(life);
    });
  });
});
