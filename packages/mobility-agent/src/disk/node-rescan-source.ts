import { Fault, isFault, KiB } from "@leeward/base";
import { type BlockDevice, type FileDevice, isDevicePath, openFileDevice } from "@leeward/block";
import type { DiskSettings } from "./disk-host.ts";
import { watchStillness } from "./node-stillness.ts";
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
 * The disk as it is: a block device that nobody else has mounted or exclusively open for as long as it is read, or an image file; one that is not written to
 * meanwhile, as the system tells. @throws Fault `snapshot-hook-missing`, `disk-not-still`, and as openFileDevice
 */
export async function openStillDisk(disk: DiskSettings): Promise<StillDisk> {
  await using open = new AsyncDisposableStack();
  const device = open.use(await openedAlone(disk.path, disk));
  const stillness = open.use(await watchStillness(device, disk));
  const kept = open.move();
  return { device, confirm: () => stillness.confirm(), [Symbol.asyncDispose]: () => kept.disposeAsync() };
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
