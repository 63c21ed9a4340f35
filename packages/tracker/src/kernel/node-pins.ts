import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { mountedAt } from "./node-mounts.ts";

/** Below the kernel's file system of BPF objects, one folder for each tracked disk. */
const FOLDER = "leeward";

/** Where the disk's objects are pinned, or are to be; undefined where the kernel has no such file system for us. */
export async function pinFolder(diskId: string): Promise<string | undefined> {
  try {
    const parent = join(await mountedAt("bpf"), FOLDER);
    if (!existsSync(parent)) mkdirSync(parent, { mode: 0o700 });
    return join(parent, diskId);
  } catch {
    // Nothing outlives the process then: the tracker works, under a new id at every start.
    return undefined;
  }
}

export function makePinFolder(folder: string): void {
  removePins(folder);
  mkdirSync(folder, { mode: 0o700 });
}

export function removePins(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
  rmdirSync(folder);
}

export function movePins(from: string, to: string): void {
  removePins(to);
  renameSync(from, to);
}

/** The folder of what is to take the place of what is pinned, while it is made. The file system takes no dot in a name. */
export function nextOf(folder: string): string {
  return `${folder}-next`;
}
