// Where an inode's content lies: a tree of extents (ext4), or a tree of block numbers (ext2, ext3).
import { damaged } from "../faults.ts";
import type { BlockSource } from "./block-source.ts";
import { summed } from "./checksum.ts";
import { INODE_FLAG, type Inode } from "./inode.ts";

/** `count` blocks of a file from `logical` on; `physical` is undefined where they read as zeroes. What is left out is a hole. */
export interface Run {
  readonly logical: number;
  readonly count: number;
  readonly physical: number | undefined;
}

const EXTENT_MAGIC = 0xf30a;
const EXTENT_DEPTH_MAX = 5;
const EXTENT_BYTES = 12;
/** An extent of more blocks is allocated and not written: so many less, and zeroes. */
const WRITTEN_MAX = 32_768;
const DIRECT = 12;

/** The runs of an inode in order. @throws Fault `file-system-damaged` */
export async function* runsOf(blocks: BlockSource, inode: Inode): AsyncGenerator<Run> {
  if ((inode.flags & INODE_FLAG.extents) === 0) {
    yield* indirectRuns(blocks, inode);
    return;
  }
  let next = 0;
  for await (const run of extentRuns(blocks, inode, { node: inode.block, depthMax: EXTENT_DEPTH_MAX })) {
    if (run.logical < next) throw damaged("ext file system", `the extents of inode ${inode.number} are out of order`);
    next = run.logical + run.count;
    yield run;
  }
}

async function* extentRuns(
  blocks: BlockSource,
  inode: Inode,
  { node, depthMax }: { readonly node: Buffer; readonly depthMax: number },
): AsyncGenerator<Run> {
  const [count, max, depth] = [node.readUInt16LE(2), node.readUInt16LE(4), node.readUInt16LE(6)];
  const sound = node.readUInt16LE(0) === EXTENT_MAGIC && count <= max && (max + 1) * EXTENT_BYTES <= node.length;
  if (!sound || depth > depthMax) throw damaged("ext file system", `the extents of inode ${inode.number} are broken`);
  for (let index = 1; index <= count; index += 1) {
    const entry = node.subarray(index * EXTENT_BYTES, (index + 1) * EXTENT_BYTES);
    const logical = entry.readUInt32LE(0);
    if (depth > 0) {
      const child = await blocks.block(entry.readUInt32LE(4) + entry.readUInt16LE(8) * 2 ** 32);
      requireExtentChecksum(inode, child);
      // An empty one has no use, and many of them no end.
      if (child.readUInt16LE(6) !== depth - 1 || child.readUInt16LE(2) === 0)
        throw damaged("ext file system", `the extents of inode ${inode.number} are broken`);
      yield* extentRuns(blocks, inode, { node: child, depthMax: depth - 1 });
      continue;
    }
    const length = entry.readUInt16LE(4);
    if (length === 0) throw damaged("ext file system", `the extents of inode ${inode.number} are broken`);
    const physical = entry.readUInt32LE(8) + entry.readUInt16LE(6) * 2 ** 32;
    const written = length <= WRITTEN_MAX;
    yield { logical, count: written ? length : length - WRITTEN_MAX, physical: written ? physical : undefined };
  }
}

/** It stands behind the last entry that there could be. */
function requireExtentChecksum({ number, seed }: Inode, node: Buffer): void {
  const at = (node.readUInt16LE(4) + 1) * EXTENT_BYTES;
  if (seed === undefined) return;
  if (at + 4 > node.length || summed(seed, node.subarray(0, at)) !== node.readUInt32LE(at))
    throw damaged("ext file system", `the extents of inode ${number} do not have their checksum`);
}

/** Twelve blocks, then what three trees of one, two and three levels name; 0 is a hole. */
async function* indirectRuns(blocks: BlockSource, inode: Inode): AsyncGenerator<Run> {
  const end = Math.ceil(inode.sizeBytes / blocks.blockBytes);
  let logical = 0;
  let run: { logical: number; count: number; physical: number } | undefined;
  for await (const { physical, count } of namedBlocks(blocks, inode)) {
    if (logical >= end) break;
    if (
      physical !== 0 &&
      run !== undefined &&
      run.physical + run.count === physical &&
      run.logical + run.count === logical
    )
      run.count += 1;
    else if (physical !== 0) {
      if (run !== undefined) yield run;
      run = { logical, count: 1, physical };
    }
    logical += count;
  }
  if (run !== undefined) yield run;
}

interface Named {
  readonly physical: number;
  /** 1, or as many as a tree that is not there would name. */
  readonly count: number;
}

async function* namedBlocks(blocks: BlockSource, inode: Inode): AsyncGenerator<Named> {
  for (let index = 0; index < DIRECT; index += 1) yield { physical: inode.block.readUInt32LE(index * 4), count: 1 };
  for (const level of [1, 2, 3]) yield* tree(blocks, inode.block.readUInt32LE((DIRECT + level - 1) * 4), level);
}

async function* tree(blocks: BlockSource, at: number, level: number): AsyncGenerator<Named> {
  const perBlock = blocks.blockBytes / 4;
  if (at === 0 || level === 0) {
    yield { physical: at, count: perBlock ** level };
    return;
  }
  const node = await blocks.block(at);
  for (let index = 0; index < perBlock; index += 1) yield* tree(blocks, node.readUInt32LE(index * 4), level - 1);
}
