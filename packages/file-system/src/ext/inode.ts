// Inodes: found through the descriptor of their group, each with its own checksum where the file system keeps them.
import { damaged } from "../faults.ts";
import type { BlockSource } from "./block-source.ts";
import { littleEndian32, summed, withZeroes } from "./checksum.ts";
import { groupsOf, SUPERBLOCK_OFFSET, type Superblock } from "./superblock.ts";

export const INODE_FLAG = {
  encrypt: 0x800,
  compressed: 0x4,
  index: 0x1000,
  extents: 0x8_0000,
  inlineData: 0x1000_0000,
};
const OLD_BYTES = 128;
const MICROS = 1_000_000;

/** A file, folder or link, as the disk has it. */
export interface Inode {
  readonly number: number;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly flags: number;
  readonly modifiedMicros: number;
  readonly user: number;
  readonly group: number;
  /** The 60 bytes that say where its content is, or hold it. */
  readonly block: Buffer;
  /** All of it. */
  readonly bytes: Buffer;
  /** Where its checksums begin; undefined where there are none. */
  readonly seed: number | undefined;
}

export class InodeTable {
  readonly #blocks: BlockSource;
  readonly #superblock: Superblock;

  constructor(blocks: BlockSource, superblock: Superblock) {
    this.#blocks = blocks;
    this.#superblock = superblock;
  }

  /** @throws Fault `file-system-damaged` */
  async inode(number: number): Promise<Inode> {
    const { inodes, inodesPerGroup, inodeBytes, blockBytes, checksumSeed } = this.#superblock;
    if (number < 1 || number > inodes) throw damaged("ext file system", `something refers to inode ${number}`);
    const index = (number - 1) % inodesPerGroup;
    const table = await this.#tableOf(Math.floor((number - 1) / inodesPerGroup));
    const at = index * inodeBytes;
    const block = await this.#blocks.block(table + Math.floor(at / blockBytes));
    const bytes = Buffer.from(block.subarray(at % blockBytes, (at % blockBytes) + inodeBytes));
    const seed =
      checksumSeed === undefined ? undefined : summed(checksumSeed, littleEndian32(number), bytes.subarray(0x64, 0x68));
    requireChecksum(number, bytes, seed);
    return inodeOf(number, bytes, seed);
  }

  /** The first block of a group's inodes. */
  async #tableOf(group: number): Promise<number> {
    const { descriptorBytes, blockBytes, checksumSeed } = this.#superblock;
    const perBlock = blockBytes / descriptorBytes;
    const block = await this.#blocks.block(descriptorBlock(this.#superblock, Math.floor(group / perBlock)));
    const at = (group % perBlock) * descriptorBytes;
    const descriptor = block.subarray(at, at + descriptorBytes);
    if (checksumSeed !== undefined) {
      const sum = summed(checksumSeed, littleEndian32(group), withZeroes(descriptor, 0x1e, 2)) & 0xffff;
      if (sum !== descriptor.readUInt16LE(0x1e))
        throw damaged("ext file system", `the descriptor of group ${group} does not have its checksum`);
    }
    return descriptor.readUInt32LE(0x08) + (descriptorBytes >= 64 ? descriptor.readUInt32LE(0x28) * 2 ** 32 : 0);
  }
}

/** Where the `index`th block of group descriptors is: behind the superblock, or with meta_bg in the groups that it describes. */
function descriptorBlock(superblock: Superblock, index: number): number {
  const { firstDataBlock, firstMetaGroup, blocksPerGroup, blockBytes, descriptorBytes } = superblock;
  // With blocks of 1 KiB the superblock is block 1 also where the first group begins at block 0, as with bigalloc.
  const superblockAt = Math.floor(SUPERBLOCK_OFFSET / blockBytes);
  if (firstMetaGroup === undefined || index < firstMetaGroup) return superblockAt + 1 + index;
  const group = index * (blockBytes / descriptorBytes);
  if (group >= groupsOf(superblock)) throw damaged("ext file system", `there is no group ${group}`);
  return firstDataBlock + group * blocksPerGroup + (hasSuperblock(superblock, group) ? 1 : 0);
}

function hasSuperblock({ sparseSuper }: Superblock, group: number): boolean {
  if (!sparseSuper || group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

function requireChecksum(number: number, bytes: Buffer, seed: number | undefined): void {
  if (seed === undefined) return;
  const isLong = bytes.length > OLD_BYTES && bytes.readUInt16LE(0x80) >= 4;
  const low = withZeroes(bytes, 0x7c, 2);
  const found = summed(seed, isLong ? withZeroes(low, 0x82, 2) : low);
  const kept = bytes.readUInt16LE(0x7c) + (isLong ? bytes.readUInt16LE(0x82) * 65_536 : 0);
  if ((isLong ? found : found & 0xffff) !== kept)
    throw damaged("ext file system", `inode ${number} does not have its checksum`);
}

function inodeOf(number: number, bytes: Buffer, seed: number | undefined): Inode {
  const extra = bytes.length > OLD_BYTES ? bytes.readUInt16LE(0x80) : 0;
  if (extra > bytes.length - OLD_BYTES) throw damaged("ext file system", `inode ${number} is longer than its place`);
  const fine = extra >= 0x8c - OLD_BYTES ? bytes.readUInt32LE(0x88) : 0;
  const seconds = bytes.readInt32LE(0x10) + (fine & 3) * 2 ** 32;
  const sizeBytes = bytes.readUInt32LE(0x04) + bytes.readUInt32LE(0x6c) * 2 ** 32;
  if (!Number.isSafeInteger(sizeBytes)) throw damaged("ext file system", `inode ${number} has an impossible size`);
  return {
    number,
    mode: bytes.readUInt16LE(0),
    sizeBytes,
    flags: bytes.readUInt32LE(0x20),
    modifiedMicros: seconds * MICROS + Math.floor((fine >>> 2) / 1_000),
    user: bytes.readUInt16LE(0x02) + bytes.readUInt16LE(0x78) * 65_536,
    group: bytes.readUInt16LE(0x18) + bytes.readUInt16LE(0x7a) * 65_536,
    block: bytes.subarray(0x28, 0x64),
    bytes,
    seed,
  };
}
