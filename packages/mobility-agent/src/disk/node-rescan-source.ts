import { promises as fs } from "node:fs";
import { Fault, isFault, KiB } from "@leeward/base";
import { type BlockDevice, type FileDevice, isDevicePath, openFileDevice } from "@leeward/block";
import { STILL_FILE_MS_MIN } from "../limits.ts";
import type { DiskSettings } from "./disk-host.ts";
import type { DiskLook, StillDisk } from "./rescan.ts";

const PAGE_BYTES = 4 * KiB;

/** What there is to know of the disk, in use or not; nothing is read. */
export async function lookAtDisk({ path }: DiskSettings): Promise<DiskLook> {
  await using device = await opened(path, false);
  const { sizeBytes, blockBytes, physicalBlockBytes } = device;
  return { sizeBytes, blockBytes, physicalBlockBytes };
}

/** A snapshot, as a device or as a file. @throws Fault `snapshot-unsuitable` where that is the disk itself, by whatever name, and as openFileDevice */
export async function openSnapshot(path: string, disk: DiskSettings): Promise<BlockDevice> {
  const device = await opened(path, false);
  try {
    if (await isDisk(device, disk.path)) throw noSnapshot(disk, path);
  } catch (error) {
    await device[Symbol.asyncDispose]();
    throw error;
  }
  return device;
}

/** Devices are told apart by their numbers, files by theirs. What Windows says of a drive is also true of its shadow copies: there it is by the name. */
async function isDisk(device: FileDevice, path: string): Promise<boolean> {
  if (isDevicePath(device.path) || isDevicePath(path)) return device.path.toUpperCase() === path.toUpperCase();
  await using disk = await opened(path, false);
  const [one, other] = [await device.identity(), await disk.identity()];
  return (
    one.device === other.device && (one.kind === "block-device" || one.inode === other.inode) && one.kind === other.kind
  );
}

function noSnapshot({ name, diskId, path }: DiskSettings, snapshotPath: string): Fault {
  return new Fault({
    code: "snapshot-unsuitable",
    kind: "operator",
    message: `What the snapshot hook of ${name} made, ${snapshotPath}, is ${path} itself, and no snapshot of it.`,
    remedy: "Have the hook name a snapshot of the whole disk, of the disk's size.",
    detail: { disk: diskId, path },
  });
}

/**
 * The disk as it is: a block device that nobody else has mounted or exclusively open for as long as it is read; or an image file that does not change
 * meanwhile, as its times say. @throws Fault `snapshot-hook-missing`, `disk-not-still`, and as openFileDevice
 */
export async function openStillDisk({ path, name, diskId }: DiskSettings): Promise<StillDisk> {
  // Asked for before it is opened, and of the path: what is exchanged since is another file.
  const before = await timesOf(path).catch(() => undefined);
  const device = await openedAlone(path, { name, diskId });
  if (device.kind === "block-device" || before === undefined) return { device, confirm: async () => {} };
  const confirm = async (): Promise<void> => {
    const { text } = await timesOf(path);
    if (text !== before.text) throw notStill({ path, name, diskId });
  };
  // A change in the same tick of the file system's clock would leave its times as they are.
  if (before.quietMs >= STILL_FILE_MS_MIN) return { device, confirm };
  await device[Symbol.asyncDispose]();
  throw notStill({ path, name, diskId });
}

/** Past the page cache wherever whole pages are read, if the file system can. */
function opened(path: string, exclusive: boolean): Promise<FileDevice> {
  return openFileDevice({
    path,
    readOnly: true,
    io: "thread-pool",
    direct: false,
    directReadsFrom: PAGE_BYTES,
    exclusive,
  });
}

async function openedAlone(path: string, disk: Pick<DiskSettings, "name" | "diskId">): Promise<FileDevice> {
  try {
    return await opened(path, true);
  } catch (error) {
    if (!isFault(error, "disk-busy")) throw error;
    throw new Fault({
      code: "snapshot-hook-missing",
      kind: "operator",
      message: `${disk.name} (${path}) is mounted or in other use, and there is no snapshot hook for it: what is read of it would be of no single moment.`,
      remedy:
        "Put an executable into the agent's `snapshot-hooks` that makes snapshots of it, as the manual says, named after the disk or `default`; or end the other use.",
      detail: { disk: disk.diskId, path },
      cause: error,
    });
  }
}

interface FileTimes {
  /** Another one after the file was written to, or exchanged. */
  readonly text: string;
  /** Since it was written to. */
  readonly quietMs: number;
}

async function timesOf(path: string): Promise<FileTimes> {
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await fs.stat(path, { bigint: true });
  const changedMs = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(" "), quietMs: Date.now() - changedMs };
}

function notStill({ path, name, diskId }: Pick<DiskSettings, "path" | "name" | "diskId">): Fault {
  return new Fault({
    code: "disk-not-still",
    kind: "operator",
    message: `${name} (${path}) was written to while it was read, or just before, and there is no snapshot hook for it: what was read is of no single moment, and no point.`,
    remedy:
      "Put an executable into the agent's `snapshot-hooks` that makes snapshots of it, as the manual says, named after the disk or `default`; or let nobody write to it while it is read.",
    detail: { disk: diskId, path },
  });
}
