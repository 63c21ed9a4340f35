import { assert } from "@leeward/base";
import { damaged } from "../faults.ts";
import { type Entry, type EntryKind, type FileTree, type Node, PIECE_BYTES_MAX, type Piece } from "../file-tree.ts";
import type { Volume } from "../volume.ts";
import { runsOf } from "./block-map.ts";
import { BlockSource } from "./block-source.ts";
import { namesIn, requireReadable } from "./folder-blocks.ts";
import { inlineParts } from "./inline-data.ts";
import { INODE_FLAG, type Inode, InodeTable } from "./inode.ts";
import { replayedBlocks } from "./journal.ts";
import { has, parseSuperblock, SUPERBLOCK_BYTES, SUPERBLOCK_OFFSET, type Superblock } from "./superblock.ts";

const ROOT_INODE = 2;
const LINK_BYTES_MAX = 4_096;
/** A folder of more is not believed: it would not fit into memory. */
const FOLDER_BYTES_MAX = 1 << 30;
const KINDS: Readonly<Record<number, EntryKind>> = { 0x8: "file", 0x4: "folder", 0xa: "symlink" };

/** The files of an ext2, ext3 or ext4, with its journal replayed in memory: as a mount would find them. */
export class ExtTree implements FileTree {
  readonly fileSystem: string;
  readonly label: string;
  readonly replayedBlocks: number | null;
  readonly #superblock: Superblock;
  readonly #blocks: BlockSource;
  readonly #inodes: InodeTable;

  private constructor(superblock: Superblock, blocks: BlockSource, replayed: number) {
    this.fileSystem = superblock.kind;
    this.label = superblock.label;
    this.replayedBlocks = superblock.hasJournal ? replayed : null;
    this.#superblock = superblock;
    this.#blocks = blocks;
    this.#inodes = new InodeTable(blocks, superblock);
  }

  /** @throws Fault `file-system-damaged`, `file-system-unsupported`, and what the disk throws */
  static async open(volume: Volume): Promise<ExtTree> {
    const bytes = await volume.peek(SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES);
    if (bytes.length < SUPERBLOCK_BYTES) throw damaged("ext file system", "it ends amid its superblock");
    const asItLies = parseSuperblock(bytes);
    const { blocks, blockBytes } = asItLies;
    if (blocks * blockBytes > volume.sizeBytes)
      throw damaged("ext file system", `it has ${blocks * blockBytes} bytes, and its partition ${volume.sizeBytes}`);
    const replayed = await replayedBlocks(asItLies, new BlockSource(volume, asItLies));
    const source = new BlockSource(volume, asItLies, replayed);
    // The journal may hold a newer superblock, too.
    const first = Math.floor(SUPERBLOCK_OFFSET / blockBytes);
    const block = await source.block(first);
    const at = SUPERBLOCK_OFFSET - first * blockBytes;
    const superblock = parseSuperblock(block.subarray(at, at + SUPERBLOCK_BYTES));
    return new ExtTree(superblock, source, replayed.size);
  }

