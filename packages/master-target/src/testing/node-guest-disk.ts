// A disk with a Linux guest's root file system, as a crash leaves it: copied while it was mounted, changed and not synchronized, with a file that is deleted
// and still open.
import { execFileSync } from "node:child_process";
import { constants, promises as fs } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MiB } from "@leeward/base";
import { bootDisk } from "@leeward/recovery-host/testing";
import { GREETING } from "./node-replica-rig.ts";

export const PARTITION_AT = MiB;
const FILE_SYSTEM_BYTES = 24 * MiB;
const SECTOR_BYTES = 512;
const TABLE_AT = 446;
const LINUX = 0x83;

export interface GuestDiskOptions {
  /** By path; a text that begins with "→" is a link to what follows. */
  readonly files: Readonly<Record<string, string>>;
  readonly made?: readonly string[];
}

/** What every guest has. */
export const SYSTEM_FILES = {
  "/etc/fstab": "",
  "/etc/os-release": "ID=debian\n",
  "/sbin": "→usr/sbin",
  "/usr/sbin/init": "",
};

/** The file system alone, not unmounted. */
export async function crashedFileSystem(folder: string, options: GuestDiskOptions): Promise<Uint8Array> {
  const image = join(folder, "image");
  await fs.writeFile(image, "");
  await fs.truncate(image, FILE_SYSTEM_BYTES);
  run("mke2fs", "-q", "-F", ...(options.made ?? ["-t", "ext4"]), image);
  const mountPoint = join(folder, "mounted");
  await fs.mkdir(mountPoint, { recursive: true });
  const device = await attached(image);
  try {
    run("mount", device, mountPoint);
    try {
      await put(mountPoint, options.files);
      const open = await fs.open(join(mountPoint, "open"), "w");
      await open.writeFile("x".repeat(20_000));
      run("sync", "-f", mountPoint);
      await fs.rm(join(mountPoint, "open"));
      for (let index = 0; index < 50; index += 1) await fs.writeFile(join(mountPoint, `late ${index}`), "late");
      run("sync", "-f", mountPoint);
      await fs.copyFile(image, `${image}.crashed`, constants.COPYFILE_FICLONE);
      await open.close();
    } finally {
      run("umount", mountPoint);
    }
  } finally {
    run("losetup", "--detach", device);
  }
  return await fs.readFile(`${image}.crashed`);
}

/** The file system alone, as an unmount leaves it. */
export async function plainFileSystem(folder: string, { files, made }: GuestDiskOptions): Promise<Uint8Array> {
  const [image, root] = [join(folder, "image"), join(folder, "root")];
  await fs.writeFile(image, "");
  await fs.truncate(image, FILE_SYSTEM_BYTES);
  await fs.mkdir(root, { recursive: true });
  await put(root, files);
  run("mke2fs", "-q", "-F", ...(made ?? ["-t", "ext4"]), "-d", root, image);
  await fs.rm(root, { recursive: true });
  return await fs.readFile(image);
}

/** A disk that boots the guest in one sector, with the file system in its only partition. */
export function guestDisk(fileSystem: Uint8Array): Uint8Array {
  const disk = new Uint8Array(PARTITION_AT + fileSystem.length);
  disk.set(bootDisk(GREETING));
  const table = new DataView(disk.buffer, TABLE_AT);
  table.setUint8(4, LINUX);
  table.setUint32(8, PARTITION_AT / SECTOR_BYTES, true);
  table.setUint32(12, fileSystem.length / SECTOR_BYTES, true);
  disk.set([0x55, 0xaa], SECTOR_BYTES - 2);
  disk.set(fileSystem, PARTITION_AT);
  return disk;
}

async function put(root: string, files: GuestDiskOptions["files"]): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await fs.mkdir(dirname(`${root}${path}`), { recursive: true });
    if (content.startsWith("→")) await fs.symlink(content.slice(1), `${root}${path}`);
    else await fs.writeFile(`${root}${path}`, content);
  }
}

/** Loop devices are few, and between finding a free one and taking it another may have. */
async function attached(image: string): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return run("losetup", "--find", "--show", image).trim();
    } catch (error) {
      if (tries === 300) throw error;
      await delay(200);
    }
  }
}

function run(tool: string, ...args: readonly string[]): string {
  return execFileSync(tool, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
