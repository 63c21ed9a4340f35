import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { type Files, makeDurableFolder } from "@leeward/world";
import { crashSweep, simulatedFiles } from "@leeward/world/testing";
import { CutFolder } from "./cut-folder.ts";
import { formatCutName, parseCutName } from "./cut-name.ts";

const FOLDER = "/home/cuts";

async function addCut(files: Files, cuts: CutFolder, range: { from: number; to: number }): Promise<void> {
  const path = await cuts.beginPart();
  const content = Uint8Array.of(range.from, range.to);
  {
    await using handle = await files.open(path, "create");
    await handle.write([content], 0);
    await handle.datasync();
  }
  await cuts.commitPart({ ...range, sha256: new Uint8Array(32).fill(range.to) }, { sizeBytes: content.length });
}

function rangesOf(cuts: CutFolder): string[] {
  return cuts.cuts.map(({ from, to }) => `${from}-${to}`);
}

test("a cut's name tells its sequences and digest, and nothing else is taken for one", () => {
  const cut = { from: 7, to: 12_345, sha256: new Uint8Array(32).fill(0xab) };
  const name = formatCutName(cut);
  assert.deepEqual(parseCutName(name), cut);
  for (const bad of [
    "next.part",
    name.slice(1),
    `${name}.part`,
    name.replace("7-", "0-"),
    formatCutName({ ...cut, from: 20_000 }),
  ]) {
    assert.equal(parseCutName(bad), undefined, bad);
  }
});

test("cuts come back in order after a restart, and a half-written one does not", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const cuts = await CutFolder.open(files, FOLDER);
  await addCut(files, cuts, { from: 1, to: 9 });
  await addCut(files, cuts, { from: 10, to: 200 });
  await using handle = await files.open(await cuts.beginPart(), "create");
  await handle.write([Uint8Array.of(1)], 0);
  const again = await CutFolder.open(files, FOLDER);
  assert.deepEqual(rangesOf(again), ["1-9", "10-200"]);
  assert.equal(again.sizeBytes, 4);
  assert.equal((await files.list(FOLDER)).length, 2);
});

test("acknowledged cuts leave, but the last one stays to say where the next begins", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const cuts = await CutFolder.open(files, FOLDER);
  await addCut(files, cuts, { from: 1, to: 9 });
  await addCut(files, cuts, { from: 10, to: 20 });
  await addCut(files, cuts, { from: 21, to: 30 });
  await cuts.removeThrough(15);
  assert.deepEqual(rangesOf(cuts), ["10-20", "21-30"]);
  await cuts.removeThrough(30);
  assert.deepEqual(rangesOf(cuts), ["21-30"]);
  assert.equal((await CutFolder.open(files, FOLDER)).through, 30);
});

test("of files that a crash brought back, only those that reach the end without a gap count", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  const cuts = await CutFolder.open(files, FOLDER);
  for (let from = 1; from < 50; from += 10) await addCut(files, cuts, { from, to: from + 9 });
  const [, second] = cuts.cuts;
  await files.remove(second?.path ?? "");
  assert.deepEqual(rangesOf(await CutFolder.open(files, FOLDER)), ["21-30", "31-40", "41-50"]);
});

test("wherever the power fails, committed cuts that are not removed are there, and the end never falls back", async () => {
  // What the work had settled when the power failed.
  let through = 0;
  let removed = 0;
  const operations = await crashSweep(
    {
      prepare: (files) => files.makeFolder("/home").then(() => files.syncFolder("/")),
      async work(files) {
        through = 0;
        removed = 0;
        const cuts = await CutFolder.open(files, FOLDER);
        await files.syncFolder("/home");
        for (const range of [
          { from: 1, to: 9 },
          { from: 10, to: 20 },
          { from: 21, to: 30 },
        ]) {
          await addCut(files, cuts, range);
          through = range.to;
          if (range.to === 20) removed = 9;
          if (range.to === 20) await cuts.removeThrough(15);
        }
        removed = 30;
        await cuts.removeThrough(30);
      },
      async verify(files) {
        const cuts = await CutFolder.open(files, FOLDER);
        assert.ok((cuts.through ?? 0) >= through, `through ${cuts.through} of ${through}`);
        const [first] = cuts.cuts;
        if (through > removed)
          assert.ok(first !== undefined && first.from <= removed + 1, "nothing that waits is lost");
        for (const { path, from, to } of cuts.cuts) {
          await using handle = await files.open(path, "read");
          const content = new Uint8Array(3);
          assert.equal(await handle.read(content, 0), 2);
          assert.deepEqual([content[0], content[1]], [from, to]);
        }
      },
    },
    { seed: 5 },
  );
  assert.ok(operations > 20);
});

test("what the target holds already is skipped for good", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  await makeDurableFolder(files, "/home", FOLDER);
  await files.syncFolder("/");
  const cuts = await CutFolder.open(files, FOLDER);
  await addCut(files, cuts, { from: 1, to: 9 });
  await cuts.skipTo(20);
  assert.deepEqual([rangesOf(cuts), cuts.through], [[], 20]);
  await cuts.skipTo(30);
  const again = await CutFolder.open(files.crash(), FOLDER);
  assert.deepEqual([rangesOf(again), again.through], [[], 30]);
});
