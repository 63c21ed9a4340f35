import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Extent, overlaps } from "@leeward/block";
import { deviceMissing, deviceUnsuitable } from "./freeze-faults.ts";
import type { Mount } from "./mount-table.ts";
import { mountOf } from "./node-open-mount.ts";

/** Where the kernel tells about itself; a test may show another machine's. */
export interface KernelFolders {
  readonly proc: string;
  readonly sys: string;
}

export const KERNEL: KernelFolders = { proc: "/proc", sys: "/sys" };

/** A part of a whole disk, or all of it. */
export interface DiskPart {
  /** "major:minor" of the whole disk; a device of dm, md or loop is one too. */
  readonly disk: string;
  readonly extent: Extent;
}

/** What something stands on, down to the last device. */
export interface Footing {
  readonly parts: readonly DiskPart[];
  /** File systems, by device, in a file of which some of it lies. */
  readonly fileSystems: ReadonlySet<string>;
  /** Otherwise something beneath could not be found out, and may be anywhere. */
  readonly isClear: boolean;
}

/** Kinds that lie on several devices under an anonymous number; one whose devices are not told may lie anywhere. */
const ON_SEVERAL = ["btrfs", "bcachefs", "zfs"];
/** sysfs counts in these, whatever the device's blocks are. */
const SECTOR_BYTES = 512;

/** Which block device lies on which, as sysfs and mountinfo told it when asked. Only these, and the paths of loop devices' files, are looked at. */
export class BlockTree {
  readonly mounts: readonly Mount[];
  readonly #sys: string;
  readonly #footings = new Map<string, Footing>();

  constructor(mounts: readonly Mount[], { sys }: KernelFolders) {
    this.mounts = mounts;
    this.#sys = sys;
  }

  /** Which part of which disk a block device is; undefined when there is no such device. */
  partOf(device: string): DiskPart | undefined {
    const folder = this.#folderOf(device);
    if (folder === undefined) return undefined;
    const length = Number(textOf(join(folder, "size"))) * SECTOR_BYTES;
    const start = textOf(join(folder, "start"));
    if (start === undefined) return { disk: device, extent: { offset: 0, length } };
    const disk = textOf(join(dirname(folder), "dev"));
    return disk === undefined ? undefined : { disk, extent: { offset: Number(start) * SECTOR_BYTES, length } };
  }

  /** Of a block device, or of a file system by its device. */
  footingOf(device: string): Footing {
    const known = this.#footings.get(device);
    if (known !== undefined) return known;
    const footing = { parts: new Array<DiskPart>(), fileSystems: new Set<string>(), isClear: true };
    this.#descend(device, footing, new Set());
    this.#footings.set(device, footing);
    return footing;
  }

  /** Whether what has this device has, or may have, bytes on that part. */
  mayTouch(device: string, target: DiskPart): boolean {
    const { parts, isClear } = this.footingOf(device);
    return !isClear || parts.some(({ disk, extent }) => disk === target.disk && overlaps(extent, target.extent));
  }

  #descend(device: string, footing: Building, seen: Set<string>): void {
    if (seen.has(device)) return;
    seen.add(device);
    const mount = this.mounts.find((each) => each.device === device);
    const part = this.partOf(device);
    const below = part === undefined ? [] : this.#beneath(part, footing);
    if (part !== undefined) footing.parts.push(part);
    else if (mount !== undefined) below.push(...this.#members(mount, footing));
    if (mount !== undefined) below.push(...extraDevices(mount));
    for (const each of below) this.#descend(each, footing, seen);
  }

  /** The devices right beneath the disk of `part`: what dm and md are made of, and what a loop device shows. */
  #beneath(part: DiskPart, footing: Building): string[] {
    const folder = this.#folderOf(part.disk);
    if (folder === undefined) return [];
    const below = entriesOf(join(folder, "slaves")).flatMap(
      (name) => textOf(join(folder, "slaves", name, "dev")) ?? [],
    );
    const file = textOf(join(folder, "loop", "backing_file"));
    if (file === undefined) return below;
    const shown = blockDeviceAt(file);
    if (shown !== undefined) return [...below, shown];
    const mount = mountOf(file, this.mounts);
    if (mount === undefined) footing.isClear = false;
    else footing.fileSystems.add(mount.device);
    return mount === undefined ? below : [...below, mount.device];
  }

  /** The devices of a file system with an anonymous number, as btrfs: its source names one of them, and sysfs all of a btrfs. */
  #members(mount: Mount, footing: Building): string[] {
    const named = mount.source.split(":").flatMap((path) => blockDeviceAt(path) ?? []);
    const all = named.flatMap((device) => [device, ...this.#btrfsAround(device)]);
    if (all.length === 0 && ON_SEVERAL.includes(mount.kind)) footing.isClear = false;
    return all;
  }

  #btrfsAround(device: string): string[] {
    const folder = this.#folderOf(device);
    if (folder === undefined) return [];
    const root = join(this.#sys, "fs", "btrfs");
    const lists = entriesOf(root).map((id) => join(root, id, "devices"));
    const list = lists.find((each) => entriesOf(each).includes(basename(folder)));
    return list === undefined ? [] : entriesOf(list).flatMap((name) => textOf(join(list, name, "dev")) ?? []);
  }

  #folderOf(device: string): string | undefined {
    try {
      return realpathSync(join(this.#sys, "dev", "block", device));
    } catch {
      // Not a block device: an anonymous number, or one that has gone.
      return undefined;
    }
  }
}

interface Building extends Footing {
  readonly parts: DiskPart[];
  readonly fileSystems: Set<string>;
  isClear: boolean;
}

/** XFS may keep its log and its realtime files on other devices. */
function extraDevices(mount: Mount): string[] {
  return mount.options.flatMap((option) => {
    const path = /^(?:logdev|rtdev)=(.*)$/.exec(option)?.[1];
    return path === undefined ? [] : (blockDeviceAt(path) ?? []);
  });
}

/** The part of a disk that the path of a block device names. @throws Fault `disk-missing`, `disk-unsuitable` */
export function devicePart(path: string, tree: BlockTree): DiskPart {
  const device = blockDeviceAt(path);
  const part = device === undefined ? undefined : tree.partOf(device);
  if (part !== undefined) return part;
  throw device === undefined && existsSync(path) ? deviceUnsuitable(path) : deviceMissing(path);
}

/** "major:minor" of the block device at a path; undefined when there is none. */
export function blockDeviceAt(path: string): string | undefined {
  if (!path.startsWith("/")) return undefined;
  try {
    const stat = statSync(path, { bigint: true });
    return stat.isBlockDevice() ? deviceNumber(stat.rdev) : undefined;
  } catch {
    // Not there, or not for us.
    return undefined;
  }
}

/** Linux packs the two numbers into 64 bits (makedev(3)). */
function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\n$/, "");
  } catch {
    // sysfs has a file only where there is something to tell.
    return undefined;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // As above.
    return [];
  }
}
