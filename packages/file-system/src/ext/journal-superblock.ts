import { damaged, OPEN_INSTEAD, unsupported } from "../faults.ts";
import { JOURNAL_MAGIC } from "./block-source.ts";
import { SUM_START, summed, withZeroes } from "./checksum.ts";

const SUPERBLOCK_BYTES = 1_024;
const KIND = { v1: 3, v2: 4 } as const;
const INCOMPATIBLE = {
  revoke: 0x1,
  wide: 0x2,
  asyncCommit: 0x4,
  checksumV2: 0x8,
  checksumV3: 0x10,
  fastCommit: 0x20,
} as const;
const KNOWN = Object.values(INCOMPATIBLE).reduce((all, each) => all | each, 0);
const CRC32C = 4;
const FAST_BLOCKS_DEFAULT = 256;

export const TAG = { escaped: 0x1, sameUuid: 0x2, last: 0x8 } as const;

/** What the first block of a journal says. */
export interface JournalSuperblock {
  /** In all, this one and those of fast commits included. */
  readonly blocks: number;
  /** The first one that holds transactions. */
  readonly first: number;
  /** Where the oldest transaction begins; 0 when there is none. */
  readonly start: number;
  /** Of the oldest transaction. */
  readonly sequence: number;
  readonly wide: boolean;
  /** `v1` sums whole transactions for commits that overtake their blocks, and is not needed where they do not. */
  readonly checksums: "none" | "v2" | "v3";
  readonly seed: number;
  /** At the end, for fast commits. */
  readonly fastBlocks: number;
}

/** @throws Fault `file-system-damaged`, `file-system-unsupported` */
export function parseJournalSuperblock(block: Buffer, blockBytes: number): JournalSuperblock {
  const kind = block.readUInt32BE(4);
  if (block.readUInt32BE(0) !== JOURNAL_MAGIC || (kind !== KIND.v1 && kind !== KIND.v2))
    throw damaged("ext file system's journal", "it does not begin as one");
  const incompatible = kind === KIND.v1 ? 0 : block.readUInt32BE(0x28);
  const foreign = (incompatible & ~KNOWN) >>> 0;
  if (foreign !== 0 || (incompatible & INCOMPATIBLE.asyncCommit) !== 0)
    throw unsupported(
      `The ext file system's journal has features that are not replayed here (0x${incompatible.toString(16)})`,
      OPEN_INSTEAD,
    );
  const checksums = checksumsOf(incompatible);
  if (checksums !== "none") requireChecksum(block);
  const facts: JournalSuperblock = {
    blocks: block.readUInt32BE(0x10),
    first: block.readUInt32BE(0x14),
    sequence: block.readUInt32BE(0x18),
    start: block.readUInt32BE(0x1c),
    wide: (incompatible & INCOMPATIBLE.wide) !== 0,
    checksums,
    seed: summed(SUM_START, block.subarray(0x30, 0x40)),
    fastBlocks: (incompatible & INCOMPATIBLE.fastCommit) === 0 ? 0 : block.readUInt32BE(0x54) || FAST_BLOCKS_DEFAULT,
  };
  const { blocks, first, start, fastBlocks } = facts;
  const end = blocks - fastBlocks;
  const sound =
    block.readUInt32BE(0x0c) === blockBytes &&
    first >= 1 &&
    end > first &&
    (start === 0 || (start >= first && start < end));
  if (!sound) throw damaged("ext file system's journal", "its first block contradicts itself");
  return facts;
}

/** How long one entry of a descriptor is, without the UUID that may follow. */
export function tagBytes({ checksums, wide }: JournalSuperblock): number {
  if (checksums === "v3") return 16;
  return 8 + (wide ? 4 : 0) + (checksums === "v2" ? 2 : 0);
}

function checksumsOf(incompatible: number): JournalSuperblock["checksums"] {
  if ((incompatible & INCOMPATIBLE.checksumV3) !== 0) return "v3";
  return (incompatible & INCOMPATIBLE.checksumV2) === 0 ? "none" : "v2";
}

function requireChecksum(block: Buffer): void {
  const bytes = block.subarray(0, SUPERBLOCK_BYTES);
  if (block[0x50] !== CRC32C || summed(SUM_START, withZeroes(bytes, 0xfc, 4)) !== block.readUInt32BE(0xfc))
    throw damaged("ext file system's journal", "its first block does not have its checksum");
}
