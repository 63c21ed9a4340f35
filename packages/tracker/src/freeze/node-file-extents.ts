import { closeSync, constants, openSync } from "node:fs";
import { type Extent, ExtentSet, endOf, intersection } from "@leeward/block";
import { isWindows } from "@leeward/world";
import type { FileExtents } from "./fiemap.ts";
import type { Mount } from "./mount-table.ts";
import { BlockTree, type DiskPart, devicePart, KERNEL } from "./node-block-tree.ts";
import { extentsOf } from "./node-file-system-calls.ts";
import { mountOfOpen, mountsNow } from "./node-open-mount.ts";

/** Kinds whose FIEMAP counts bytes of the device that they are mounted from. btrfs, as one that is left out, counts in a space of its own. */
const TELLS_DEVICE_OFFSETS = ["ext2", "ext3", "ext4", "xfs"];
const WITHOUT_DEVICE = ["devtmpfs", "ramfs", "tmpfs"];

/**
 * The extents of a device that nothing but these files occupies, ascending, as the kernel tells it now. Left out is what has no place yet or
 * shares one: they are a part of what the files occupy, never more. Files that are not there occupy nothing. Undefined when it cannot be told
 * for certain, as through LVM or btrfs.
 *
 * A file that is shortened or removed gives its place to another file: whoever leaves these extents out of something makes sure that the files
 * only grew until it was done.
 * @throws Fault `disk-missing`, `disk-unsuitable`
 */
export async function extentsOfFiles(
  paths: readonly string[],
  devicePath: string,
): Promise<readonly Extent[] | undefined> {
  // Windows is not asked: what the agent itself writes counts as changed, as all else does.
  if (isWindows) return undefined;
  const tree = new BlockTree(mountsNow(KERNEL.proc), KERNEL);
  const target = devicePart(devicePath, tree);
  const extents = new ExtentSet();
  for (const path of paths) {
    const found = extentsOnDevice(path, target, tree);
    if (found === undefined) return undefined;
    if (found !== "missing") extents.addAll(found.extents);
  }
  return [...extents];
}

/** Where a file lies on `target`, relative to it; undefined when that cannot be told. */
export function extentsOnDevice(path: string, target: DiskPart, tree: BlockTree): FileExtents | "missing" | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? "missing" : undefined;
  }
  try {
    const mount = mountOfOpen(fd, tree.mounts);
    if (mount === undefined) return undefined;
    const isTold = tree.footingOf(mount.device).parts.length > 0 || WITHOUT_DEVICE.includes(mount.kind);
    if (isTold && !tree.mayTouch(mount.device, target)) return { extents: [], whole: true };
    const part = tree.partOf(mount.device);
    return part?.disk === target.disk && tellsDeviceOffsets(mount) ? onTarget(extentsOf(fd), part, target) : undefined;
  } finally {
    closeSync(fd);
  }
}

function tellsDeviceOffsets({ kind, options }: Mount): boolean {
  return TELLS_DEVICE_OFFSETS.includes(kind) && !options.some((option) => option.startsWith("rtdev="));
}

function onTarget(found: FileExtents | undefined, part: DiskPart, target: DiskPart): FileExtents | undefined {
  if (found === undefined || found.extents.some((extent) => endOf(extent) > part.extent.length)) return undefined;
  return { extents: relativeTo(target, part, found.extents), whole: found.whole };
}

/** Extents of `part` as extents of `target` on the same disk, as far as they lie in it. */
export function relativeTo(target: DiskPart, part: DiskPart, extents: readonly Extent[]): Extent[] {
  return extents.flatMap(({ offset, length }) => {
    const both = intersection({ offset: part.extent.offset + offset, length }, target.extent);
    return both === undefined ? [] : [{ offset: both.offset - target.extent.offset, length: both.length }];
  });
}
