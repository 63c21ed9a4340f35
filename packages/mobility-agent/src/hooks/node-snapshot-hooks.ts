import { forgetTracking } from "@leeward/tracker";
import { type Files, nodeFiles, type World } from "@leeward/world";
import type { DiskSettings } from "../disk/disk-host.ts";
import {
  DiskSnapshots,
  type DiskSnapshotsOptions,
  type LeftSnapshotOptions,
  removeSnapshot,
} from "./disk-snapshots.ts";
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
  return new DiskSnapshots({
    ...meansOf(files, folder, hooks.hookFolder),
    random,
    disk: { diskId, name, path },
    ...hooks,
  });
}

function meansOf(files: Files, folder: string, hookFolder: string): LeftSnapshotOptions {
  return { files, folder, hookFolder, find: () => readHookFolder(hookFolder), runner: new NodeHookRunner() };
}

/**
 * Ends what the machine keeps of a disk outside of its folder: what the kernel notes of it, and a snapshot that may be left. The note says whose that is.
 * @throws as removeSnapshot
 */
export async function forgetDisk(files: Files, home: string, diskId: string): Promise<void> {
  await removeSnapshot(meansOf(files, `${home}/disks/${diskId}`, snapshotHookFolder(home)));
  await forgetTracking(diskId);
}

/** As `forgetDisk`, in a home whose agent does not run. @throws as `forgetDisk` */
export function forgetDiskIn(home: string, diskId: string): Promise<void> {
  return forgetDisk(nodeFiles({ io: "inline" }), home, diskId);
}
