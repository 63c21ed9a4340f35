// Whether a disk that is read as it is was written to meanwhile.
//
// Invariant: what `confirm` lets pass was written to by nobody since the watch began; where the system cannot tell, it is refused. Worst outcome if broken: a
// recovery point of no single moment, and nobody knows.
//
//   image file      size and times on a handle that is held over the read, and of the path: what is exchanged is another file. Only on file systems that
//                   tell them at once: over a network they are kept for a while, and a write of another host shows later
//   block device    sectors written and discarded, as the kernel counts them (Documentation/admin-guide/iostats.rst), with none under way. What waits in the
//                   page cache is written first, so that it is counted. That the kernel counts at all is seen by what was read
import { type BigIntStats, promises as fs } from "node:fs";
import { basename, dirname } from "node:path";
import { Fault } from "@leeward/base";
import { type FileDevice, identityOf } from "@leeward/block";
import { isWindows } from "@leeward/world";
import { STILL_FILE_MS_MIN } from "../limits.ts";
import type { DiskSettings } from "./disk-host.ts";

/** statfs(2): ext2 to ext4, XFS, Btrfs, F2FS, ZFS, bcachefs, JFS, tmpfs, overlayfs. */
const LOCAL_FILE_SYSTEMS = new Set([
  0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0xca45_1a4e, 0x3153_464a, 0x0102_1994, 0x794c_7630,
]);
/** How often the counts of a whole disk and of its partitions are read until they are of one moment. */
const COUNTS_TRIES_MAX = 100;

type Watched = Pick<DiskSettings, "path" | "name" | "diskId">;

/** A disk that is watched until it is disposed of. */
export interface Stillness extends AsyncDisposable {
  /** @throws Fault `disk-not-still` */
  confirm(): Promise<void>;
}

/** Watches what `device` has open. @throws Fault `disk-not-still` where it was written to just now, or where that cannot be told */
export async function watchStillness(device: FileDevice, disk: Watched): Promise<Stillness> {
  const handle = await orUntold(disk, () => fs.open(disk.path));
  try {
    const begin = device.kind === "file" ? fileStill : deviceStill;
    const confirm = await orUntold(disk, async () => {
      const [read, held] = [await device.identity(), identityOf(handle.fd, device.sizeBytes)];
      if (JSON.stringify(read) !== JSON.stringify(held)) throw notStill(disk);
      return begin(handle, disk);
    });
    return { confirm: () => orUntold(disk, confirm), [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function fileStill(handle: fs.FileHandle, disk: Watched): Promise<() => Promise<void>> {
  if (!isWindows) {
    const { type } = await fs.statfs(`/proc/self/fd/${handle.fd}`);
    if (!LOCAL_FILE_SYSTEMS.has(type)) throw untold(disk, "its file system may tell of a write later");
    // Whoever writes by mapping it tells so by its times at the next write to each page that is clean.
    await handle.datasync();
  }
  const { text, quietMs } = timesOf(await handle.stat({ bigint: true }));
  // A change in the same tick of the file system's clock would leave its times as they are.
  if (quietMs < STILL_FILE_MS_MIN) throw notStill(disk);
  return async () => {
    const now = [await handle.stat({ bigint: true }), await fs.stat(disk.path, { bigint: true })];
    if (now.some((stats) => timesOf(stats).text !== text)) throw notStill(disk);
  };
}

/** What is another one after the file was written to, or exchanged; and for how long nobody had. */
function timesOf(stats: BigIntStats): { readonly text: string; readonly quietMs: number } {
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats;
  const changedMs = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(" "), quietMs: Date.now() - changedMs };
}

async function deviceStill(handle: fs.FileHandle, disk: Watched): Promise<() => Promise<void>> {
  const { device } = identityOf(handle.fd, 0);
  const folder = await fs.realpath(`/sys/dev/block/${device}`);
  const count = async (): Promise<Counts> => {
    await handle.datasync();
    return countsOf(folder, disk);
  };
  const before = await count();
  return async () => {
    const after = await count();
    if (after.read === before.read) throw untold(disk, "the kernel does not count what is read and written there");
    if (after.written !== before.written || after.writing !== 0) throw notStill(disk);
  };
}

interface Counts {
  /** Sectors read. */
  readonly read: number;
  /** Sectors written or discarded. */
  readonly written: number;
  /** Writes under way. */
  readonly writing: number;
}

/** Of a partition also what was written to it through the whole disk, which is counted there alone: all that this counts beyond its partitions. */
async function countsOf(folder: string, disk: Watched): Promise<Counts> {
  if (!(await isPartition(folder))) return countsIn(folder);
  const whole = dirname(folder);
  const partitions = await partitionsIn(whole);
  for (let tries = 0; tries < COUNTS_TRIES_MAX; tries += 1) {
    const before = await countsIn(whole);
    const parts = await Promise.all(partitions.map(countsIn));
    const after = await countsIn(whole);
    if (after.written !== before.written || after.writing !== before.writing) continue;
    const own = parts[partitions.indexOf(folder)];
    if (own === undefined) break;
    return {
      read: own.read,
      written: own.written + after.written - parts.reduce((sum, { written }) => sum + written, 0),
      writing: own.writing + after.writing - parts.reduce((sum, { writing }) => sum + writing, 0),
    };
  }
  throw untold(disk, `${basename(whole)} is written to all the time`);
}

async function partitionsIn(whole: string): Promise<string[]> {
  const folders = (await fs.readdir(whole)).map((name) => `${whole}/${name}`);
  const are = await Promise.all(folders.map(isPartition));
  return folders.filter((_, index) => are[index]);
}

function isPartition(folder: string): Promise<boolean> {
  return fs.access(`${folder}/partition`).then(
    () => true,
    () => false,
  );
}

/** Documentation/block/stat.rst; kernels before 4.18 count what is discarded as written. */
async function countsIn(folder: string): Promise<Counts> {
  const counts = (await fs.readFile(`${folder}/stat`, "utf8")).trim().split(/\s+/).map(Number);
  const [, writing = Number.NaN] = (await fs.readFile(`${folder}/inflight`, "utf8")).trim().split(/\s+/).map(Number);
  const [read = Number.NaN, written = Number.NaN, discarded = 0] = [counts[2], counts[6], counts[13]];
  return { read, written: written + discarded, writing };
}

/** What keeps it from being told is a fault, too. */
async function orUntold<T>(disk: Watched, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Fault ? error : untold(disk, "the system does not answer", error);
  }
}

function notStill(disk: Watched): Fault {
  const { path, name } = disk;
  const message = `${name} (${path}) was written to while it was read, or just before, and there is no snapshot hook for it: what was read is of no single moment, and no point.`;
  return refusal(disk, message);
}

function untold(disk: Watched, why: string, cause?: unknown): Fault {
  const { path, name } = disk;
  const message = `Whether ${name} (${path}) is written to while it is read cannot be told, since ${why}, and there is no snapshot hook for it: what is read is no point.`;
  return refusal(disk, message, cause);
}

function refusal({ path, diskId }: Watched, message: string, cause?: unknown): Fault {
  return new Fault({
    code: "disk-not-still",
    kind: "operator",
    message,
    remedy:
      "Put an executable into the agent's `snapshot-hooks` that makes snapshots of it, as the manual says, named after the disk or `default`; let nobody write to it while it is read; or protect it by another capture.",
    detail: { disk: diskId, path },
    cause,
  });
}
