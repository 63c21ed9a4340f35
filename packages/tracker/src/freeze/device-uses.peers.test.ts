import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { attempt, loopDisk, run, withoutFileSystems } from "../testing/loop-disk.ts";
import { deviceUses } from "./node-device-uses.ts";
import { extentsOfFiles } from "./node-file-extents.ts";

function moved(extents: readonly Extent[] | undefined, by: number): Extent[] | undefined {
  return extents?.map(({ offset, length }) => ({ offset: offset + by, length }));
}

function read(path: string, { offset, length }: Extent): Buffer {
  const bytes = Buffer.alloc(length);
  const fd = openSync(path, "r");
  try {
    assert.equal(readSync(fd, bytes, 0, length, offset), length);
  } finally {
    closeSync(fd);
  }
  return bytes;
}

describe("what lies on devices", { skip: withoutFileSystems("ext4", "xfs", "btrfs") }, () => {
  for (const kind of ["ext4", "xfs"]) {
    test(`a file of an ${kind} on a partition is found by its bytes, on the partition and on the disk`, async () => {
      await using disk = await loopDisk(400 * MiB);
      const start = 8 * MiB;
      const partition = disk.addPartition(1, { startBytes: start, sizeBytes: 320 * MiB });
      const other = disk.addPartition(2, { startBytes: 350 * MiB, sizeBytes: 4 * MiB });
      const mountPoint = disk.format(kind, 1);
      const [file, sparse] = [join(mountPoint, "file"), join(mountPoint, "sparse")];
      writeFileSync(file, Buffer.alloc(MiB, "what the file holds, "));
      run("truncate", "--size", "8M", sparse);
      run("sync", "--file-system", mountPoint);
      const onDisk = await extentsOfFiles([file, sparse, join(mountPoint, "not there")], disk.path);
      assert.ok(onDisk !== undefined);
      assert.deepEqual(
        Buffer.concat(onDisk.map((extent) => read(disk.path, extent))),
        Buffer.alloc(MiB, "what the file holds, "),
      );
      assert.deepEqual(moved(await extentsOfFiles([file], partition), start), onDisk);
      assert.deepEqual(await extentsOfFiles([file], other), []);
      // What is not written out yet has no place that could be told.
      writeFileSync(join(mountPoint, "new"), Buffer.alloc(MiB, 1));
      assert.deepEqual(await extentsOfFiles([file, join(mountPoint, "new")], disk.path), onDisk);
    });
  }

  test("a file of a btrfs is not told, nor one in an image in a file", async () => {
    await using lower = await loopDisk(300 * MiB);
    const below = lower.format("btrfs");
    writeFileSync(join(below, "file"), Buffer.alloc(MiB, 1));
    assert.equal(await extentsOfFiles([join(below, "file")], lower.path), undefined);
    await using upper = await loopDisk(64 * MiB, join(below, "image"));
    const above = upper.format("ext4");
    writeFileSync(join(above, "file"), Buffer.alloc(MiB, 1));
    assert.equal(await extentsOfFiles([join(above, "file")], lower.path), undefined);
    // That they lie elsewhere is told of any.
    assert.deepEqual(await extentsOfFiles([join(below, "file")], upper.path), []);
    assert.equal((await extentsOfFiles([join(above, "file")], upper.path))?.length === 0, true);
  });

  test("a shared extent is another file's too, and not told", async () => {
    await using disk = await loopDisk(320 * MiB);
    const mountPoint = disk.format("xfs");
    const [file, copy] = [join(mountPoint, "file"), join(mountPoint, "copy")];
    writeFileSync(file, Buffer.alloc(MiB, 1));
    run("cp", "--reflink=always", file, copy);
    run("sync", "--file-system", mountPoint);
    assert.deepEqual(await extentsOfFiles([file], disk.path), []);
  });

  test("partitions, several mounts of one file system and read-only ones are told apart", async () => {
    await using disk = await loopDisk(128 * MiB);
    const first = disk.addPartition(1, { startBytes: MiB, sizeBytes: 32 * MiB });
    const second = disk.addPartition(2, { startBytes: 40 * MiB, sizeBytes: 32 * MiB });
    const mounts = [disk.format("ext4", 1), disk.format("ext4", 2)];
    const [one = "", two = ""] = mounts;
    const found = (path: string): string[] => deviceUses([path]).fileSystems.map((each) => each.mountPoint);
    assert.deepEqual([found(disk.path), found(first), found(second)], [mounts, [one], [two]]);

    // A second mount that can only be read leaves the file system one that is written; and one over a mount point hides it.
    const inside = join(one, "inside");
    mkdirSync(inside);
    run("mount", "--bind", one, inside);
    disk.before(() => run("umount", inside));
    run("mount", "-o", "remount,bind,ro", inside);
    assert.deepEqual(found(disk.path), mounts);
    run("mount", "-t", "tmpfs", "none", two);
    const hidden = found(second);
    run("umount", two);
    assert.deepEqual(hidden, [two]);
    run("mount", "-o", "remount,ro", two);
    assert.deepEqual(found(disk.path), [one]);
  });

  test("a btrfs on two disks lies on both, and counts once", async () => {
    await using one = await loopDisk(160 * MiB);
    await using other = await loopDisk(160 * MiB);
    const mountPoint = one.format("btrfs");
    run("btrfs", "device", "add", "-f", other.path, mountPoint);
    one.before(() => attempt("btrfs", "device", "remove", other.path, mountPoint));
    for (const paths of [[one.path], [other.path], [one.path, other.path]]) {
      assert.deepEqual(
        deviceUses(paths).fileSystems.map((each) => [each.mountPoint, each.kind]),
        [[mountPoint, "btrfs"]],
      );
    }
  });

  test("swap on a partition and in a file is told by its extents on the disk that was asked for", async () => {
    await using disk = await loopDisk(128 * MiB);
    const first = disk.addPartition(1, { startBytes: MiB, sizeBytes: 64 * MiB });
    const second = disk.addPartition(2, { startBytes: 80 * MiB, sizeBytes: 8 * MiB });
    const file = join(disk.format("ext4", 1), "a swap file");
    writeFileSync(file, Buffer.alloc(4 * MiB, 1), { mode: 0o600 });
    run("sync", "--file-system", file);
    for (const path of [file, second]) {
      run("mkswap", path);
      run("swapon", "--priority", "0", path);
      disk.before(() => run("swapoff", path));
    }
    const { swap, unplacedSwap } = deviceUses([disk.path, first, second]);
    const inFile = await extentsOfFiles([file], disk.path);
    assert.equal(
      inFile?.reduce((sum, { length }) => sum + length, 0),
      4 * MiB,
    );
    assert.deepEqual(swap.get(disk.path), [...(inFile ?? []), { offset: 80 * MiB, length: 8 * MiB }]);
    assert.deepEqual(moved(swap.get(first), MiB), inFile);
    assert.deepEqual(swap.get(second), [{ offset: 0, length: 8 * MiB }]);
    assert.deepEqual([...unplacedSwap.values()], [[], [], []]);
  });

  test("swap in an image in a file is named, since nobody knows where it lies", async () => {
    await using lower = await loopDisk(96 * MiB);
    await using upper = await loopDisk(16 * MiB, join(lower.format("ext4"), "image"));
    run("mkswap", upper.path);
    run("swapon", "--priority", "0", upper.path);
    upper.before(() => run("swapoff", upper.path));
    const { swap, unplacedSwap } = deviceUses([lower.path, upper.path]);
    assert.deepEqual(unplacedSwap.get(lower.path), [upper.path]);
    assert.deepEqual(swap.get(lower.path), []);
    assert.deepEqual(swap.get(upper.path), [{ offset: 0, length: 16 * MiB }]);
  });

  test("a path without a device is refused by name", () => {
    assert.throws(
      () => deviceUses(["/dev/not-there"]),
      (error) => isFault(error, "disk-missing"),
    );
    assert.throws(
      () => deviceUses(["/proc/self/mountinfo"]),
      (error) => isFault(error, "disk-unsuitable"),
    );
  });
});
