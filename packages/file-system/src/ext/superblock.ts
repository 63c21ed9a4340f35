// The superblock of ext2, ext3 and ext4 (Documentation/filesystems/ext4 of the Linux kernel): 1,024 bytes at byte 1,024, little-endian.
import { damaged, OPEN_INSTEAD, unsupported } from "../faults.ts";
import { SUM_START, summed } from "./checksum.ts";

export const SUPERBLOCK_OFFSET = 1_024;
export const SUPERBLOCK_BYTES = 1_024;

export const INCOMPATIBLE = {
  fileType: 0x2,
  recover: 0x4,
  metaBlockGroups: 0x10,
  extents: 0x40,
  wide: 0x80,
  multiMount: 0x100,
  flexibleGroups: 0x200,
  attributeInodes: 0x400,
  checksumSeed: 0x2000,
  largeFolders: 0x4000,
  inlineData: 0x8000,
  encrypt: 0x1_0000,
  caseFold: 0x2_0000,
} as const;
const KNOWN = Object.values(INCOMPATIBLE).reduce((all, each) => all | each, 0);
const READ_ONLY = { sparseSuper: 0x1, bigAllocation: 0x200, checksums: 0x400 } as const;
const COMPATIBLE = { hasJournal: 0x4, sparseSuper2: 0x200 } as const;
const CRC32C = 1;

export interface Superblock {
  readonly kind: "ext2" | "ext3" | "ext4";
  readonly label: string;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly inodes: number;
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeBytes: number;
  readonly descriptorBytes: number;
  readonly firstMetaGroup: number | undefined;
  /** Whether each group keeps a copy of this, or only those by the rule of sparse superblocks. */
  readonly sparseSuper: boolean;
  readonly incompatible: number;
  /** What all checksums begin with; undefined where there are none. */
  readonly checksumSeed: number | undefined;
  readonly journalInode: number;
  readonly hasJournal: boolean;
}

/** @throws Fault `file-system-damaged`, `file-system-unsupported` */
export function parseSuperblock(bytes: Uint8Array): Superblock {
  const view = Buffer.from(bytes);
  const wordAt = (at: number): number => view.readUInt32LE(at);
  const [compatible, incompatible, readOnly] = [wordAt(0x5c), wordAt(0x60), wordAt(0x64)];
  const isChecked = (readOnly & READ_ONLY.checksums) !== 0;
  if (isChecked && (view[0x175] !== CRC32C || summed(SUM_START, view.subarray(0, 0x3fc)) !== wordAt(0x3fc)))
    throw damaged("ext file system", "its superblock does not have its checksum");
  requireKnown({ compatible, incompatible, readOnly }, 1_024 << wordAt(0x18));
  const wide = (incompatible & INCOMPATIBLE.wide) !== 0;
  const revision = wordAt(0x4c);
  const seeded = (incompatible & INCOMPATIBLE.checksumSeed) !== 0;
  const superblock: Superblock = {
    kind: kindOf(compatible, incompatible, readOnly),
    label: new TextDecoder().decode(view.subarray(0x78, 0x88)).replace(/\0.*$/s, ""),
    blockBytes: 1_024 << wordAt(0x18),
    blocks: wordAt(0x04) + (wide ? wordAt(0x150) * 2 ** 32 : 0),
    inodes: wordAt(0x00),
    firstDataBlock: wordAt(0x14),
    blocksPerGroup: wordAt(0x20),
    inodesPerGroup: wordAt(0x28),
    inodeBytes: revision === 0 ? 128 : view.readUInt16LE(0x58),
    descriptorBytes: wide ? view.readUInt16LE(0xfe) : 32,
    firstMetaGroup: (incompatible & INCOMPATIBLE.metaBlockGroups) === 0 ? undefined : wordAt(0x104),
    sparseSuper: (readOnly & READ_ONLY.sparseSuper) !== 0,
    incompatible,
    checksumSeed: isChecked ? (seeded ? wordAt(0x270) : summed(SUM_START, view.subarray(0x68, 0x78))) : undefined,
    journalInode: wordAt(0xe0),
    hasJournal: (compatible & COMPATIBLE.hasJournal) !== 0,
  };
  requireSound(superblock, wordAt(0x18));
  return superblock;
}

export function groupsOf({ blocks, firstDataBlock, blocksPerGroup }: Superblock): number {
  return Math.ceil((blocks - firstDataBlock) / blocksPerGroup);
}

/** The seed of a thing's own checksum, or undefined where there are none. */
export function has(superblock: Superblock, feature: keyof typeof INCOMPATIBLE): boolean {
  return (superblock.incompatible & INCOMPATIBLE[feature]) !== 0;
}

interface Features {
  readonly compatible: number;
  readonly incompatible: number;
  readonly readOnly: number;
}

function requireKnown({ compatible, incompatible, readOnly }: Features, blockBytes: number): void {
  const foreign = (incompatible & ~KNOWN) >>> 0;
  const metaGroups = (incompatible & INCOMPATIBLE.metaBlockGroups) !== 0;
  const bigAllocation = (readOnly & READ_ONLY.bigAllocation) !== 0;
  if (foreign !== 0)
    throw unsupported(
      `The ext file system has features that are not read here (0x${foreign.toString(16)})`,
      OPEN_INSTEAD,
    );
  if (metaGroups && ((compatible & COMPATIBLE.sparseSuper2) !== 0 || (bigAllocation && blockBytes === 1_024)))
    throw unsupported(
      "The ext file system has a rare layout of its groups (meta_bg), which is not read here",
      OPEN_INSTEAD,
    );
}

function requireSound(superblock: Superblock, logBlockSize: number): void {
  const { blockBytes, blocks, inodes, blocksPerGroup, inodesPerGroup, inodeBytes, descriptorBytes } = superblock;
  const isPower = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;
  const groups = groupsOf(superblock);
  const sound =
    logBlockSize <= 6 &&
    superblock.firstDataBlock <= 1 &&
    blocksPerGroup > 0 &&
    inodesPerGroup > 0 &&
    Number.isSafeInteger(blocks * blockBytes) &&
    isPower(inodeBytes) &&
    inodeBytes >= 128 &&
    inodeBytes <= blockBytes &&
    isPower(descriptorBytes) &&
    descriptorBytes >= (has(superblock, "wide") ? 64 : 32) &&
    descriptorBytes <= blockBytes &&
    groups >= 1 &&
    groups * inodesPerGroup >= inodes;
  if (!sound) throw damaged("ext file system", "its superblock contradicts itself");
}

function kindOf(compatible: number, incompatible: number, readOnly: number): Superblock["kind"] {
  const { extents, wide, flexibleGroups, metaBlockGroups, fileType, recover } = INCOMPATIBLE;
  const older = fileType | recover | metaBlockGroups;
  const isFour = (incompatible & (extents | wide | flexibleGroups | ~older)) !== 0 || (readOnly & ~0x7) !== 0;
  if (isFour) return "ext4";
  return (compatible & COMPATIBLE.hasJournal) === 0 ? "ext2" : "ext3";
}
