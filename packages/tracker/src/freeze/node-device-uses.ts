import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Extent, ExtentSet } from "@leeward/block";
import type { DeviceUse, MountedFileSystem } from "../freezer.ts";
import { type Mount, parseSwaps, type Swap } from "./mount-table.ts";
import { BlockTree, blockDeviceAt, type DiskPart, devicePart, KERNEL, type KernelFolders } from "./node-block-tree.ts";
import { extentsOnDevice, relativeTo } from "./node-file-extents.ts";
import { mountsNow, openMounted } from "./node-open-mount.ts";

/** Kinds for which FIFREEZE answers EOPNOTSUPP. One that is missing here makes `freeze` fail by name. */
const UNFREEZABLE = [
  "affs",
  "exfat",
  "fuseblk",
  "hfs",
  "hfsplus",
  "minix",
  "msdos",
  "ntfs",
  "ntfs3",
  "udf",
  "ufs",
  "vfat",
  "zfs",
];

/** What lies on devices now. @throws Fault `disk-missing`, `disk-unsuitable` */
export function deviceUses(devicePaths: readonly string[], folders: KernelFolders = KERNEL): DeviceUse {
  const tree = new BlockTree(mountsNow(folders.proc), folders);
  const targets = devicePaths.map((path) => ({ path, part: devicePart(path, tree) }));
  const found = writtenFileSystems(tree.mounts).filter(([mount]) =>
    targets.some(({ part }) => tree.mayTouch(mount.device, part)),
  );
  const all = found.map((mounts) => reachable(mounts, tree.mounts));
  const swaps = parseSwaps(readFileSync(join(folders.proc, "swaps"), "utf8"));
  const placed = targets.map(({ path, part }) => [path, swapOn(part, swaps, tree)] as const);
  return {
    fileSystems: all.filter(({ kind }) => !UNFREEZABLE.includes(kind)),
    unfreezable: all.filter(({ kind }) => UNFREEZABLE.includes(kind)),
    swap: new Map(placed.map(([path, { extents }]) => [path, extents])),
    unplacedSwap: new Map(placed.map(([path, { unplaced }]) => [path, unplaced])),
  };
}

type MountsOfOne = readonly [Mount, ...Mount[]];

/** The mounts of each file system that can be written, together. */
function writtenFileSystems(mounts: readonly Mount[]): MountsOfOne[] {
  const byDevice = new Map<string, [Mount, ...Mount[]]>();
  for (const mount of mounts) {
    if (mount.options.includes("ro")) continue;
    const others = byDevice.get(mount.device);
    if (others === undefined) byDevice.set(mount.device, [mount]);
    else others.push(mount);
  }
  return [...byDevice.values()];
}

/** By a mount point that leads to it. One that none leads to is named all the same: to freeze it fails, which is not to forget it. */
function reachable(mounts: MountsOfOne, all: readonly Mount[]): MountedFileSystem {
  const named = mounts.map(({ mountPoint, kind, device }) => ({ mountPoint, kind, device }));
  const found = named.find((each) => {
    const fd = openMounted(each, all);
    if (fd !== undefined) closeSync(fd);
    return fd !== undefined;
  });
  const [{ mountPoint, kind, device }] = mounts;
  return found ?? { mountPoint, kind, device };
}

interface PlacedSwap {
  readonly extents: readonly Extent[];
  readonly unplaced: readonly string[];
}

function swapOn(target: DiskPart, swaps: readonly Swap[], tree: BlockTree): PlacedSwap {
  const extents = new ExtentSet();
  const unplaced: string[] = [];
  for (const swap of swaps) {
    const found = swap.isFile ? swapFileOn(swap.path, target, tree) : swapDeviceOn(swap.path, target, tree);
    if (found === undefined) unplaced.push(swap.path);
    else extents.addAll(found);
  }
  return { extents: [...extents], unplaced };
}

function swapDeviceOn(path: string, target: DiskPart, tree: BlockTree): readonly Extent[] | undefined {
  const device = blockDeviceAt(path);
  const part = device === undefined ? undefined : tree.partOf(device);
  if (device === undefined || part === undefined) return undefined;
  if (part.disk === target.disk) return relativeTo(target, part, [{ offset: 0, length: part.extent.length }]);
  return tree.mayTouch(device, target) ? undefined : [];
}

function swapFileOn(path: string, target: DiskPart, tree: BlockTree): readonly Extent[] | undefined {
  const found = extentsOnDevice(path, target, tree);
  // What is not told of a file in use as swap may lie on the device all the same.
  return found !== "missing" && found?.whole === true ? found.extents : undefined;
}
