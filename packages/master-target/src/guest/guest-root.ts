import { type Fault, isFault } from "@leeward/base";
import { type BlockDevice, type Extent, endOf } from "@leeward/block";
import {
  type Content,
  type LogicalVolume,
  logicalVolumes,
  openTree,
  type Partition,
  partitionsOf,
  recognised,
  Volume,
  type VolumePart,
} from "@leeward/file-system";
import { guestUnsuited } from "./guest-faults.ts";
import { GuestTree } from "./guest-tree.ts";

/** A partition of one of the machine's disks, or a logical volume, on which its system lies. */
export interface GuestRoot {
  readonly device: BlockDevice;
  readonly extent: Extent;
}

/** What may hold a root file system, and is not written into. */
const ELSEWHERE: Readonly<Partial<Record<Content, string>>> = {
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
  const elsewhere = new Set<string>();
  const roots: GuestRoot[] = [];
  const parts = (await Promise.all(devices.map(partsOf))).flat();
  const physical: VolumePart[] = [];
  for (const part of parts) {
    const content = await recognised(volumeOf(part));
    if (content === "lvm") physical.push(part);
    else if (content === "ext" && (await isRoot(volumeOf(part)))) roots.push(part);
    else if (ELSEWHERE[content] !== undefined) elsewhere.add(ELSEWHERE[content]);
  }
  for (const { name, device, why } of await volumesOn(physical, elsewhere)) {
    if (device === undefined) {
      elsewhere.add(`the logical volume ${name}, of which ${why}`);
      continue;
    }
    const whole = { device, extent: { offset: 0, length: device.sizeBytes } };
    const content = await recognised(volumeOf(whole));
    if (content === "ext" && (await isRoot(volumeOf(whole)))) roots.push(whole);
    else if (ELSEWHERE[content] !== undefined) elsewhere.add(`${ELSEWHERE[content]} in the logical volume ${name}`);
  }
  return theOne(roots, elsewhere);
}

function theOne(roots: readonly GuestRoot[], elsewhere: ReadonlySet<string>): GuestRoot {
  const [root, second] = roots;
  if (second !== undefined)
    throw guestUnsuited(`${roots.length} of its partitions and logical volumes hold a system, and each may start`);
  if (root !== undefined) return root;
  const found = elsewhere.size === 0 ? "" : `, but ${[...elsewhere].join(", ")}`;
  throw guestUnsuited(
    `none of its partitions and logical volumes is an ext2, ext3 or ext4 with a Linux system on it${found}`,
  );
}

function volumeOf({ device, extent }: VolumePart): Volume {
  return Volume.whole(device).part(extent);
}

/** The tree of that root as it is now. @throws as `openTree` */
export async function treeOf(root: GuestRoot): Promise<GuestTree> {
  return new GuestTree(await openTree(volumeOf(root)));
}

async function partsOf(device: BlockDevice): Promise<VolumePart[]> {
  const found = await orUnsuited("the partition table of one of its disks contradicts itself", () =>
    partitionsOf(Volume.whole(device)),
  );
  return found.filter((part) => endOf(part) <= device.sizeBytes).map((extent: Partition) => ({ device, extent }));
}

/** What says of itself to be LVM, and cannot be read as such, no guest starts from. */
async function volumesOn(physical: readonly VolumePart[], elsewhere: Set<string>): Promise<LogicalVolume[]> {
  try {
    return await logicalVolumes(physical);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    elsewhere.add(`LVM that cannot be put together (${error.message})`);
    return [];
  }
}

/** What a stranger's disk says wrongly makes its machine one that is not adjusted. */
async function orUnsuited<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw guestUnsuited(`${what}: ${error.message}`, error);
  }
}

async function isRoot(volume: Volume): Promise<boolean> {
  return orUnsuited("a file system of it cannot be read", async () => {
    const tree = new GuestTree(await openTree(volume));
    const marks = await Promise.all(["/etc/fstab", "/etc/os-release", "/sbin/init"].map((path) => tree.find(path)));
    return marks.filter((mark) => mark !== undefined).length >= 2;
  });
}

function isUnreadable(error: unknown): error is Fault {
  return isFault(error, "file-system-damaged") || isFault(error, "file-system-unsupported");
}