  async root(): Promise<Node> {
    const root = nodeOf(await this.#inodes.inode(ROOT_INODE));
    if (root.kind !== "folder") throw damaged("ext file system", "its root is no folder");
    return root;
  }

  async list(folder: Node): Promise<readonly Entry[]> {
    const inode = await this.#inodes.inode(folder.id);
    const entries: Entry[] = [];
    for await (const { name, inode: number } of this.#names(inode))
      entries.push({ name, node: nodeOf(await this.#inodes.inode(number)) });
    return entries;
  }

  async *content(file: Node): AsyncGenerator<Piece> {
    const inode = await this.#inodes.inode(file.id);
    requireReadable(inode);
    if ((inode.flags & INODE_FLAG.inlineData) !== 0) {
      yield* inlinePieces(inode);
      return;
    }
    const { blockBytes } = this.#blocks;
    let at = 0;
    for await (const { logical, count, physical } of runsOf(this.#blocks, inode)) {
      if (logical * blockBytes >= inode.sizeBytes) break;
      if (logical * blockBytes > at) yield { holeBytes: logical * blockBytes - at };
      at = logical * blockBytes;
      const end = Math.min(inode.sizeBytes, (logical + count) * blockBytes);
      if (physical === undefined) yield { holeBytes: end - at };
      else yield* this.#pieces(physical, end - at);
      at = end;
    }
    if (at < inode.sizeBytes) yield { holeBytes: inode.sizeBytes - at };
  }

  async linkTarget(link: Node): Promise<Uint8Array> {
    const inode = await this.#inodes.inode(link.id);
    requireReadable(inode);
    if (inode.sizeBytes > LINK_BYTES_MAX) throw damaged("ext file system", `link ${link.id} is too long`);
    const { flags, block, sizeBytes } = inode;
    const isInside = (flags & (INODE_FLAG.extents | INODE_FLAG.inlineData)) === 0 && sizeBytes < block.length;
    if (isInside) return Uint8Array.from(block.subarray(0, sizeBytes));
    const parts: Uint8Array[] = [];
    for await (const piece of this.content(link))
      parts.push("data" in piece ? Uint8Array.from(piece.data) : new Uint8Array(piece.holeBytes));
    return new Uint8Array(Buffer.concat(parts));
  }

  isNamed(entry: Entry, name: Uint8Array): boolean {
    return Buffer.compare(entry.name, name) === 0;
  }

  async *#pieces(physical: number, bytes: number): AsyncGenerator<Piece> {
    const { blockBytes } = this.#blocks;
    for (let at = 0; at < bytes; at += PIECE_BYTES_MAX) {
      const wanted = Math.min(PIECE_BYTES_MAX, bytes - at);
      const data = new Uint8Array(Math.ceil(wanted / blockBytes) * blockBytes);
      await this.#blocks.read(physical + at / blockBytes, data);
      yield { data: data.subarray(0, wanted) };
    }
  }

  async *#names(folder: Inode): AsyncGenerator<ReturnType<typeof namesIn>[number]> {
    requireReadable(folder);
    const hasTypes = has(this.#superblock, "fileType");
    if ((folder.flags & INODE_FLAG.inlineData) !== 0) {
      const [own, rest] = inlineParts(folder);
      // The parent's number comes first.
      for (const part of [own.subarray(4), rest])
        yield* namesIn(part, folder, { first: false, hasTypes, inline: true });
      return;
    }
    if (folder.sizeBytes > FOLDER_BYTES_MAX || folder.sizeBytes % this.#blocks.blockBytes !== 0)
      throw damaged("ext file system", `folder ${folder.number} has an impossible size`);
    const { blockBytes } = this.#blocks;
    const end = folder.sizeBytes / blockBytes;
    let read = 0;
    for await (const { logical, count, physical } of runsOf(this.#blocks, folder)) {
      if (physical === undefined || logical !== read) break;
      for (; read < Math.min(end, logical + count); read += 1) {
        const block = await this.#blocks.block(physical + read - logical);
        yield* namesIn(block, folder, { first: read === 0, hasTypes, inline: false });
      }
    }
    if (read < end) throw damaged("ext file system", `folder ${folder.number} has a hole`);
  }
}

/** A file that was made longer without being written reads as zeroes behind what its inode holds, as the kernel has it. */
function* inlinePieces(inode: Inode): Generator<Piece> {
  const data = Uint8Array.from(Buffer.concat(inlineParts(inode))).subarray(0, inode.sizeBytes);
  yield { data };
  if (data.length < inode.sizeBytes) yield { holeBytes: inode.sizeBytes - data.length };
}

function nodeOf(inode: Inode): Node {
  const { number, mode, sizeBytes, modifiedMicros, user, group } = inode;
  const kind = KINDS[mode >> 12] ?? "other";
  assert(Number.isSafeInteger(sizeBytes), "sizes are checked where inodes are read");
  return { id: number, kind, sizeBytes, mode: mode & 0o7777, modifiedMicros, owner: { user, group } };
}
