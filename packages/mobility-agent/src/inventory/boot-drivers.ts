/** Drivers of disks that a replica machine can be given, as the kernel names them. */
const WANTED = ["virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod", "ahci", "ata_piix", "nvme"];
const MODULE = /(?:^|\/)([a-z0-9_-]+)\.ko(?:\.(?:gz|xz|zst))?$/;

/**
 * Which of them the kernel has before its root file system is there: what is built in, and what its initramfs brings. Both are lists of files, one to a line,
 * as modules.builtin and the tools that list an initramfs have them.
 */
export function bootDrivers(...lists: readonly string[]): string[] {
  const lines = lists.flatMap((list) => list.split("\n"));
  const names = new Set(lines.map((line) => MODULE.exec(line.trim())?.[1]?.replaceAll("-", "_")));
  return WANTED.filter((name) => names.has(name));
}
