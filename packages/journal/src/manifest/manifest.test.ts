import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { World } from "@leeward/world";
import { type SimulatedFiles, simulatedClock, simulatedCompute, simulatedFiles } from "@leeward/world/testing";
import fc from "fast-check";
import { CHAIN_START, chainAfter } from "../history/branch.ts";
import type { Entry } from "./entry.ts";
import { segmentName } from "./file-name.ts";
import { Manifest } from "./manifest.ts";

const FOLDER = "/journal";
const dataKey = { keyId: "dd".repeat(16), bytes: new Uint8Array(32).fill(7) };
const identity = { machineId: "aa".repeat(16), diskId: "bb".repeat(16) };
const genesis = { type: "genesis", rangeBytes: 64 * 1024 * 1024 } as const;
const branch = "cc".repeat(16);

async function worldOn(files: SimulatedFiles, seed: number): Promise<World> {
  return { files, random: seededRandom(seed), clock: simulatedClock(), compute: simulatedCompute() };
}

async function created(
  seed = 1,
  manifestAppendsMax = Number.POSITIVE_INFINITY,
): Promise<{ files: SimulatedFiles; manifest: Manifest }> {
  const files = simulatedFiles({ random: seededRandom(seed) });
  await files.makeFolder(FOLDER);
  await files.syncFolder("/");
  const manifest = await Manifest.create(await worldOn(files, seed), {
    folder: FOLDER,
    dataKey,
    identity,
    genesis,
    manifestAppendsMax,
  });
  return { files, manifest };
}

/** The entries of a history of `count` segments, one after another. */
function history(count: number): Entry[] {
  const entries: Entry[] = [{ type: "branch", branch, parent: undefined, from: 1, blockBytes: 512 }];
  let chain = CHAIN_START;
  for (let number = 0; number < count; number += 1) {
    const fileId = number.toString(16).padStart(32, "0");
    const sha256 = number.toString(16).padStart(64, "e");
    chain = chainAfter(chain, sha256);
    entries.push({
      type: "segment",
      branch,
      number,
      from: number * 10 + 1,
      to: number * 10 + 10,
      file: { name: segmentName(branch, number * 10 + 1, fileId), fileId, bytes: 5000, sha256 },
      rawBytes: 9000,
      diskBytes: 1 << 20,
      resizes: [],
      lastMicros: number,
      endsAtMark: true,
      spans:
        number === 0
          ? [{ edge: "begin", spanId: "11".repeat(16), sequence: 1, timeMicros: 5, reason: "initial", needed: true }]
          : [],
      chain,
    });
  }
  return entries;
}

test("what was appended is there after an open, and a second process goes on with a new number and salt", async () => {
  const { files, manifest } = await created();
  for (const entry of history(20)) await manifest.append([entry]);
  const before = [...manifest.state.entries()];
  await manifest.close();
  const again = await Manifest.open(await worldOn(files, 2), { folder: FOLDER, dataKey });
  assert.ok(again !== undefined);
  assert.deepEqual([...again.state.entries()], before);
  assert.deepEqual(again.identity, identity);
  await again.append([{ type: "unpin", pinId: "99".repeat(16) }]);
  assert.equal(again.anchor.number, 2);
  assert.deepEqual(
    (await files.list(FOLDER)).filter((name) => name.startsWith("manifest")),
    ["manifest-2"],
  );
});

test("another key is refused by name", async () => {
  const { files, manifest } = await created();
  await manifest.close();
  const other = { ...dataKey, bytes: new Uint8Array(32).fill(8) };
  await assert.rejects(Manifest.open(await worldOn(files, 2), { folder: FOLDER, dataKey: other }), (error) =>
    isFault(error, "manifest-unreadable"),
  );
});

test("after a loss of power at any operation, all that settled is there and nothing is there in part", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.integer(), async (crashAt, seed) => {
      const files = simulatedFiles({ random: seededRandom(seed) });
      await files.makeFolder(FOLDER);
      await files.syncFolder("/");
      const world = await worldOn(files, seed);
      const entries = history(40);
      let settled = -1;
      let survivor: SimulatedFiles | undefined;
      const ended = Promise.withResolvers<void>();
      files.onOperation = (operation) => {
        if (operation.number !== crashAt) return;
        survivor = files.crash();
        ended.resolve();
      };
      const run = async (): Promise<void> => {
        const manifest = await Manifest.create(world, {
          folder: FOLDER,
          dataKey,
          identity,
          genesis,
        });
        settled = 0;
        for (const entry of entries) {
          await manifest.append([entry]);
          settled += 1;
        }
        await manifest.close();
      };
      await Promise.race([run(), ended.promise]);
      const after = survivor ?? files;
      after.onOperation = undefined;
      const opened = await Manifest.open(await worldOn(after, seed + 1), { folder: FOLDER, dataKey });
      if (opened === undefined) {
        assert.equal(settled, -1);
        return;
      }
      const held = [...opened.state.entries()];
      assert.ok(held.length - 1 >= settled && held.length - 1 <= settled + 1, `${held.length - 1} of ${settled}`);
      assert.deepEqual(held.slice(1), entries.slice(0, held.length - 1));
      // What is appended after the crash is there after the next one.
      const rest = entries.slice(held.length - 1);
      for (const entry of rest) await opened.append([entry]);
      const last = after.crash("none");
      const final = await Manifest.open(await worldOn(last, seed + 2), { folder: FOLDER, dataKey });
      assert.deepEqual([...(final?.state.entries() ?? [])].slice(1), entries);
    }),
    { numRuns: 60 },
  );
});

