import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { seededRandom } from "@leeward/base";
import { silentTrace } from "@leeward/daemon";
import { crashSweep, faultSweep, type SimulatedFiles, simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { EventLog, SELF } from "../events/event-log.ts";
import type { Store } from "../store/store.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Releases } from "./releases.ts";

const FILE = "leeward-0.2.0-linux-x64.tar.gz";
const CONTENT = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);
const sumOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

function toldOf(store: Store): string[] {
  const all = { order: "oldest" as const, severities: ["warning"] as const, limit: 10 };
  return store.events.list(all).map(({ kind }) => kind);
}

async function openedOn(files: SimulatedFiles, store: Store): Promise<Releases> {
  const clock = simulatedClock();
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => 100 });
  // Files that go with their rows are those of a state that no other server has.
  return Releases.open({ files, home: "/h", store: { ...store, isShared: false }, events, clock });
}

async function homeIn(files: SimulatedFiles): Promise<void> {
  await files.makeFolder("/h");
  await files.syncFolder("/");
}

async function bring(
  releases: Releases,
  content = CONTENT,
  { file = FILE, sha256 = sumOf(content) } = {},
): Promise<Awaited<ReturnType<Releases["take"]>>> {
  const piece = 1_000;
  for (let offset = 0; ; offset += piece) {
    const bytes = content.subarray(offset, offset + piece);
    const took = await releases.take({ file, offset, sizeBytes: content.length, sha256, bytes }, SELF);
    if (took.receivedBytes === content.length) return took;
  }
}

/** On the machine's own disk: what a simulated disk loses, it keeps. */
async function storeFor(t: TestContext): Promise<Store> {
  const store = await openTestStore(await temporaryFolder(t));
  t.after(() => store[Symbol.dispose]());
  return store;
}

async function given(t: TestContext): Promise<{ files: SimulatedFiles; store: Store; releases: Releases }> {
  const files = simulatedFiles({ random: seededRandom(1) });
  await homeIn(files);
  const store = await storeFor(t);
  return { files, store, releases: await openedOn(files, store) };
}

void test("a file that came in parts is kept whole, read from anywhere, and added once", async (t) => {
  const { releases, files, store } = await given(t);
  const { release } = await bring(releases);
  assert.deepEqual([release?.version, release?.kind, release?.bytes], ["0.2.0", "tar.gz", 3_000]);
  assert.deepEqual(await releases.read(FILE, 2_500, 10_000), CONTENT.subarray(2_500));
  assert.deepEqual(await releases.read(FILE, 3_000, 1), new Uint8Array());
  assert.deepEqual((await bring(releases)).release, release);
  await assert.rejects(bring(releases, CONTENT.subarray(1)), { code: "release-file-exists" });
  await assert.rejects(releases.read("leeward-0.3.0-linux-x64.tar.gz", 0, 1), { code: "release-unknown" });
  assert.deepEqual((await (await openedOn(files, store)).read(FILE, 0, 3_000)).length, 3_000);
  await releases.remove("0.2.0", SELF);
  assert.deepEqual([releases.list(), await files.list("/h/releases")], [[], []]);
  await assert.rejects(releases.remove("0.2.0", SELF), { code: "release-unknown" });
});

void test("what is damaged, out of place, too long or not of a release leaves nothing", async (t) => {
  const { releases, files } = await given(t);
  await assert.rejects(bring(releases, CONTENT, { sha256: "0".repeat(64) }), { code: "release-file-damaged" });
  assert.deepEqual(await files.list("/h/releases"), []);
  for (const file of ["x.tar.gz", "../leeward-0.2.0-linux-x64.tar.gz", "leeward-master-target_0.2.0-1_amd64.deb"])
    await assert.rejects(bring(releases, CONTENT, { file }), { code: "release-file-invalid" });
  const part = { file: FILE, offset: 0, sizeBytes: 10, sha256: "0".repeat(64), bytes: new Uint8Array(4) };
  const unexpected = { code: "release-part-unexpected" };
  await assert.rejects(releases.take({ ...part, offset: 4 }, SELF), unexpected);
  await releases.take(part, SELF);
  await assert.rejects(releases.take({ ...part, offset: 5 }, SELF), unexpected);
  await assert.rejects(releases.take({ ...part, offset: 4, bytes: new Uint8Array(7) }, SELF), unexpected);
  await assert.rejects(releases.take({ ...part, offset: 4, sizeBytes: 11 }, SELF), unexpected);
  await assert.rejects(releases.take({ ...part, bytes: new Uint8Array() }, SELF), { code: "release-file-invalid" });
  await assert.rejects(releases.take({ ...part, sizeBytes: 2 ** 31 }, SELF), { code: "release-file-invalid" });
  await bring(releases);
  assert.deepEqual(await files.list("/h/releases"), [FILE]);
});

void test("a row whose file is gone is taken out, and told", async (t) => {
  const { releases, files, store } = await given(t);
  await bring(releases);
  await files.remove(`/h/releases/${FILE}`);
  assert.deepEqual((await openedOn(files, store)).list(), []);
  assert.ok(toldOf(store).includes("release-lost"));
});

/** It is read afterwards, so that the sweep also hits what comes after the row. */
async function addAndRead(files: SimulatedFiles, store: Store): Promise<void> {
  const releases = await openedOn(files, store);
  await bring(releases);
  await releases.read(FILE, 0, 1);
}

/** What has a row must be there. */
async function holds(files: SimulatedFiles, store: Store, isDone: boolean): Promise<void> {
  const releases = await openedOn(files, store);
  const rows = releases.list();
  assert.deepEqual(
    await files.list("/h/releases"),
    rows.map(({ file }) => file),
  );
  for (const { file, sha256, bytes } of rows) assert.equal(sumOf(await releases.read(file, 0, bytes)), sha256);
  if (isDone) assert.equal(rows.length, 1);
  assert.ok(!toldOf(store).includes("release-lost"));
  assert.equal((await bring(releases)).release?.bytes, CONTENT.length);
}

void test("a crash at any point of an add leaves the file whole with its row, or nothing", async (t) => {
  for (const cut of ["power", "process"] as const) {
    const store = await storeFor(t);
    await crashSweep(
      {
        prepare: async (files) => {
          for (const { file } of store.releases.list()) store.releases.remove(file);
          await homeIn(files);
        },
        work: async (files) => addAndRead(files, store),
        verify: (files, { done }) => holds(files, store, done),
      },
      { seed: 7, cut },
    );
  }
});

void test("a fault at any point of an add leaves the file whole with its row, or nothing", async (t) => {
  const store = await storeFor(t);
  await faultSweep(
    {
      prepare: async (files) => {
        for (const { file } of store.releases.list()) store.releases.remove(file);
        await homeIn(files);
      },
      work: async (files) => addAndRead(files, store),
      verify: (files, { done }) => holds(files, store, done),
    },
    { seed: 8, errno: "ENOSPC" },
  );
});
