// The journal of ext3 and ext4 (jbd2: fs/jbd2/recovery.c and Documentation/filesystems/ext4/journal.rst of the Linux kernel), big-endian.
// A disk that was not unmounted has its newest metadata there alone. Nothing is written back: what a mount would copy to a block is
// remembered as the block of the journal that holds it.
//
//   descriptor (where the next blocks belong) │ those blocks │ … │ revoke (blocks that older transactions must not touch) │ commit
//
// A transaction counts when its commit is there. What has the sequence of a transaction and not its checksum is a Fault: whether it is a
// torn end or rot cannot be told for certain, and files of a wrong moment would be given out.
import { damaged, OPEN_INSTEAD, unsupported } from "../faults.ts";
import { runsOf } from "./block-map.ts";
import { BlockSource, JOURNAL_MAGIC, type Replayed } from "./block-source.ts";
import { bigEndian32, summed, withZeroes } from "./checksum.ts";
import { InodeTable } from "./inode.ts";
import { type JournalSuperblock, parseJournalSuperblock, TAG, tagBytes } from "./journal-superblock.ts";
import { has, type Superblock } from "./superblock.ts";

const BLOCK = { descriptor: 1, commit: 2, revoke: 5 } as const;
const HEADER_BYTES = 12;
const FAST_COMMIT_HEAD = 9;

/** Where each block that a mount would replay has its newest content; empty for a file system that was unmounted, or has no journal. */
export async function replayedBlocks(
  superblock: Superblock,
  blocks: BlockSource,
): Promise<ReadonlyMap<number, Replayed>> {
  if (!has(superblock, "recover")) return new Map();
  if (!superblock.hasJournal || superblock.journalInode === 0)
    throw unsupported("The ext file system has its journal on another device, and it was not unmounted", OPEN_INSTEAD);
  const journal = await Journal.open(superblock, blocks);
  return journal.replayed();
}

interface Tag {
  /** Of the file system. */
  readonly target: number;
  /** Of the journal: where its content stands. */
  readonly at: number;
  readonly flags: number;
  readonly sum: number;
}

interface Transaction {
  readonly sequence: number;
  readonly tags: readonly Tag[];
  readonly revoked: readonly number[];
}

class Journal {
  readonly #source: BlockSource;
  /** The file system's block for each of the journal. */
  readonly #places: readonly number[];
  readonly #facts: JournalSuperblock;
  /** In the file system. */
  readonly #blocks: number;

  private constructor(source: BlockSource, places: readonly number[], facts: JournalSuperblock, blocks: number) {
    this.#source = source;
    this.#places = places;
    this.#facts = facts;
    this.#blocks = blocks;
  }

  static async open(superblock: Superblock, source: BlockSource): Promise<Journal> {
    const inode = await new InodeTable(source, superblock).inode(superblock.journalInode);
    const places: number[] = [];
    for await (const { logical, count, physical } of runsOf(source, inode)) {
      if (logical !== places.length || physical === undefined || places.length + count > superblock.blocks)
        throw damaged("ext file system's journal", "its inode has a hole");
      for (let index = 0; index < count; index += 1) places.push(physical + index);
    }
    const [first] = places;
    if (first === undefined) throw damaged("ext file system's journal", "it is empty");
    const facts = parseJournalSuperblock(await source.block(first), superblock.blockBytes);
    if (facts.blocks > places.length) throw damaged("ext file system's journal", "it is shorter than it says");
    return new Journal(source, places, facts, superblock.blocks);
  }

