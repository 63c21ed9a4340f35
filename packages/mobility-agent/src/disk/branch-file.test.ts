import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { replaceFile } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { BranchFile, type DiskBranch } from "./branch-file.ts";

const FOLDER = "/disk";
const ID = "01".repeat(16);
const RESYNC = { code: "target-behind", message: "It lost\nsome.", sinceMicros: 5, count: 2 };
const PARENT = { branch: "02".repeat(16), sequence: 9 };

async function fresh() {
  const world = simulatedWorld({ seed: 1 });
  await world.files.makeFolder(FOLDER);
  return world;
}

describe("the file that names a disk's branch", () => {
  test("is read as it was written, whatever the branch follows on", async () => {
    const world = await fresh();
    const branches: DiskBranch[] = [
      { id: ID },
      { id: ID, resync: RESYNC },
      { id: ID, parent: PARENT, origin: "03".repeat(16), leftReverse: "04".repeat(16) },
      { id: ID, resync: RESYNC, origin: "03".repeat(16) },
    ];
    for (const branch of branches) {
      await BranchFile.write(world, FOLDER, branch);
      assert.deepEqual(await BranchFile.read(world, FOLDER), branch);
    }
  });

  test("may be of a release that knew of no failback", async () => {
    const world = await fresh();
    const texts: [string, DiskBranch][] = [
      [`${ID}\n`, { id: ID }],
      [`${ID}\n${JSON.stringify(RESYNC)}\n`, { id: ID, resync: RESYNC }],
    ];
    for (const [text, branch] of texts) {
      await replaceFile(world.files, FOLDER, "branch", new TextEncoder().encode(text));
      assert.deepEqual(await BranchFile.read(world, FOLDER), branch);
    }
  });

  test("that does not say where its branch begins is damaged, and none is guessed", async () => {
    const world = await fresh();
    for (const after of [
      "{",
      "[1",
      '{"parent":{}}',
      '{"parent":{"branch":"x","sequence":1}}',
      '{"origin":7}',
      "null",
    ]) {
      await replaceFile(world.files, FOLDER, "branch", new TextEncoder().encode(`${ID}\n\n${after}\n`));
      await assert.rejects(BranchFile.read(world, FOLDER), (error) => isFault(error, "branch-damaged"), after);
    }
  });

  test("begins with a branch that has settled what the plan says by then", async () => {
    const world = await fresh();
    const begun = await BranchFile.read(world, FOLDER, { origin: "05".repeat(16) });
    assert.equal(begun.origin, "05".repeat(16));
    assert.deepEqual(await BranchFile.read(world, FOLDER), begun);
  });
});
