import { isFatVolume } from "./fat/boot-sector.ts";
import type { Volume } from "./volume.ts";

/** What a partition holds, by the marks that each kind leaves; `unknown` when it is none of these. */
export type Content =
  | "ext"
  | "fat"
  | "xfs"
  | "btrfs"
  | "ntfs"
  | "exfat"
  | "refs"
  | "bitlocker"
  | "lvm"
  | "luks"
  | "md"
  | "swap"
  | "f2fs"
  | "jfs"
  | "squashfs"
  | "iso9660"
  | "zfs"
  | "unknown";

const KiB = 1024;
/** What lies around a file system is looked for before it: what it holds may show through. */
const MARKS: readonly { readonly content: Content; readonly offset: number; readonly bytes: string }[] = [
  { content: "luks", offset: 0, bytes: "LUKS\xba\xbe" },
  { content: "lvm", offset: 512, bytes: "LABELONE" },
  { content: "lvm", offset: 0, bytes: "LABELONE" },
  { content: "md", offset: 4 * KiB, bytes: "\xfc\x4e\x2b\xa9" },
  { content: "md", offset: 0, bytes: "\xfc\x4e\x2b\xa9" },
  { content: "bitlocker", offset: 3, bytes: "-FVE-FS-" },
  { content: "ntfs", offset: 3, bytes: "NTFS    " },
  { content: "exfat", offset: 3, bytes: "EXFAT   " },
  { content: "refs", offset: 3, bytes: "ReFS\0\0\0\0" },
  { content: "xfs", offset: 0, bytes: "XFSB" },
  { content: "squashfs", offset: 0, bytes: "hsqs" },
  { content: "swap", offset: 4 * KiB - 10, bytes: "SWAPSPACE2" },
  { content: "btrfs", offset: 64 * KiB + 64, bytes: "_BHRfS_M" },
  { content: "jfs", offset: 32 * KiB, bytes: "JFS1" },
  { content: "f2fs", offset: KiB, bytes: "\x10\x20\xf5\xf2" },
  { content: "ext", offset: KiB + 56, bytes: "\x53\xef" },
  { content: "iso9660", offset: 32 * KiB + 1, bytes: "CD001" },
  { content: "zfs", offset: 128 * KiB, bytes: "\x0c\xb1\xba\0\0\0\0\0" },
];

export async function recognised(volume: Volume): Promise<Content> {
  const start = Buffer.from(await volume.peek(0, 129 * KiB));
  const mark = MARKS.find(
    ({ offset, bytes }) => start.subarray(offset, offset + bytes.length).toString("latin1") === bytes,
  );
  if (mark !== undefined) return mark.content;
  return (await isFatVolume(volume)) ? "fat" : "unknown";
}
