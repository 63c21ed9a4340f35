import { forgetTracking } from "@leeward/tracker";
import { nodeFiles, nodeRandom, type World } from "@leeward/world";
import type { DiskSettings } from "../disk/disk-host.ts";
import { DiskSnapshots, type DiskSnapshotsOptions } from "./disk-snapshots.ts";
import { readHookFolder } from "./node-hook-folder.ts";
import { NodeHookRunner } from "./node-hook-runner.ts";

/** How hooks are found and called. */
export type SnapshotHooks = Pick<DiskSnapshotsOptions, "hookFolder" | "limitMs" | "machine">;

/** Where snapshot hooks lie in a home. */
export function snapshotHookFolder(home: string): string {
  return `${home}/snapshot-hooks`;
}

/** Snapshots of a disk, by the hooks of this machine. */
export function snapshotsOf(
  { files, random }: Pick<World, "files" | "random">,
  { folder, diskId, name, path }: Pick<DiskSettings, "folder" | "diskId" | "name" | "path">,
  hooks: SnapshotHooks,
): DiskSnapshots {
  const find = () => readHookFolder(hooks.hookFolder);
  return new DiskSnapshots({
    files,
    random,
    folder,
    disk: { diskId, name, path },
    find,
    runner: new NodeHookRunner(),
    ...hooks,
  });
}

/**
 * Ends what the machine keeps of a disk outside of its folder: what the kernel notes of it, and a snapshot that may be left. The note says whose that is.
 * @throws as DiskSnapshots.remove
 */
export async function forgetDisk(
  world: Pick<World, "files" | "random">,
  hooks: SnapshotHooks,
  folder: string,
): Promise<void> {
  const diskId = folder.slice(folder.lastIndexOf("/") + 1);
  await snapshotsOf(world, { folder, diskId, name: diskId, path: "" }, hooks).remove();
  await forgetTracking(diskId);
}

/** As `forgetDisk`, in a home whose agent does not run. @throws as `forgetDisk` */
export async function forgetDiskIn(home: string, diskId: string): Promise<void> {
  const hooks = { hookFolder: snapshotHookFolder(home), limitMs: LIMIT_MS, machine: "" };
  await forgetDisk({ files: nodeFiles({ io: "inline" }), random: nodeRandom }, hooks, `${home}/disks/${diskId}`);
}

const LIMIT_MS = 120_000;
