import assert from "node:assert/strict";
import { test } from "node:test";
import { crashSweep, simulatedWorld } from "@leeward/world/testing";
import { type FenceNote, readFenceNote, writeFenceNote } from "./fence-note.ts";
import { standingOf } from "./standing.ts";

const FAILOVER = "fa".repeat(16);
const FAULT = { code: "hook-failed", kind: "operator", message: "It failed.", sinceMicros: 7 } as const;
const STOP = { failoverId: FAILOVER, hooks: true, done: true, lastPointId: "ab".repeat(16), fault: FAULT };
const NOTES: readonly FenceNote[] = [
  { heardEpoch: 3, refusedEpoch: 0 },
  { heardEpoch: 3, refusedEpoch: 3, stop: STOP },
];

test("what a machine remembers of fences is what was written, after a crash that of before or of after, and nothing where nothing was", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  await files.makeFolder("/agent");
  assert.deepEqual(await readFenceNote(files, "/agent"), { heardEpoch: 0, refusedEpoch: 0 });
  for (const note of NOTES) {
    await writeFenceNote(files, "/agent", note);
    assert.deepEqual(await readFenceNote(files, "/agent"), note);
  }
  const [before, after] = NOTES;
  assert.ok(before !== undefined && after !== undefined);
  await crashSweep(
    {
      prepare: async (fresh) => {
        await fresh.makeFolder("/agent");
        await fresh.syncFolder("/");
        await writeFenceNote(fresh, "/agent", before);
      },
      work: (fresh) => writeFenceNote(fresh, "/agent", after),
      verify: async (fresh, { done }) => {
        const { refusedEpoch } = await readFenceNote(fresh, "/agent");
        assert.ok(refusedEpoch === 3 || (!done && refusedEpoch === 0));
      },
    },
    { seed: 2 },
  );
});

test("a note that cannot be read is refused: it may be the only word of another copy of the machine", async () => {
  const { files } = simulatedWorld({ seed: 3 });
  await files.makeFolder("/agent");
  const bad = [{}, { version: 2, heardEpoch: 1, refusedEpoch: 0 }, { version: 1, heardEpoch: -1, refusedEpoch: 0 }];
  for (const text of ["", "[]", ...bad.map((each) => JSON.stringify(each)), '{"version":1,"heardEpoch":1}']) {
    await using handle = await files
      .open("/agent/fence.json", "create")
      .catch(() => files.open("/agent/fence.json", "update"));
    await handle.truncate(0);
    await handle.write([new TextEncoder().encode(text)], 0);
    await assert.rejects(readFenceNote(files, "/agent"), { code: "fence-damaged" }, text);
  }
});

test("a machine is fenced while its plan says so, and while it has heard of a higher epoch than its own", () => {
  const heard = (heardEpoch: number, refusedEpoch = 0): FenceNote => ({ heardEpoch, refusedEpoch });
  const fence = { failoverId: FAILOVER, epoch: 2, orderly: true };
  const isTold = true;
  assert.equal(standingOf({ epoch: 1 }, heard(0), isTold), undefined);
  assert.equal(standingOf({ epoch: 1 }, heard(1), isTold), undefined);
  assert.deepEqual(standingOf({ epoch: 1 }, heard(2, 2), isTold), {
    failoverId: "",
    epoch: 2,
    orderly: false,
    asks: false,
  });
  assert.deepEqual(standingOf({ epoch: 1, fence }, heard(2), isTold), { ...fence, asks: false });
  assert.deepEqual(standingOf({ epoch: 1, fence }, heard(2, 2), isTold), { ...fence, orderly: false, asks: false });
  assert.deepEqual(
    standingOf({ epoch: 3, fence }, heard(2), isTold),
    { ...fence, asks: false },
    "the plan's word is enough",
  );
  assert.equal(
    standingOf({ epoch: 1 }, heard(2), isTold)?.epoch,
    2,
    "a plan that only leaves the fence out lifts nothing",
  );
  assert.equal(standingOf({ epoch: 2 }, heard(2, 2), isTold), undefined);
  assert.equal(standingOf({ epoch: 3 }, heard(2), isTold), undefined);
});

test("a machine that asks first is fenced until it was told, and what is known of another copy comes before that", () => {
  const note = (heardEpoch: number): FenceNote => ({ heardEpoch, refusedEpoch: 0 });
  const fence = { failoverId: FAILOVER, epoch: 2, orderly: false };
  assert.deepEqual(standingOf({ epoch: 1 }, note(1), false), { failoverId: "", epoch: 1, orderly: false, asks: true });
  assert.equal(standingOf({ epoch: 1 }, note(2), false)?.asks, false);
  assert.equal(standingOf({ epoch: 1, fence }, note(2), false)?.asks, false);
  assert.equal(standingOf({ epoch: 1 }, note(1), true), undefined);
});
