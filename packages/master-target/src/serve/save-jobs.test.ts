import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { journalMemory } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import type { SavePoint } from "@leeward/proto";
import { readFile } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { RunningJobs } from "./running-jobs.ts";
import { SaveJobs } from "./save-jobs.ts";

const DISK_BYTES = 300 * MiB;
const RECIPIENT = "0e".repeat(16);
const NEVER = new AbortController().signal;

async function started(seed: number) {
  const world = simulatedWorld({ seed });
  const { files } = world;
  const maker = new HistoryMaker(seededRandom(seed), 64 * 1024);
  const { identity, dataKey } = maker;
  for (const name of ["mt/journal", "mt/anchors", "out"]) await files.makeFolder(`/${name}`);
  const disks = new TargetDisks(
    {
      journals: await openJournalHome(world, { home: "/mt" }),
      unwrap: async () => dataKey.bytes,
      recipient: RECIPIENT,
      epochs: await EpochBook.open(files, "/mt"),
      anchors: new AnchorStore(files, "/mt/anchors"),
      memory: journalMemory(MiB),
      reserveBytes: 0,
      report: () => undefined,
    },
    (error) => assert.fail(String(error)),
  );
  const still = { machineName: "m", diskName: "d", epoch: 0, term: 0, processServerId: "", intake: true };
  const wrappedKeys = [{ recipient: RECIPIENT, jwe: "x" }];
  const kept = { keyId: dataKey.keyId, wrappedKeys, retentionSeconds: 60, retentionBytesMax: 0, thinningTiers: [] };
  await disks.apply([{ ...identity, ...still, ...kept }]);
  const { journal } = disks.require(identity.machineId, identity.diskId);
  maker.endSpan(maker.beginSpan("initial"));
  maker.writeSomewhere();
  // It grows, so that a save has several steps.
  maker.resize(DISK_BYTES);
  for (const place of [20, 270, 299]) maker.write(place * MiB, { kind: "write", length: 4096 });
  const { record } = maker.mark();
  const cut = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), cut));
  await journal.addPoint(record);
  const request: SavePoint = {
    ...identity,
    at: "latest",
    path: "/out/disk.raw",
    force: false,
    jobId: "j1",
    format: "",
  };
  const jobs = new RunningJobs(world);
  return { world, disks, journal, request, jobs, saves: new SaveJobs(world, disks, jobs) };
}

test("a save tells how far it is, and what it wrote is the disk", async () => {
  const { world, disks, request, jobs, saves } = await started(1);
  const seen = new Set<number>();
  world.files.onOperation = () => {
    for (const { jobId, progress } of jobs.statuses()) {
      assert.equal(jobId, "j1");
      assert.ok(progress.doneBytes <= progress.totalBytes);
      seen.add(progress.doneBytes);
    }
  };
  const saved = await saves.save(request, NEVER);
  world.files.onOperation = undefined;
  assert.equal(saved.bytes, DISK_BYTES);
  assert.ok(seen.size >= 4, `it was seen at ${[...seen].join(", ")}`);
  assert.deepEqual(jobs.statuses(), []);
  assert.equal((await world.files.status("/out/disk.raw"))?.sizeBytes, DISK_BYTES);
  assert.equal((await readFile(world.files, "/out/disk.raw", DISK_BYTES)).length, DISK_BYTES);
  await disks.close();
});

test("a save that is cancelled has stopped when the answer comes, leaves no file and no pin, and disturbs no other", async () => {
  const { world, disks, journal, request, jobs, saves } = await started(2);
  let cancelling: Promise<void> | undefined;
  world.files.onOperation = ({ path }) => {
    if (path.startsWith("/out/disk")) cancelling ??= jobs.cancel("j1");
  };
  const other = saves.save({ ...request, jobId: "j2", path: "/out/other.raw" }, NEVER);
  await assert.rejects(saves.save(request, NEVER), { code: "save-cancelled" });
  await cancelling;
  assert.deepEqual(
    jobs.statuses().filter(({ jobId }) => jobId === "j1"),
    [],
  );
  assert.equal((await other).bytes, DISK_BYTES);
  assert.deepEqual(await world.files.list("/out"), ["other.raw"]);
  assert.deepEqual(journal.pins(), []);
  await jobs.cancel("j1");
  await disks.close();
});
