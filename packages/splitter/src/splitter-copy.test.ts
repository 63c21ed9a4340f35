import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { delayedDevice, faultyDevice, type RecordingDevice, recordingDevice } from "@leeward/block/testing";
import { firstDifference, SplitterLife, SplitterRig, TestTarget } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
const DISK = 512 << 10;
const CHUNK = 16 << 10;

/** A disk that was written to before anyone captured it: data in its first, fourth and last 64 KiB. */
async function usedRig(options: Partial<ConstructorParameters<typeof SplitterRig>[0]> = {}): Promise<SplitterRig> {
  const rig = new SplitterRig({ seed: 1, diskBytes: DISK, ...options });
  for (const at of [0, 192 << 10, DISK - (64 << 10)]) {
    await rig.disk.write(at, Buffer.alloc(64 << 10, (at >>> 16) + 1), PLAIN);
  }
  await rig.disk.flush();
  return rig;
}

function readsOf(recording: RecordingDevice | undefined): number[] {
  const reads = recording?.calls.filter(({ operation }) => operation === "read") ?? [];
  return reads.map(({ extent }) => extent?.offset ?? -1);
}

describe("an initial copy", () => {
  test("makes the replica equal, reads no holes, and sends no zeroes", async () => {
    let recording: RecordingDevice | undefined;
    const rig = await usedRig({ wrap: (device) => (recording = recordingDevice(device)) });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      assert.equal(splitter.state.kind, "protected");
      await target.take(splitter);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      assert.deepEqual(
        target.records.map(({ kind }) => kind).filter((kind) => kind !== "write"),
        ["span-begin", "span-end"],
      );
      assert.equal(readsOf(recording).length, (3 * (64 << 10)) / CHUNK);
      await splitter.close();
    });
  });

  test("shows how far it is, keeps to its rate, and can be stopped and gone on with", async () => {
    const rig = await usedRig();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      splitter.setPolicy({ logBytesMax: 64 << 20, copyBytesPerSecondMax: 64 << 10 });
      const began = rig.clock.monotonicMicros();
      const stop = new AbortController();
      const copying = splitter.copy(stop.signal);
      await rig.clock.sleep(1_500, NEVER);
      const { state } = splitter;
      assert.ok(state.kind === "initial" && state.copy.doneBytes > 0 && state.copy.doneBytes < DISK);
      assert.equal(state.copy.totalBytes, DISK);
      stop.abort(new RangeError("enough"));
      await assert.rejects(copying, RangeError);
      await splitter.copy(NEVER);
      assert.equal(splitter.state.kind, "protected");
      const seconds = (rig.clock.monotonicMicros() - began) / 1e6;
      assert.ok(seconds > 1.5 && seconds < 4.5, `${seconds} s for 192 KiB at 64 KiB/s, and a second's burst`);
      await splitter.close();
    });
  });

  test("that was killed goes on from what was durable, and ends the same span", async () => {
    let recording: RecordingDevice | undefined;
    const rig = await usedRig({
      wrap: (device, clock) => (recording = recordingDevice(delayedDevice(device, clock, () => 500))),
    });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const first = await rig.open();
      const copying = first.copy(NEVER);
      copying.catch(() => undefined);
      await rig.clock.sleep(9_000, NEVER);
      rig.stop("kill");
      await rig.restart("kill");
      const before = readsOf(recording).length;
      assert.ok(before > 6 && before < 12, `${before} reads in 9 s`);
      const second = await rig.open();
      const { state } = second;
      assert.ok(state.kind === "initial" && state.copy.doneBytes > 0);
      await second.copy(NEVER);
      await second.flush();
      await target.take(second);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      assert.deepEqual(
        target
          .spans()
          .filter(({ reason }) => reason === "initial")
          .map(({ to }) => to !== undefined),
        [true],
      );
      assert.ok(readsOf(recording).length <= 12 - before + 6, "what was durable was not read again");
      await second.close();
    });
  });

  test("does not skip zeroes where something else was logged and the log was left since", async () => {
    const rig = new SplitterRig({
      seed: 1,
      diskBytes: DISK,
      limits: { logBytesMax: 96 << 10, logFileBytesMax: 8 << 10 },
    });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const late = DISK - (8 << 10);
      await splitter.write(late, Buffer.alloc(4 << 10, 7), PLAIN);
      for (let at = 0; at < 128 << 10; at += 4 << 10) await splitter.write(at, Buffer.alloc(4 << 10, 9), PLAIN);
      assert.equal(splitter.state.kind, "gap");
      await splitter.zero({ offset: late, length: 4 << 10 }, { fua: false, mayDiscard: true });
      const copying = splitter.copy(NEVER);
      while (splitter.facts().state.kind !== "protected") {
        await target.take(splitter);
        await rig.clock.sleep(20, NEVER);
      }
      await copying;
      await splitter.flush();
      await target.take(splitter);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      await splitter.close();
    });
  });

  test("waits while the log is more than half full, and leaves the rest to the applications", async () => {
    const rig = await usedRig({ limits: { logBytesMax: 256 << 10, logFileBytesMax: 8 << 10 } });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const copying = splitter.copy(NEVER);
      await rig.clock.sleep(5_000, NEVER);
      const { logBytes } = splitter.facts();
      assert.ok(logBytes > 128 << 10 && logBytes < 180 << 10, `${logBytes}`);
      assert.equal(splitter.state.kind, "initial");
      await splitter.write(0, Buffer.alloc(32 << 10, 3), PLAIN);
      assert.equal(splitter.state.kind, "initial", "a write still has room");
      while (splitter.facts().state.kind !== "protected") {
        await target.take(splitter);
        await rig.clock.sleep(20, NEVER);
      }
      await copying;
      await splitter.close();
    });
  });

  test("stays only so far ahead of the target, and zeroes count for nothing", async () => {
    const zeroesAt = 64 << 10;
    const rig = await usedRig({ limits: { copyAheadBytesMax: 32 << 10 } });
    await rig.disk.write(zeroesAt, Buffer.alloc(64 << 10), PLAIN);
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const copying = splitter.copy(NEVER);
      const doneBytes = (): number | undefined =>
        splitter.state.kind === "initial" ? splitter.state.copy.doneBytes : undefined;
      await rig.clock.sleep(5_000, NEVER);
      assert.equal(doneBytes(), 32 << 10);
      await target.pull(splitter);
      await rig.clock.sleep(5_000, NEVER);
      assert.equal(doneBytes(), 32 << 10, "what was sent is not held yet");
      await target.take(splitter);
      await rig.clock.sleep(5_000, NEVER);
      assert.equal(doneBytes(), 64 << 10);
      await target.take(splitter);
      await rig.clock.sleep(5_000, NEVER);
      assert.equal(doneBytes(), (192 << 10) + (32 << 10), "what holds nothing is passed without a stop");
      while (splitter.facts().state.kind !== "protected") {
        await target.take(splitter);
        await rig.clock.sleep(20, NEVER);
      }
      await copying;
      await target.take(splitter);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      await splitter.close();
    });
  });

  test("with applications that write beside it, at every speed, equals the disk", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const life = new SplitterLife({
        seed,
        diskBytes: 128 << 10,
        initial: true,
        wrap: (device, clock) => delayedDevice(device, clock, () => random.below(12)),
      });
      await life.rig.clock.run(async () => {
        const splitter = await life.rig.open();
        await life.work(splitter, 20);
        await life.check(splitter);
        await life.close(splitter);
      });
    }
  });

  test("tells a disk that cannot be read, and goes on when it can", async () => {
    let fails = true;
    const rig = await usedRig({ wrap: (device) => faultyDevice(device, { operations: ["read"], fails: () => fails }) });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await assert.rejects(splitter.copy(NEVER), (error) => isFault(error, "disk-read-failed"));
      assert.equal(splitter.state.kind, "initial");
      fails = false;
      await splitter.copy(NEVER);
      assert.equal(splitter.facts().state.kind, "protected");
      await splitter.close();
    });
  });
});

describe("a resync", () => {
  test("copies everything again, zeroes too, and is one span", async () => {
    const rig = await usedRig({ parent: { branch: "0f".repeat(16), sequence: 1 } });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.beginCopy("resync");
      await assert.rejects(splitter.beginCopy("initial"), (error) => isFault(error, "copy-under-way"));
      assert.equal(splitter.state.kind, "resync");
      await splitter.copy(NEVER);
      await target.take(splitter);
      const covered = target.records.reduce((sum, record) => sum + ("length" in record ? record.length : 0), 0);
      assert.equal(covered, DISK);
      assert.deepEqual(
        target.spans().map(({ reason, to }) => [reason, to !== undefined]),
        [["resync", true]],
      );
      await splitter.close();
    });
  });

  test("begins at the beginning, also after a copy that the same splitter has ended", async () => {
    const rig = await usedRig();
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      await rig.disk.write(0, Buffer.alloc(CHUNK, 77), PLAIN);
      await splitter.beginCopy("resync");
      await splitter.copy(NEVER);
      await target.take(splitter);
      assert.equal(firstDifference(target.content(DISK), await rig.content()), undefined);
      await splitter.close();
    });
  });
});
