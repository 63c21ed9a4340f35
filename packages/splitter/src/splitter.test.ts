import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { faultyDevice, type RecordingDevice, recordingDevice } from "@leeward/block/testing";
import {
  firstDifference,
  RIG_FOLDER,
  readLog,
  replay,
  SplitterRig,
  TestTarget,
  untilSendable,
} from "./testing/index.ts";

const PLAIN = { fua: false } as const;
const NEVER = new AbortController().signal;
const PARENT = { branch: "0f".repeat(16), sequence: 1 };
const SIZE = 256 << 10;

function rigOf(options: Partial<ConstructorParameters<typeof SplitterRig>[0]> = {}): SplitterRig {
  return new SplitterRig({ seed: 1, parent: PARENT, ...options });
}

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe("a splitter", () => {
  test("what is written stands in the log, becomes sendable by itself, and a clean close leaves nothing in doubt", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      assert.equal(splitter.state.kind, "protected");
      await splitter.write(4_096, filled(8_192, 7), PLAIN);
      await splitter.zero({ offset: 8_192, length: 512 }, { fua: false, mayDiscard: true });
      await splitter.discard({ offset: 9_216, length: 512 }, PLAIN);
      assert.equal(splitter.facts().sendableSequence, 0);
      await rig.clock.sleep(100, NEVER);
      assert.equal(splitter.facts().sendableSequence, 3);
      assert.equal(firstDifference(await rig.replica(3), await rig.content()), undefined);
      await splitter.close();
      const again = await rig.open();
      assert.deepEqual([again.facts().writtenSequence, again.state.kind], [3, "protected"]);
      await again.close();
    });
  });

  test("a FLUSH and a FUA are durable in the log and on the disk when they are acknowledged", async () => {
    for (const how of ["flush", "fua"] as const) {
      const rig = rigOf();
      await rig.clock.run(async () => {
        const splitter = await rig.open();
        await splitter.write(0, filled(512, 1), { fua: how === "fua" });
        if (how === "flush") await splitter.flush();
        assert.equal(splitter.facts().durableSequence, 1);
        rig.stop("crash");
        await rig.restart("crash");
        assert.equal((await readLog(rig.files, RIG_FOLDER, 1)).length, 1);
        assert.equal((await rig.content())[0], 1);
      });
    }
  });

  test("the log append settles before the disk write is issued", async () => {
    let recording: RecordingDevice | undefined;
    const rig = rigOf({ wrap: (device) => (recording = recordingDevice(device)) });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const held = Promise.withResolvers<void>();
      rig.onOperation = async ({ path, kind }) => {
        if (path.includes("/log") && kind === "write") await held.promise;
      };
      const writing = splitter.write(0, filled(512, 1), PLAIN);
      await rig.clock.sleep(100, NEVER);
      assert.equal(recording?.calls.filter(({ operation }) => operation === "write").length, 0);
      held.resolve();
      await writing;
      assert.equal(recording?.calls.filter(({ operation }) => operation === "write").length, 1);
      await splitter.close();
    });
  });

  test("a large write is several records, and a large discard several changes, in order", async () => {
    const rig = rigOf({ diskBytes: 4 << 20, limits: { activityRegionBytes: 1 << 20, activeRegionsMax: 16 } });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.write(0, filled(3 << 20, 9), PLAIN);
      assert.equal(splitter.facts().writtenSequence, 3);
      await splitter.close();
    });
    const small = rigOf();
    await small.clock.run(async () => {
      const splitter = await small.open();
      await splitter.discard({ offset: 0, length: SIZE }, { fua: true });
      assert.equal(
        splitter.facts().writtenSequence,
        SIZE / (2 * (16 << 10)),
        "two of its eight active regions at once",
      );
      await splitter.close();
    });
  });

  test("a change that comes while a copied region is made durable is not forgotten when the log is left", async () => {
    const rig = rigOf({ limits: { logBytesMax: 128 << 10, logFileBytesMax: 8 << 10, activeRegionsMax: 64 } });
    const target = new TestTarget();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const fill = async (value: number): Promise<void> => {
        for (let at = 0; splitter.facts().state.kind !== "gap"; at += 8_192) {
          await splitter.write(at % SIZE, filled(8_192, value), PLAIN);
          await splitter.flush();
        }
      };
      await fill(1);
      const { writtenSequence } = splitter.facts();
      let overtaken = false;
      rig.onOperation = async ({ kind, path }) => {
        if (overtaken || kind !== "datasync" || !path.includes("/log") || splitter.state.kind !== "reduced") return;
        // The span has begun and all regions are copied; now their copies are made durable.
        if (splitter.facts().writtenSequence < writtenSequence + 2) return;
        overtaken = true;
        rig.onOperation = undefined;
        for (let at = 0; splitter.facts().state.kind !== "gap"; at += 8_192) {
          await splitter.write(at % SIZE, filled(8_192, 2), PLAIN);
        }
        for (let at = 0; at < SIZE; at += 4_096) await splitter.write(at, filled(512, 3), PLAIN);
      };
      while (splitter.facts().state.kind !== "protected") {
        await target.take(splitter);
        await rig.clock.sleep(20, NEVER);
      }
      assert.ok(overtaken);
      await splitter.flush();
      await target.take(splitter);
      assert.equal(firstDifference(target.content(SIZE), await rig.content()), undefined);
      await splitter.close();
    });
  });

  test("a disk that fails a flush has everything that was not durable on it read again", async () => {
    let fails = false;
    const rig = rigOf({ wrap: (device) => faultyDevice(device, { operations: ["flush"], fails: () => fails }) });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.write(20_480, filled(512, 1), PLAIN);
      fails = true;
      await assert.rejects(splitter.flush(), (error) => isFault(error, "disk-write-failed"));
      assert.equal(splitter.state.kind, "gap");
      await rig.clock.sleep(5_000, NEVER);
      assert.equal(splitter.facts().state.kind, "gap", "nothing is copied before a flush has succeeded");
      fails = false;
      while (splitter.facts().state.kind !== "protected") await rig.clock.sleep(50, NEVER);
      await splitter.flush();
      const records = await readLog(rig.files, RIG_FOLDER, splitter.facts().sendableSequence);
      assert.equal(firstDifference(replay(records, SIZE), await rig.content()), undefined);
      const again = records.filter(({ sequence }) => sequence > 1);
      const covered = again.reduce((sum, each) => sum + ("length" in each ? each.length : 0), 0);
      assert.equal(covered, 16 << 10, "the active region");
      await splitter.close();
    });
  });

  test("what the target holds is trimmed, and an acknowledgement of what was never sent is refused", async () => {
    const rig = rigOf({ limits: { logFileBytesMax: 8 << 10 } });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      for (let index = 0; index < 32; index += 1) await splitter.write(index * 4_096, filled(4_096, index), PLAIN);
      await splitter.flush();
      await untilSendable(splitter);
      const before = splitter.facts().logBytes;
      assert.throws(
        () => splitter.journaled(33),
        (error) => isFault(error, "sequence-unknown"),
      );
      splitter.journaled(30);
      await rig.clock.sleep(200, NEVER);
      assert.ok(splitter.facts().firstSequence > 20 && splitter.facts().firstSequence <= 31);
      assert.ok(splitter.facts().logBytes < before / 3);
      await splitter.close();
    });
  });

  test("what was changed after a sequence is told from log and bitmap", async () => {
    const rig = rigOf({ limits: { logBytesMax: 96 << 10, logFileBytesMax: 8 << 10 } });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.write(0, filled(512, 1), PLAIN);
      await splitter.write(8_192, filled(512, 2), PLAIN);
      assert.deepEqual([...(await splitter.changedAfter(1))], [{ offset: 8_192, length: 512 }]);
      for (let at = 32_768; splitter.facts().state.kind !== "gap"; at += 4_096)
        await splitter.write(at, filled(4_096, 3), PLAIN);
      await splitter.write(200 << 10, filled(512, 4), PLAIN);
      const changed = await splitter.changedAfter(1);
      assert.ok(changed.covers({ offset: 200 << 10, length: 4_096 }), "a region of the bitmap");
      assert.ok(
        changed.covers({ offset: 32_768, length: 65_536 }) && !changed.intersects({ offset: 0, length: 8_192 }),
      );
      await splitter.close();
    });
  });

  test("closed, it takes no more calls, has waited for those under way, and says that it stopped", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const writing = splitter.write(0, filled(512, 1), PLAIN);
      const closing = splitter.close();
      await writing;
      await closing;
      assert.deepEqual(splitter.state, { kind: "stopped" });
      for (const call of [
        splitter.write(0, filled(512, 2), PLAIN),
        splitter.flush(),
        splitter.read(0, filled(512, 0)),
      ]) {
        await assert.rejects(call, (error) => isFault(error, "disk-closed"));
      }
      assert.equal(
        firstDifference(replay(await readLog(rig.files, RIG_FOLDER, 1), SIZE), await rig.content()),
        undefined,
      );
    });
  });
});
