import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { delayedDevice } from "@leeward/block/testing";
import type { LogRecord } from "@leeward/proto";
import { MarkHistory } from "./mark-history.ts";
import type { Splitter } from "./splitter.ts";
import { RIG_FOLDER, readLog, SplitterRig } from "./testing/index.ts";

const PLAIN = { fua: false } as const;
const NEVER = new AbortController().signal;
const PARENT = { branch: "0f".repeat(16), sequence: 1 };

function rigOf(options: Partial<ConstructorParameters<typeof SplitterRig>[0]> = {}): SplitterRig {
  return new SplitterRig({ seed: 1, parent: PARENT, ...options });
}

function put(splitter: Splitter, block: number): Promise<void> {
  return splitter.write(block * 512, new Uint8Array(512).fill(block + 1), PLAIN);
}

async function kindsOf(rig: SplitterRig, splitter: Splitter): Promise<LogRecord["kind"][]> {
  await splitter.flush();
  const records = await readLog(rig.files, RIG_FOLDER, splitter.facts().sendableSequence);
  return records.map(({ kind }) => kind);
}

describe("a mark", () => {
  test("stands before the first write that was submitted after it was raised, whoever comes first", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await put(splitter, 0);
      const mark = rig.marks.raise();
      await put(splitter, 1);
      assert.deepEqual(await splitter.settleMark(mark), { branch: "03".repeat(16), sequence: 2 });
      assert.deepEqual(await kindsOf(rig, splitter), ["write", "mark", "write"]);
      await splitter.close();
    });
  });

  test("is put when it is settled, where no write came, and is durable then", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await put(splitter, 0);
      const settled = await splitter.settleMark(rig.marks.raise());
      assert.equal(settled?.sequence, 2);
      assert.equal(splitter.facts().durableSequence, 2);
      await splitter.close();
    });
  });

  test("is not put again while nothing is logged: the last one stands for it", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      const first = await splitter.settleMark(rig.marks.raise());
      const second = await splitter.settleMark(rig.marks.raise());
      assert.deepEqual(second, first);
      await put(splitter, 0);
      const third = await splitter.settleMark(rig.marks.raise());
      assert.equal(third?.sequence, 3);
      assert.deepEqual(await kindsOf(rig, splitter), ["mark", "write", "mark"]);
      await splitter.close();
    });
  });

  test("that was settled late stands where the next one does, when no write came between", async () => {
    const rig = rigOf();
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await put(splitter, 0);
      const early = rig.marks.raise();
      const late = rig.marks.raise();
      await put(splitter, 1);
      assert.equal((await splitter.settleMark(late))?.sequence, 2);
      assert.equal((await splitter.settleMark(early))?.sequence, 2);
      await splitter.close();
    });
  });

  test("waits for no disk write, and what may leave waits for both", async () => {
    let takesMs = 0;
    const rig = rigOf({ wrap: (device, clock) => delayedDevice(device, clock, () => takesMs) });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      takesMs = 500;
      const writing = put(splitter, 0);
      await rig.clock.sleep(20, NEVER);
      const settled = await splitter.settleMark(rig.marks.raise());
      assert.equal(settled?.sequence, 2);
      assert.equal(splitter.facts().sendableSequence, 0, "the write before it is not on the disk yet");
      await writing;
      assert.equal(splitter.facts().sendableSequence, 2);
      await splitter.close();
    });
  });

  test("that was raised before the disk was opened, or in a gap, has no place", async () => {
    const rig = rigOf({ limits: { logBytesMax: 64 << 10, logFileBytesMax: 8 << 10 } });
    await rig.clock.run(async () => {
      const before = rig.marks.raise();
      const splitter = await rig.open();
      assert.equal(await splitter.settleMark(before), undefined);
      const good = await splitter.settleMark(rig.marks.raise());
      assert.notEqual(good, undefined);
      const kept = rig.marks.raise();
      for (let block = 0; block < 256; block += 1) await put(splitter, block);
      assert.equal(splitter.state.kind, "gap");
      const lost = rig.marks.raise();
      assert.equal(await splitter.settleMark(lost), undefined);
      assert.equal((await splitter.settleMark(kept))?.sequence, 2, "it has its place from before the gap");
      while (splitter.facts().state.kind !== "protected") {
        splitter.journaled(splitter.facts().sendableSequence);
        await rig.clock.sleep(50, NEVER);
      }
      assert.equal(await splitter.settleMark(lost), undefined, "also after the gap");
      assert.notEqual(await splitter.settleMark(rig.marks.raise()), undefined);
      await splitter.close();
    });
  });

  test("has no place during the first copy, and during a later one it has", async () => {
    const rig = rigOf();
    const fresh = new SplitterRig({ seed: 1 });
    await fresh.clock.run(async () => {
      const splitter = await fresh.open();
      assert.equal(await splitter.settleMark(fresh.marks.raise()), undefined);
      await splitter.copy(NEVER);
      assert.notEqual(await splitter.settleMark(fresh.marks.raise()), undefined);
      await splitter.beginCopy("initial");
      assert.equal(splitter.state.kind, "initial");
      assert.notEqual(await splitter.settleMark(fresh.marks.raise()), undefined, "the first target's points go on");
      await splitter.close();
    });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.beginCopy("resync");
      assert.equal(await splitter.settleMark(rig.marks.raise()), undefined);
      await splitter.copy(NEVER);
      assert.notEqual(await splitter.settleMark(rig.marks.raise()), undefined);
      await splitter.close();
    });
  });
});

describe("the places of marks", () => {
  test("those that the log lost, and those that are too old, have none", () => {
    const marks = new MarkHistory(5);
    assert.deepEqual([marks.standing(5), marks.standing(6)], ["lost", "unplaced"]);
    marks.place(6, 10);
    marks.place(8, 20);
    assert.deepEqual([marks.standing(6), marks.standing(7), marks.standing(8)], [10, 20, 20]);
    marks.cut(15);
    assert.deepEqual([marks.standing(6), marks.standing(7), marks.standing(8)], [10, "lost", "lost"]);
    assert.equal(marks.newest, undefined);
    marks.lose(9);
    assert.equal(marks.standing(9), "lost");
    for (let number = 10; number < 100; number += 1) marks.place(number, 10 * number);
    assert.deepEqual([marks.standing(6), marks.standing(30), marks.standing(99)], ["lost", "lost", 990]);
  });
});
