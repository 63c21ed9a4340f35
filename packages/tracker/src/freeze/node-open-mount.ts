import { closeSync, constants, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { MountedFileSystem } from "../freezer.ts";
import { type Mount, parseMounts } from "./mount-table.ts";

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

export function mountsNow(proc: string): Mount[] {
  return parseMounts(readFileSync(join(proc, "self", "mountinfo"), "utf8"));
}

/** The mount through which an open file was reached. Unlike its device number this is certain also for btrfs and for bind mounts. */
export function mountOfOpen(fd: number, mounts: readonly Mount[]): Mount | undefined {
  const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
  return mounts.find((mount) => mount.id === Number(id));
}

/** The mount that a file lies in; undefined when it cannot be opened. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const fd = openPlain(path);
  if (fd === undefined) return undefined;
  try {
    return mountOfOpen(fd, mounts);
  } finally {
    closeSync(fd);
  }
}

/**
 * A descriptor of the file system's mount point; undefined when it does not lead there (another may be mounted over it). Whoever acts on a
 * file system does it on a descriptor that was checked like this, never on a path.
 */
export function openMounted(fileSystem: MountedFileSystem, mounts: readonly Mount[]): number | undefined {
  const fd = openPlain(fileSystem.mountPoint);
  if (fd === undefined || mountOfOpen(fd, mounts)?.device === fileSystem.device) return fd;
  closeSync(fd);
  return undefined;
}

/** Opens folders and regular files only: opening a device or a fifo, which can be mounted over a file too, may do something. */
function openPlain(path: string): number | undefined {
  try {
    const stat = statSync(path);
    return stat.isDirectory() || stat.isFile() ? openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) : undefined;
  } catch {
    // Not there, or not for us: whoever asked says what that means.
    return undefined;
  }
}
