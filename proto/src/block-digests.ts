// What a block of a disk holds, in 16 bytes: by it a source and its replica are compared without either being sent.
//
//   digest = the first 16 bytes of SHA-256 of the block's bytes; a disk's last block may be shorter, and is taken as long as it is
//   zeroes = what the block holds cannot be read: it is the same as no block
//
// Both ends compute it from what they really read. Worst outcome of another rule on one side: every block seems to differ.
import { hash } from "node:crypto";
import { assert, KiB, MiB } from "@leeward/base";

/** A block, in bytes; blocks begin at its multiples. */
export const DIGEST_BLOCK_BYTES = 64 * KiB;
/** One digest. */
export const DIGEST_BYTES = 16;
/** The most that one message tells the digests of, in bytes of disk; a multiple of a block. */
export const DIGEST_WINDOW_BYTES = 64 * MiB;

const ZEROES = Buffer.alloc(DIGEST_BLOCK_BYTES);
const ZERO_DIGEST = digestOf(ZEROES);

/** The digests of `bytes`, which begin where a block does, one after another; all but the last block are whole. */
export function blockDigests(bytes: Uint8Array): Uint8Array {
  const digests = new Uint8Array(digestBytesOf(bytes.length));
  for (let at = 0; at < bytes.length; at += DIGEST_BLOCK_BYTES) {
    const block = bytes.subarray(at, at + DIGEST_BLOCK_BYTES);
    digests.set(isZeroBlock(block) ? ZERO_DIGEST : digestOf(block), (at / DIGEST_BLOCK_BYTES) * DIGEST_BYTES);
  }
  return digests;
}

/** How long the digests of so many bytes of disk are. */
export function digestBytesOf(length: number): number {
  return Math.ceil(length / DIGEST_BLOCK_BYTES) * DIGEST_BYTES;
}

/** Whether the block with this number, from the digests' beginning on, has the same digest in both. */
export function isSameDigest(one: Uint8Array, other: Uint8Array, block: number): boolean {
  const from = block * DIGEST_BYTES;
  assert(one.length >= from + DIGEST_BYTES && other.length >= from + DIGEST_BYTES, "both have a digest of the block");
  return Buffer.compare(one.subarray(from, from + DIGEST_BYTES), other.subarray(from, from + DIGEST_BYTES)) === 0;
}

function digestOf(block: Uint8Array): Uint8Array {
  return hash("sha256", block, "buffer").subarray(0, DIGEST_BYTES);
}

function isZeroBlock(block: Uint8Array): boolean {
  return block.length === DIGEST_BLOCK_BYTES && ZEROES.compare(block) === 0;
}
