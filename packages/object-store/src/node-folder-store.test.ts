import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { nodeClock, nodeRandom } from "@leeward/world";
import { FolderStore } from "./node-folder-store.ts";
import { openStore } from "./node-open-store.ts";
import { sourceOfBytes } from "./object-store.ts";

const PROCESSES = 3;
const STEPS = 15;
const world = { clock: nodeClock, random: nodeRandom };
const bytes = (text: string) => sourceOfBytes(new TextEncoder().encode(text));

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/leeward-folder-`);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("processes that count in one object lose no step, though one is killed that may hold its lock", () =>
  inFolder(async (folder) => {
    const store = await FolderStore.open(world, folder);
    await store.put("count", bytes("0"));
    const victim = counting(folder);
    const ends = Array.from({ length: PROCESSES }, () => exitOf(counting(folder)));
    await once(victim, "message");
    victim.kill("SIGKILL");
    assert.deepEqual(await Promise.all(ends), Array(PROCESSES).fill(0));
    const target = new Uint8Array(10);
    const { bytes: length } = await store.read("count", target, 0);
    const steps = Number(new TextDecoder().decode(target.subarray(0, length)));
    assert.ok(steps >= PROCESSES * STEPS && steps <= (PROCESSES + 1) * STEPS, String(steps));
  }));

function counting(folder: string): ChildProcess {
  return fork(new URL("testing/fixtures/count-in-folder.ts", import.meta.url), [folder, String(STEPS)], {
    stdio: "inherit",
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("exit", resolve);
  return promise;
}

test("a tag is never given twice, also to content that was there before", () =>
  inFolder(async (folder) => {
    const store = await FolderStore.open(world, folder);
    const tags = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      tags.add((await store.put("a", bytes("same"))).tag);
      if (round % 3 === 0) await store.remove("a");
    }
    assert.equal(tags.size, 10);
  }));

test("a key has no place below an object, nor above one", () =>
  inFolder(async (folder) => {
    const store = await FolderStore.open(world, folder);
    await store.put("a/b", bytes("1"));
    const absent = { condition: { kind: "absent" } } as const;
    for (const key of ["a", "a/b/c", "a/b/c/d"]) {
      await assert.rejects(store.put(key, bytes("2")), { code: "object-key-invalid" }, key);
      await assert.rejects(store.put(key, bytes("2"), absent), { code: "object-key-invalid" }, key);
      assert.equal(await store.status(key), undefined);
      await store.remove(key);
    }
    assert.equal((await store.status("a/b"))?.sizeBytes, 1);
    assert.deepEqual(await readdir(`${folder}/~leeward/aside`), []);
  }));

test("objects come and go side by side in folders that come and go with them", () =>
  inFolder(async (folder) => {
    const store = await FolderStore.open(world, folder);
    const rounds = async (key: string): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        await store.put(key, bytes("1"), round % 2 === 0 ? {} : { condition: { kind: "absent" } });
        await store.remove(key);
      }
    };
    await Promise.all(["x/y/1", "x/y/2", "x/3", "x/y/z/4"].map(rounds));
    assert.deepEqual(await readdir(folder), ["~leeward"]);
  }));

test("what a crash left aside is swept when it is old, and never an object", () =>
  inFolder(async (folder) => {
    const store = await FolderStore.open(world, folder);
    await store.put("a", bytes("1"));
    const aside = `${folder}/~leeward/aside`;
    await writeFile(`${aside}/old`, "left");
    await writeFile(`${aside}/young`, "under way");
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(`${aside}/old`, twoDaysAgo, twoDaysAgo);
    await utimes(`${folder}/a`, twoDaysAgo, twoDaysAgo);
    const again = await FolderStore.open(world, folder);
    assert.deepEqual(await readdir(aside), ["young"]);
    assert.deepEqual(await Array.fromAsync(again.list("")), await Array.fromAsync(store.list("")));
  }));

test("files that somebody else put there are objects, and what is no key is passed over", () =>
  inFolder(async (folder) => {
    await mkdir(`${folder}/bucket/of mine`, { recursive: true });
    await writeFile(`${folder}/bucket/copied`, "from elsewhere");
    await writeFile(`${folder}/bucket/of mine/a`, "");
    await writeFile(`${folder}/bucket/with~tilde`, "");
    await using store = await openStore({ url: `file://${folder}` }, world);
    const found = await Array.fromAsync(store.list(""));
    assert.deepEqual(
      found.map((each) => each.kind === "object" && [each.status.key, each.status.sizeBytes]),
      [["bucket/copied", 14]],
    );
    const before = await store.status("bucket/copied");
    assert.ok(before !== undefined);
    const condition = { kind: "unchanged", tag: before.tag } as const;
    await store.put("bucket/copied", bytes("ours"), { condition });
    await assert.rejects(store.put("bucket/copied", bytes("ours"), { condition }), { code: "object-conflict" });
  }));

test("a store is opened where there is a folder, and nowhere else", () =>
  inFolder(async (folder) => {
    await writeFile(`${folder}/file`, "");
    for (const name of ["none", "file", "file/below"]) {
      const opening = openStore({ url: `file://${folder}/${name}` }, world);
      await assert.rejects(opening, { code: "store-missing", kind: "operator" });
    }
    const needless = openStore({ url: `file://${folder}`, credentialsFile: "/c" }, world);
    await assert.rejects(needless, { code: "store-credentials-invalid" });
  }));
