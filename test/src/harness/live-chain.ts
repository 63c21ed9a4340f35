import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rm, rmdir, stat, unlink } from "node:fs/promises";
import type { Chain } from "./chain.ts";
import { eventually } from "./eventually.ts";
import { checkFileSystem, endTracking, type FileSystemKind, LoopDisk } from "./loop-disk.ts";
import { scrape } from "./metrics.ts";
import { type DiskDocument, disksOf, pointOf } from "./shapes.ts";

const POINT_SECONDS = 120;
const PINS = "/sys/fs/bpf/leeward";

/** Protects a live device, and waits until its first copy has ended. */
export async function protectLive(chain: Chain, { device, name }: { device: string; name: string }): Promise<void> {
  const where = ["--path", device, "--name", name, "--capture", "tracker"];
  await chain.run("disk", "protect", chain.machine, ...where, "--timeout", "60");
  await untilState(chain, name, "protected");
}

/** Ends all of it, with what the kernel would go on noting for the next agent. The agent's home is still there. */
export async function stopLive(chain: Chain): Promise<void> {
  const disks = await readdir(`${chain.agentHome}/disks`).catch(() => []);
  await chain.stop({ keep: false });
  for (const disk of disks) await removePins(disk);
}

/** Without its pins the kernel forgets what it noted of a disk that no agent tracks now. */
export async function removePins(diskId: string): Promise<void> {
  const folder = `${PINS}/${diskId}`;
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) await unlink(`${folder}/${name}`);
  await rmdir(folder);
}

/** Another one after the kernel's notes of a disk were begun anew; undefined when it has none. */
export async function notesOf(diskId: string): Promise<number | undefined> {
  return await stat(`${PINS}/${diskId}/control`).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

export async function liveDisk(chain: Chain, name: string): Promise<DiskDocument> {
  const disk = disksOf(await chain.run("disk", "status", chain.machine)).find((each) => each.name === name);
  if (disk === undefined) throw new Error(`${name} is not protected`);
  return disk;
}

export async function untilState(chain: Chain, name: string, state: string): Promise<void> {
  await eventually(`${name} is ${state}`, async () =>
    (await liveDisk(chain, name)).state === state ? true : undefined,
  );
}

/** Tried again while a disk is being read anew: a kernel that does not run the tracker's programs for every request has it read at any time. */
export function createPoint(chain: Chain, seconds = POINT_SECONDS): Promise<string> {
  return eventually("every disk is protected", async () => {
    try {
      return pointOf(await chain.run("point", "create", chain.machine, "--timeout", String(seconds))).id;
    } catch (error) {
      if (String(error).includes('"disks-not-ready"')) return undefined;
      throw error;
    }
  });
}

/** How often the agent, since it was started, found that its tracker may have missed something. */
export async function lossesTold(chain: Chain): Promise<number> {
  const text = await scrape(`${chain.agentHome}/metrics.sock`);
  const counts = text.matchAll(/^leeward_faults_total\{code="tracking-lost",[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

export async function savePoint(chain: Chain, { disk, at }: { disk: string; at: string }): Promise<string> {
  const image = `${chain.folder}/saved-${disk}-${at}.img`;
  await chain.run("point", "save", chain.machine, disk, "--at", at, "--to", image);
  return image;
}

/** Saves a point, has its file system checked, and looks into its files; the saved image is gone afterwards. */
export async function lookInto<T>(
  chain: Chain,
  { disk, at, kind }: { disk: string; at: string; kind: FileSystemKind },
  look: (folder: string) => Promise<T>,
): Promise<T> {
  const image = await savePoint(chain, { disk, at });
  try {
    await using saved = await LoopDisk.attach(image, kind === "xfs" ? "as-it-is" : "read-only");
    await checkFileSystem(saved, kind);
    await saved.mount(kind === "xfs" ? "ro,nouuid" : "ro");
    try {
      return await look(saved.mountPoint);
    } finally {
      await saved.unmount();
    }
  } finally {
    await rm(image);
  }
}

/** The newest row of a SQLite database that lies in a folder which takes no writes: its files are looked at elsewhere. */
export async function copiedDatabase(from: string, to: string): Promise<string> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to);
  for (const end of ["", "-wal"]) await copyFile(`${from}${end}`, `${to}/rows.db${end}`);
  return `${to}/rows.db`;
}

/** Once the chain's agent has ended for good: the kernel, which would go on noting for it, forgets a device, which is then detached. */
export async function detachLive(chain: Chain, disk: LoopDisk): Promise<void> {
  try {
    const ids = await readdir(`${chain.agentHome}/disks`).catch(() => []);
    for (const diskId of ids) await endTracking(disk.device, diskId);
  } finally {
    await disk.detach();
  }
}
