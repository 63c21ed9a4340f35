import { isFault } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import { type Content, openTree, type Partition, partitionsOf, recognised, Volume } from "@leeward/file-system";
import { guestUnsuited } from "./guest-faults.ts";
import { GuestTree } from "./guest-tree.ts";

/** A partition of one of the machine's disks, on which its system lies. */
export interface GuestRoot {
  readonly device: BlockDevice;
  readonly extent: Extent;
}

/** What may hold a root file system, and is not written into. */
const ELSEWHERE: Readonly<Partial<Record<Content, string>>> = {
  lvm: "LVM",
  luks: "an encrypted partition (LUKS)",
  md: "a software RAID (md)",
  xfs: "XFS",
  btrfs: "btrfs",
  ntfs: "NTFS",
  bitlocker: "an encrypted partition (BitLocker)",
  zfs: "ZFS",
  f2fs: "F2FS",
  jfs: "JFS",
};

/** The one ext2, ext3 or ext4 that a guest's system lies on. @throws Fault `guest-not-adjustable`, and what the disks throw */
export async function guestRoot(devices: readonly BlockDevice[]): Promise<GuestRoot> {
  const roots: GuestRoot[] = [];
  const elsewhere = new Set<string>();
  for (const device of devices) {
    const disk = Volume.whole(device);
    for (const extent of await partsOf(disk)) {
      if (endOf(extent) > disk.sizeBytes) continue;
      const volume = disk.part(extent);
      const content = await recognised(volume);
      const other = ELSEWHERE[content];
      if (other !== undefined) elsewhere.add(other);
      if (content === "ext" && (await isRoot(volume))) roots.push({ device, extent });
    }
  }
  const [root, second] = roots;
  if (second !== undefined)
    throw guestUnsuited(`${roots.length} of its partitions hold a system, and either may start`);
  if (root !== undefined) return root;
  const found = elsewhere.size === 0 ? "" : `, but ${[...elsewhere].join(", ")}`;
  throw guestUnsuited(`none of its partitions is an ext2, ext3 or ext4 with a Linux system on it${found}`);
}

/** The tree of that partition as it is now. @throws as `openTree` */
export async function treeOf({ device, extent }: GuestRoot): Promise<GuestTree> {
  return new GuestTree(await openTree(Volume.whole(device).part(extent)));
}

async function partsOf(disk: Volume): Promise<Partition[]> {
  try {
    return await partitionsOf(disk);
  } catch (error) {
    if (!isFault(error, "file-system-damaged")) throw error;
    throw guestUnsuited("the partition table of one of its disks contradicts itself", error);
  }
}

async function isRoot(volume: Volume): Promise<boolean> {
  try {
    const tree = new GuestTree(await openTree(volume));
    const marks = await Promise.all(["/etc/fstab", "/etc/os-release", "/sbin/init"].map((path) => tree.find(path)));
    return marks.filter((mark) => mark !== undefined).length >= 2;
  } catch (error) {
    if (!isFault(error, "file-system-damaged") && !isFault(error, "file-system-unsupported")) throw error;
    throw guestUnsuited(`one of its partitions cannot be read: ${error.message}`, error);
  }
}
