// Disks that are read as they are, and what is read as their snapshot.
import assert from "node:assert/strict";
import { link, mkdir, mkdtemp, open, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isFault, KiB, MiB } from "@leeward/base";
import { loopDisk, run, withoutFileSystems } from "@leeward/tracker/testing";
import { alignedBytes } from "@leeward/world";
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
    if (still !== undefined) return still[Symbol.asyncDispose]();
    await delay(50);
  }
}

test("one that was left alone is read; one that is written to, exchanged or gone meanwhile is of no single moment", async () => {
  const settings = await image("still");
  await assert.rejects(openStillDisk(settings), { code: "disk-not-still" }, "it was written just now");
  const changes: readonly (() => Promise<void>)[] = [
    // Whoever sets its time back changes another one.
    async () => {
      await using handle = await open(settings.path, "r+");
      const { atime, mtime } = await handle.stat();
      await handle.write(Buffer.alloc(1), 0, 1, 0);
      await handle.utimes(atime, mtime);
    },
    async () => rename((await image("other")).path, settings.path),
    () => rm(settings.path),
  ];
  for (const change of changes) {
    await left(settings.path);
    await using still = await openStillDisk(settings);
    const bytes = Buffer.alloc(SIZE);
    await still.device.read(0, bytes);
    assert.ok(bytes.subarray(1).equals(Buffer.alloc(SIZE - 1, 5)));
    await still.confirm();
    await change();
    await assert.rejects(still.confirm(), { code: "disk-not-still" });
  }
});

test("one whose path leads to another file meanwhile is of no single moment, though neither was touched", async () => {
  const [one, other] = [await image("one"), await image("another")];
  const path = join(folder, "leads");
  await symlink(one.path, path);
  await left(one.path);
  await using still = await openStillDisk({ ...RESCAN_SETTINGS, path });
  await still.confirm();
  await rm(path);
  await symlink(other.path, path);
  await assert.rejects(still.confirm(), { code: "disk-not-still" });
});

test("one on a file system of which it is not known that it tells of a write at once is refused", {
  skip: withoutFileSystems(),
}, async () => {
  const mounted = join(folder, "mounted");
  await mkdir(mounted);
  run("mount", "-t", "ramfs", "none", mounted);
  try {
    const path = join(mounted, "image");
    await writeFile(path, Buffer.alloc(SIZE, 5));
    await assert.rejects(openStillDisk({ ...RESCAN_SETTINGS, path }), { code: "disk-not-still", message: /may tell/ });
  } finally {
    run("umount", mounted);
  }
});

describe("a block device that is read as it is", { skip: withoutFileSystems("ext4") }, () => {
  async function write(path: string, at: number): Promise<void> {
    await using handle = await open(path, "r+");
    await handle.write(Buffer.alloc(4 * KiB, 7), 0, 4 * KiB, at);
  }

  /** Whether it counts as still when this happens while it is read. */
  async function isStill(path: string, meanwhile: () => Promise<void>): Promise<boolean> {
    await using still = await openStillDisk({ ...RESCAN_SETTINGS, path });
    const bytes = alignedBytes(SIZE);
    await still.device.read(0, bytes);
    await meanwhile();
    return still.confirm().then(
      () => true,
      (error: unknown) => {
        assert.ok(isFault(error, "disk-not-still") && /written to while/.test(error.message), String(error));
        return false;
      },
    );
  }

  test("is of no single moment when it was written or discarded meanwhile, also where that waits in the page cache", async () => {
    await using disk = await loopDisk(4 * MiB);
    assert.ok(await isStill(disk.path, async () => undefined));
    // What was written before, and waits, is no change.
    await write(disk.path, 0);
    assert.ok(await isStill(disk.path, async () => undefined));
    assert.ok(!(await isStill(disk.path, () => write(disk.path, MiB))));
    assert.ok(
      !(await isStill(disk.path, async () => void run("blkdiscard", "--force", "--length", "65536", disk.path))),
    );
    assert.ok(await isStill(disk.path, async () => undefined));
  });

  test("that is a partition may have neighbours that are written to, and is not still when the whole disk is", async () => {
    await using disk = await loopDisk(8 * MiB);
    const own = disk.addPartition(1, { startBytes: MiB, sizeBytes: 2 * MiB });
    const other = disk.addPartition(2, { startBytes: 4 * MiB, sizeBytes: 2 * MiB });
    assert.ok(await isStill(own, () => write(other, 0)));
    assert.ok(!(await isStill(own, () => write(own, MiB))));
    assert.ok(!(await isStill(own, () => sync(disk.path, 2 * MiB))));
    assert.ok(!(await isStill(disk.path, () => sync(other, 0))));
  });

  /** Of another cache than the one that is read through: what waits there is not on the disk yet. */
  async function sync(path: string, at: number): Promise<void> {
    await write(path, at);
    await using handle = await open(path, "r+");
    await handle.datasync();
  }

  test("whose reads the kernel does not count may have writes that it does not count", async () => {
    await using disk = await loopDisk(4 * MiB);
    const counting = `/sys/block/${basename(disk.path)}/queue/iostats`;
    await writeFile(counting, "0");
    try {
      await using still = await openStillDisk({ ...RESCAN_SETTINGS, path: disk.path });
      await still.device.read(0, alignedBytes(SIZE));
      await assert.rejects(still.confirm(), { code: "disk-not-still", message: /does not count/ });
    } finally {
      await writeFile(counting, "1");
    }
  });
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
