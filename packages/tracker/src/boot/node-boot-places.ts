import { existsSync, readFileSync } from "node:fs";
import { BlockTree, blockDeviceAt, devicePart, KERNEL } from "../freeze/node-block-tree.ts";
import { mountsNow } from "../freeze/node-open-mount.ts";

const FSTAB = "/etc/fstab";
const BOOT_FOLDER = /^\/(?:boot|efi)(?:\/|$)/;
/** Tags of fstab(5), and where udev keeps links of their names. */
const LINKS: Readonly<Record<string, string>> = {
  UUID: "/dev/disk/by-uuid",
  LABEL: "/dev/disk/by-label",
  PARTUUID: "/dev/disk/by-partuuid",
  PARTLABEL: "/dev/disk/by-partlabel",
};

/**
 * Whether a file system that is mounted at /boot, /efi or below, now or by /etc/fstab, lies on the device or may: what starts the machine writes to it
 * before any kernel runs. @throws Fault `disk-missing`, `disk-unsuitable`
 */
export function mayBeBootFolder(path: string, fstab: string = FSTAB): boolean {
  const tree = new BlockTree(mountsNow(KERNEL.proc), KERNEL);
  const target = devicePart(path, tree);
  const mounted = tree.mounts.filter(({ mountPoint }) => BOOT_FOLDER.test(mountPoint)).map(({ device }) => device);
  const planned = existsSync(fstab) ? bootSources(readFileSync(fstab, "utf8")).map(deviceOf) : [];
  return [...mounted, ...planned].some((device) => device === undefined || tree.mayTouch(device, target));
}

function bootSources(fstab: string): string[] {
  const lines = fstab.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.flatMap(([source = "#", at = ""]) => (!source.startsWith("#") && BOOT_FOLDER.test(at) ? [source] : []));
}

/** undefined when it cannot be told. */
function deviceOf(source: string): string | undefined {
  const [, tag = "", value = ""] = /^([A-Z]+)="?([^"]*)"?$/.exec(source) ?? [];
  const folder = LINKS[tag];
  return blockDeviceAt(folder === undefined ? source : `${folder}/${value}`);
}
