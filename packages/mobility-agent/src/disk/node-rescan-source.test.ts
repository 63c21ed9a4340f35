// Image files that are read as they are.
import assert from "node:assert/strict";
import { link, mkdtemp, open, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { KiB, MiB } from "@leeward/base";
import { loopDisk, run, withoutFileSystems } from "@leeward/tracker/testing";
import { lookAtDisk, openSnapshot, openStillDisk } from "./node-rescan-source.ts";
import { RESCAN_SETTINGS } from "./testing/rescan-rig.ts";

const SIZE = 64 * KiB;
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-rescan-"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function image(name: string): Promise<typeof RESCAN_SETTINGS> {
  const path = join(folder, name);
  await writeFile(path, Buffer.alloc(SIZE, 5));
  return { ...RESCAN_SETTINGS, path };
}

/** As nobody had written to it for long: the time of its last change of any kind cannot be set, so that is waited for. */
async function left(path: string): Promise<void> {
  await utimes(path, 1, 1);
  for (;;) {
    const still = await openStillDisk({ ...RESCAN_SETTINGS, path }).catch(() => undefined);
    if (still !== undefined) return still.device[Symbol.asyncDispose]();
    await delay(50);
  }
}

test("one that was left alone is read; one that is written to, or exchanged, meanwhile is of no single moment", async () => {
  const settings = await image("still");
  await assert.rejects(openStillDisk(settings), { code: "disk-not-still" }, "it was written just now");
  await left(settings.path);
  const { device, confirm } = await openStillDisk(settings);
  const bytes = Buffer.alloc(SIZE);
  await device.read(0, bytes);
  assert.ok(bytes.equals(Buffer.alloc(SIZE, 5)));
  await confirm();
  await using handle = await open(settings.path, "r+");
  await handle.write(Buffer.alloc(1), 0, 1, 0);
  await assert.rejects(confirm(), { code: "disk-not-still" });
  await device[Symbol.asyncDispose]();

  await left(settings.path);
  const again = await openStillDisk(settings);
  const other = await image("other");
  await rename(other.path, settings.path);
  await assert.rejects(again.confirm(), { code: "disk-not-still" });
  await again.device[Symbol.asyncDispose]();
});

test("a snapshot that is the disk itself, by whatever name, is refused", async () => {
  const settings = await image("self");
  const [hard, soft] = [join(folder, "self-hard"), join(folder, "self-soft")];
  await link(settings.path, hard);
  await symlink(settings.path, soft);
  for (const path of [settings.path, hard, soft]) {
    await assert.rejects(openSnapshot(path, settings), { code: "snapshot-unsuitable", message: /itself/ });
  }
});

test("a device that is the disk itself, by another node, is refused as its snapshot", {
  skip: withoutFileSystems(),
}, async () => {
  await using disk = await loopDisk(MiB);
  await using other = await loopDisk(MiB);
  const settings = { ...RESCAN_SETTINGS, path: disk.path };
  const node = join(folder, "node");
  run("mknod", node, "b", ...disk.device.split(":"));
  for (const path of [disk.path, node]) {
    await assert.rejects(openSnapshot(path, settings), { code: "snapshot-unsuitable", message: /itself/ });
  }
  await using snapshot = await openSnapshot(other.path, settings);
  assert.equal(snapshot.sizeBytes, MiB);
});

test("what is looked at and what is a snapshot need not be left alone", async () => {
  const settings = await image("busy");
  assert.equal((await lookAtDisk(settings)).sizeBytes, SIZE);
  await using snapshot = await openSnapshot((await image("snapshot")).path, settings);
  assert.equal(snapshot.sizeBytes, SIZE);
  await assert.rejects(lookAtDisk({ ...settings, path: join(folder, "none") }), { code: "disk-missing" });
});
