// The names in a folder: entries one behind another in its blocks. An index (htree) hides in what looks like empty entries, so that names are
// read without it; the last entry of a block may be a checksum.
import { damaged, OPEN_INSTEAD, unsupported } from "../faults.ts";
import { summed } from "./checksum.ts";
import { INODE_FLAG, type Inode } from "./inode.ts";

const HEAD_BYTES = 8;
const TAIL_BYTES = 12;
const TAIL_TYPE = 0xde;

export interface NamedInode {
  readonly name: Uint8Array;
  readonly inode: number;
}

/** @throws Fault `file-system-unsupported` for a folder whose names are encrypted */
export function requireReadable({ flags, number }: Inode): void {
  if ((flags & INODE_FLAG.encrypt) !== 0)
    throw unsupported(
      `Inode ${number} is encrypted by its owner's key`,
      `It is readable where that key is. ${OPEN_INSTEAD}`,
    );
  if ((flags & INODE_FLAG.compressed) !== 0) throw unsupported(`Inode ${number} is compressed`, OPEN_INSTEAD);
}

/** The names in one block of a folder, or in what an inode holds of one, without "." and "..". @throws Fault `file-system-damaged` */
export function namesIn(
  block: Buffer,
  folder: Inode,
  { first, hasTypes, inline }: { readonly first: boolean; readonly hasTypes: boolean; readonly inline: boolean },
): NamedInode[] {
  const found: NamedInode[] = [];
  const wrong = (what: string): Error => damaged("ext file system", `folder ${folder.number} ${what}`);
  for (let at = 0; at < block.length; ) {
    if (at + HEAD_BYTES > block.length) throw wrong("ends amid an entry");
    const length = lengthOf(block.readUInt16LE(at + 4), block.length);
    const nameBytes = hasTypes ? (block[at + 6] ?? 0) : block.readUInt16LE(at + 6);
    if (length < HEAD_BYTES + 4 || length % 4 !== 0 || at + length > block.length || HEAD_BYTES + nameBytes > length)
      throw wrong("has an entry of an impossible length");
    const inode = block.readUInt32LE(at);
    const name = Uint8Array.from(block.subarray(at + HEAD_BYTES, at + HEAD_BYTES + nameBytes));
    if (inode !== 0 && !isDots(name)) {
      if (name.length === 0 || name.includes(0) || name.includes(0x2f)) throw wrong("has an impossible name");
      found.push({ name, inode });
    }
    at += length;
  }
  if (inline) return found;
  const index = indexAt(block, folder, first);
  if (index === undefined) requireTail(block, folder);
  else requireIndexSum(block, folder, index);
  return found;
}

/** Blocks of 64 KiB need 17 bits. */
function lengthOf(kept: number, blockBytes: number): number {
  if (blockBytes < 65_536) return kept;
  return kept === 65_535 || kept === 0 ? blockBytes : (kept & ~3) | ((kept & 3) << 16);
}

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.length > 0 && name.every((byte) => byte === 0x2e);
}

/** Where the index begins: in the first block behind "." and "..", below it behind one empty entry as long as the block. */
function indexAt(block: Buffer, { flags }: Inode, first: boolean): number | undefined {
  if ((flags & INODE_FLAG.index) === 0) return undefined;
  if (first) return 32;
  return block.readUInt32LE(0) === 0 && lengthOf(block.readUInt16LE(4), block.length) === block.length ? 8 : undefined;
}

/** Behind the room for `limit` entries, over the `count` that there are. */
function requireIndexSum(block: Buffer, { number, seed }: Inode, at: number): void {
  if (seed === undefined) return;
  const [limit, count] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)];
  const tail = at + limit * 8;
  const isSound = count <= limit && tail + 8 <= block.length;
  if (isSound) {
    const found = summed(seed, block.subarray(0, at + count * 8), block.subarray(tail, tail + 4), new Uint8Array(4));
    if (found === block.readUInt32LE(tail + 4)) return;
  }
  throw damaged("ext file system", `the index of folder ${number} does not have its checksum`);
}

function requireTail(block: Buffer, { number, seed }: Inode): void {
  if (seed === undefined) return;
  const tail = block.subarray(block.length - TAIL_BYTES);
  const isTail = tail.readUInt32LE(0) === 0 && tail.readUInt16LE(4) === TAIL_BYTES && tail[7] === TAIL_TYPE;
  if (!isTail || summed(seed, block.subarray(0, block.length - TAIL_BYTES)) !== tail.readUInt32LE(8))
    throw damaged("ext file system", `a block of folder ${number} does not have its checksum`);
}
