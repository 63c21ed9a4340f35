import { ExtTree } from "./ext/ext-tree.ts";
import { FatTree } from "./fat/fat-tree.ts";
import { OPEN_INSTEAD, unsupported } from "./faults.ts";
import type { FileTree } from "./file-tree.ts";
import { type Content, recognised } from "./recognition.ts";
import type { Volume } from "./volume.ts";

/** What is said of those that are not read. */
const NAMES: Readonly<Partial<Record<Content, string>>> = {
  lvm: "a physical volume of LVM: its file systems lie in logical volumes",
  md: "a member of a software RAID (md)",
  luks: "encrypted (LUKS)",
  bitlocker: "encrypted (BitLocker)",
  swap: "swap space, which has no files",
  unknown: "nothing that is known here",
};

/** Whether files are read out of such a partition. */
export function isReadable(content: Content): boolean {
  return content === "ext" || content === "fat";
}

/** The files of a partition. @throws Fault `file-system-unsupported`, `file-system-damaged`, and what the disk throws */
export async function openTree(volume: Volume): Promise<FileTree> {
  const content = await recognised(volume);
  if (content === "ext") return ExtTree.open(volume);
  if (content === "fat") return FatTree.open(volume);
  throw unsupported(
    `The partition holds ${NAMES[content] ?? `a file system (${content})`}; ext2 to ext4 and FAT are read`,
    OPEN_INSTEAD,
  );
}
