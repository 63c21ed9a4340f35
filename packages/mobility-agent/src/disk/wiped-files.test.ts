import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, MiB, seededRandom } from "@leeward/base";
import { type Files, readFile } from "@leeward/world";
import { type SimulatedFiles, simulatedFiles } from "@leeward/world/testing";
import { wipedFiles } from "./wiped-files.ts";

const LOG = "/log/1.hrl";

test("a file is zeroes on its disk before its name goes", async () => {
  const files = await filesWith(3 * MiB + 5);
  const last: Uint8Array[] = [];
  const watched: Files = {
    ...bound(files),
    remove: async (path) => {
      last.push(await readFile(files, path, 4 * MiB));
      await files.remove(path);
    },
  };
  await wipedFiles(watched, async () => true).remove(LOG);
  assert.deepEqual(await files.list("/log"), []);
  assert.deepEqual(last, [new Uint8Array(3 * MiB + 5)]);
});

test("where it lies elsewhere, and where it is small, it is only removed", async () => {
  for (const [bytes, isWiped] of [
    [MiB, false],
    [KiB, true],
  ] as const) {
    const files = await filesWith(bytes);
    const watched: Files = {
      ...bound(files),
      open: () => assert.fail("nothing is written"),
    };
    await wipedFiles(watched, async () => isWiped).remove(LOG);
    assert.deepEqual(await files.list("/log"), []);
  }
});

test("a stop at any moment leaves the file as it was, or one that is cleared away, or none", async () => {
  const seen = new Set<string>();
  for (let stopAt = 0; stopAt < 12; stopAt += 1) {
    const files = await filesWith(2 * MiB);
    let calls = 0;
    await assert.doesNotReject(
      wipedFiles(
        {
          ...bound(files),
          rename: async (from, to) => (calls++ < stopAt ? files.rename(from, to) : stop()),
          open: async (path, mode, options) => (calls++ < stopAt ? files.open(path, mode, options) : stop()),
          remove: async (path) => (calls++ < stopAt ? files.remove(path) : stop()),
        },
        async () => true,
      )
        .remove(LOG)
        .catch((error: unknown) => assert.equal(error, STOPPED)),
    );
    const after = files.crash();
    const names = await after.list("/log");
    seen.add(names.join(" "));
    if (!names.includes("1.hrl")) continue;
    assert.deepEqual(await readFile(after, LOG, 4 * MiB), new Uint8Array(2 * MiB).fill(7));
  }
  assert.ok(
    [...seen].every((names) => ["1.hrl", "1.hrl.new", ""].includes(names)),
    [...seen].join(", "),
  );
  assert.ok(seen.has("1.hrl.new"));
});

const STOPPED = new Error("stopped");

function stop(): never {
  throw STOPPED;
}

function bound(files: SimulatedFiles): Files {
  return {
    open: (path, mode, options) => files.open(path, mode, options),
    list: (folder) => files.list(folder),
    makeFolder: (path) => files.makeFolder(path),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    removeFolder: (path) => files.removeFolder(path),
    status: (path) => files.status(path),
    space: (folder) => files.space(folder),
    syncFolder: (path) => files.syncFolder(path),
  };
}

async function filesWith(bytes: number): Promise<SimulatedFiles> {
  const files = simulatedFiles({ random: seededRandom(1) });
  await files.makeFolder("/log");
  await files.syncFolder("/");
  await using handle = await files.open(LOG, "create");
  await handle.write([new Uint8Array(bytes).fill(7)], 0);
  await handle.datasync();
  await files.syncFolder("/log");
  return files;
}