  async replayed(): Promise<ReadonlyMap<number, Replayed>> {
    const replayed = new Map<number, Replayed>();
    if (this.#facts.start === 0) return replayed;
    const transactions: Transaction[] = [];
    for await (const transaction of this.#committed()) transactions.push(transaction);
    await this.#refuseFastCommits(transactions.length);
    const revoked = new Map<number, number>();
    for (const [index, { revoked: targets }] of transactions.entries())
      for (const target of targets) revoked.set(target, index);
    for (const [index, { tags, sequence }] of transactions.entries())
      for (const tag of tags) {
        // A block that this transaction or a later one revoked belongs to a file now.
        if ((revoked.get(tag.target) ?? -1) >= index) continue;
        await this.#requireContent(tag, sequence);
        replayed.set(tag.target, { block: this.#place(tag.at), escaped: (tag.flags & TAG.escaped) !== 0 });
      }
    return replayed;
  }

  /** Transactions in order, until one has no commit. */
  async *#committed(): AsyncGenerator<Transaction> {
    const { start, sequence: firstSequence, blocks } = this.#facts;
    let [tags, revoked]: [Tag[], number[]] = [[], []];
    let sequence = firstSequence;
    for (let at = start, passed = 0; passed < blocks; ) {
      const block = await this.#source.block(this.#place(at));
      const isOurs = block.readUInt32BE(0) === JOURNAL_MAGIC && block.readUInt32BE(8) === sequence;
      if (!isOurs) return;
      const type = block.readUInt32BE(4);
      at = this.#after(at, 1);
      passed += 1;
      if (type === BLOCK.descriptor) {
        const found = this.#tagsOf(block, at);
        tags.push(...found);
        at = this.#after(at, found.length);
        passed += found.length;
      } else if (type === BLOCK.revoke) revoked.push(...this.#revokedIn(block));
      else if (type === BLOCK.commit) {
        this.#requireCommit(block);
        yield { sequence, tags, revoked };
        [tags, revoked] = [[], []];
        sequence = (sequence + 1) >>> 0;
      } else return;
    }
  }

  #tagsOf(block: Buffer, next: number): Tag[] {
    this.#requireTail(block);
    const { checksums, wide } = this.#facts;
    const bytes = tagBytes(this.#facts);
    const end = block.length - (checksums === "none" ? 0 : 4);
    const tags: Tag[] = [];
    for (let at = HEADER_BYTES; at + bytes <= end; ) {
      const flags = checksums === "v3" ? block.readUInt32BE(at + 4) : block.readUInt16BE(at + 6);
      const target = block.readUInt32BE(at) + (wide ? block.readUInt32BE(at + 8) * 2 ** 32 : 0);
      if (target >= this.#blocks)
        throw damaged("ext file system's journal", `it writes block ${target}, which there is not`);
      const sum = checksums === "v3" ? block.readUInt32BE(at + 12) : block.readUInt16BE(at + 4);
      tags.push({ target, at: this.#after(next, tags.length), flags, sum });
      at += bytes + ((flags & TAG.sameUuid) === 0 ? 16 : 0);
      if ((flags & TAG.last) !== 0) break;
    }
    return tags;
  }

  #revokedIn(block: Buffer): number[] {
    this.#requireTail(block);
    const { checksums, wide } = this.#facts;
    const end = block.readUInt32BE(HEADER_BYTES);
    if (end < 16 || end > block.length - (checksums === "none" ? 0 : 4))
      throw damaged("ext file system's journal", "a list of revoked blocks has an impossible length");
    const found: number[] = [];
    for (let at = 16; at + (wide ? 8 : 4) <= end; at += wide ? 8 : 4)
      found.push(wide ? block.readUInt32BE(at) * 2 ** 32 + block.readUInt32BE(at + 4) : block.readUInt32BE(at));
    return found;
  }

  /** Descriptors and revokes end in their checksum. */
  #requireTail(block: Buffer): void {
    const { checksums, seed } = this.#facts;
    if (checksums === "none") return;
    const at = block.length - 4;
    if (summed(seed, withZeroes(block, at, 4)) !== block.readUInt32BE(at)) throw unsummed("block");
  }

  #requireCommit(block: Buffer): void {
    const { checksums, seed } = this.#facts;
    if (checksums === "none") return;
    if (summed(seed, withZeroes(block, 0x10, 4)) !== block.readUInt32BE(0x10)) throw unsummed("commit");
  }

  async #requireContent({ at, sum }: Tag, sequence: number): Promise<void> {
    const { checksums, seed } = this.#facts;
    if (checksums === "none") return;
    const found = summed(seed, bigEndian32(sequence), await this.#source.block(this.#place(at)));
    if ((checksums === "v3" ? found : found & 0xffff) !== sum) throw unsummed("copy of a block");
  }

  /** Behind the journal proper there may be changes since the last commit, in a form of their own. */
  async #refuseFastCommits(transactions: number): Promise<void> {
    const { fastBlocks, blocks, sequence } = this.#facts;
    if (fastBlocks === 0) return;
    const block = await this.#source.block(this.#place(blocks - fastBlocks));
    const isHead = block.readUInt16LE(0) === FAST_COMMIT_HEAD;
    if (isHead && block.readUInt32LE(8) === (sequence + transactions) >>> 0)
      throw unsupported(
        "The newest changes of the ext file system are fast commits, which are not replayed here",
        OPEN_INSTEAD,
      );
  }

  /** `count` blocks on, around the end. */
  #after(at: number, count: number): number {
    const { first, blocks, fastBlocks } = this.#facts;
    const length = blocks - fastBlocks - first;
    return first + ((at - first + count) % length);
  }

  #place(at: number): number {
    const place = this.#places[at];
    if (place === undefined) throw damaged("ext file system's journal", `it refers to its block ${at}`);
    return place;
  }
}

function unsummed(what: string): Error {
  return damaged("ext file system's journal", `a ${what} does not have its checksum`);
}