test("an operation that fails loses nothing that settled, and the next append goes on", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 250 }), fc.integer(), async (failAt, seed) => {
      const { files, manifest } = await created(seed, 4);
      const start = files.operations;
      files.onOperation = (operation) => {
        if (operation.number === start + failAt) throw new Error("the disk said no");
      };
      const entries = history(30);
      for (const entry of entries) {
        try {
          await manifest.append([entry]);
        } catch {
          await manifest.append([entry]);
        }
      }
      files.onOperation = undefined;
      const survivor = files.crash("random");
      const opened = await Manifest.open(await worldOn(survivor, seed + 1), { folder: FOLDER, dataKey });
      assert.deepEqual([...(opened?.state.entries() ?? [])].slice(1), entries);
    }),
    { numRuns: 60 },
  );
});

test("when nobody can tell whether the pointer was replaced, nothing is said to be durable that the old manifest alone has", async () => {
  const { files, manifest } = await created(11, 4);
  const entries = history(12);
  let renamed = false;
  files.onOperation = ({ kind, path }) => {
    if (kind === "rename" && path.startsWith(`${FOLDER}/CURRENT`)) renamed = true;
    else if (renamed) throw new Error("the disk said no");
  };
  const settled: Entry[] = [];
  for (const entry of entries) {
    if (renamed)
      files.onOperation = ({ path }) => {
        if (path.includes("CURRENT")) throw new Error("the disk said no");
      };
    await manifest.append([entry]).then(
      () => settled.push(entry),
      () => undefined,
    );
  }
  files.onOperation = undefined;
  assert.ok(renamed && settled.length >= 4);
  const opened = await Manifest.open(await worldOn(files.crash("all"), 12), { folder: FOLDER, dataKey });
  assert.deepEqual([...(opened?.state.entries() ?? [])].slice(1), settled);
});

test("a flipped bit anywhere is refused by name, or is the very end, which a crash may have cut off", async () => {
  const { files, manifest } = await created();
  for (const entry of history(10)) await manifest.append([entry]);
  const whole = [...manifest.state.entries()].length;
  await manifest.close();
  const size = (await files.status(`${FOLDER}/manifest-1`))?.sizeBytes ?? 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(size - 1), async (position) => {
      files.rot(`${FOLDER}/manifest-1`, position);
      try {
        const opened = await Manifest.open(await worldOn(files, 3), { folder: FOLDER, dataKey });
        const count = [...(opened?.state.entries() ?? [])].length;
        assert.equal(count, whole - 1, "only the last frame may be taken for torn");
      } catch (error) {
        if (!isFault(error, "manifest-damaged", "manifest-unreadable")) throw error;
      } finally {
        files.rot(`${FOLDER}/manifest-1`, position);
      }
    }),
    { numRuns: 300 },
  );
});

test("an older pointer beside a manifest in use, an older manifest under a newer name, and a missing one are refused by name", async () => {
  const { files, manifest } = await created();
  await manifest.append([...history(3)]);
  await manifest.close();
  const copy = async (from: string, to: string): Promise<void> => {
    await using source = await files.open(from, "read");
    const bytes = new Uint8Array(await source.sizeBytes());
    await source.read(bytes, 0);
    if ((await files.status(to)) !== undefined) await files.remove(to);
    await using target = await files.open(to, "create");
    await target.write([bytes], 0);
  };
  await copy(`${FOLDER}/manifest-1`, "/old-manifest");
  await copy(`${FOLDER}/CURRENT`, "/old-pointer");
  const world = await worldOn(files, 5);
  const second = await Manifest.open(world, { folder: FOLDER, dataKey });
  await second?.append([{ type: "unpin", pinId: "99".repeat(16) }]);
  const anchor = second?.anchor;
  await second?.close();
  assert.ok(anchor !== undefined);

  await copy(`${FOLDER}/CURRENT`, "/new-pointer");
  await copy("/old-pointer", `${FOLDER}/CURRENT`);
  await assert.rejects(Manifest.open(world, { folder: FOLDER, dataKey }), (error) => isFault(error, "file-missing"));
  await copy("/old-manifest", `${FOLDER}/manifest-1`);
  await assert.rejects(Manifest.open(world, { folder: FOLDER, dataKey }), (error) =>
    isFault(error, "manifest-rolled-back"),
  );
  await files.remove(`${FOLDER}/manifest-2`);
  await assert.rejects(Manifest.open(world, { folder: FOLDER, dataKey, notBefore: anchor }), (error) =>
    isFault(error, "manifest-rolled-back"),
  );
  await copy("/new-pointer", `${FOLDER}/CURRENT`);
  await copy("/old-manifest", `${FOLDER}/manifest-2`);
  await assert.rejects(Manifest.open(world, { folder: FOLDER, dataKey }), (error) =>
    isFault(error, "manifest-foreign"),
  );
});
