import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RIG_FOLDER, readLog, SplitterRig } from "./testing/index.ts";

const PLAIN = { fua: false } as const;
const NEVER = new AbortController().signal;
const PARENT = { branch: "0f".repeat(16), sequence: 1 };

describe("a disk whose machine holds its writes", () => {
  test("lets writes, zeroes and discards wait at their submission, and reads and flushes go on", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.write(0, new Uint8Array(512).fill(1), PLAIN);
      const held = rig.clock.monotonicMicros();
      rig.marks.hold(held + 200_000);
      const ended: string[] = [];
      const note = (name: string) => (): void => void ended.push(name);
      const waiting = [
        splitter.write(512, new Uint8Array(512).fill(2), { fua: true }).then(note("write")),
        splitter.zero({ offset: 1_024, length: 512 }, { ...PLAIN, mayDiscard: false }).then(note("zero")),
        splitter.discard({ offset: 2_048, length: 512 }, PLAIN).then(note("discard")),
      ];
      const seen = new Uint8Array(512);
      await splitter.read(0, seen);
      assert.equal(seen[0], 1);
      await splitter.flush();
      assert.equal(splitter.facts().durableSequence, 1, "what was acknowledged before is durable");
      await rig.clock.sleep(50, NEVER);
      assert.deepEqual(ended, []);
      assert.equal(splitter.facts().writtenSequence, 1, "none of them has a sequence");
      const mark = rig.marks.raise();
      rig.marks.release();
      await Promise.all(waiting);
      assert.equal(ended.length, 3);
      assert.ok(rig.clock.monotonicMicros() - held < 100_000, "they go on soon after the release");
      assert.equal((await splitter.settleMark(mark))?.sequence, 2);
      await splitter.flush();
      const records = await readLog(rig.files, RIG_FOLDER, splitter.facts().sendableSequence);
      assert.deepEqual(
        records.map(({ kind }) => kind),
        ["write", "mark", "write", "zero", "discard"],
      );
      await splitter.close();
    });
  });

  test("lets them go by itself when the time of the hold is over, and says so in the memory that it shares", async () => {
    const rig = new SplitterRig({ seed: 2, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const begun = rig.clock.monotonicMicros();
      rig.marks.hold(begun + 200_000);
      await splitter.write(0, new Uint8Array(512).fill(1), PLAIN);
      const tookMs = (rig.clock.monotonicMicros() - begun) / 1_000;
      assert.ok(tookMs >= 200 && tookMs < 250, `${tookMs} ms`);
      assert.equal(rig.marks.held(), false);
      await splitter.close();
    });
  });

  test("holds writes also after a hold that was over before any write came", async () => {
    const rig = new SplitterRig({ seed: 5, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      for (let block = 0; block < 3; block += 1) {
        rig.marks.hold(rig.clock.monotonicMicros() + 10_000);
        await rig.clock.sleep(100, NEVER);
        const begun = rig.clock.monotonicMicros();
        await splitter.write(block * 512, new Uint8Array(512).fill(1), PLAIN);
        assert.ok(rig.clock.monotonicMicros() - begun < 5_000, "its time is over");
        rig.marks.hold(rig.clock.monotonicMicros() + 10_000);
        await splitter.write(block * 512, new Uint8Array(512).fill(2), PLAIN);
        assert.ok(rig.clock.monotonicMicros() - begun >= 10_000);
      }
      await splitter.close();
    });
  });

  test("holds a write again that comes while the next hold has begun and those of the last one are let go", async () => {
    const rig = new SplitterRig({ seed: 3, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      rig.marks.hold(rig.clock.monotonicMicros() + 200_000);
      const first = splitter.write(0, new Uint8Array(512).fill(1), PLAIN);
      await rig.clock.sleep(10, NEVER);
      rig.marks.release();
      rig.marks.hold(rig.clock.monotonicMicros() + 200_000);
      const mark = rig.marks.raise();
      const second = splitter.write(512, new Uint8Array(512).fill(2), PLAIN);
      await rig.clock.sleep(10, NEVER);
      assert.equal(splitter.facts().writtenSequence, 0);
      rig.marks.release();
      await Promise.all([first, second]);
      assert.equal((await splitter.settleMark(mark))?.sequence, 1);
      await splitter.close();
    });
  });

  test("closes also while writes are held, and does them first", async () => {
    const rig = new SplitterRig({ seed: 4, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      rig.marks.hold(rig.clock.monotonicMicros() + 200_000);
      const writing = splitter.write(0, new Uint8Array(512).fill(1), PLAIN);
      await splitter.close();
      await writing;
      assert.equal((await rig.content())[0], 1);
    });
  });
});
