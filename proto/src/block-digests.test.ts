import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { KiB } from "@leeward/base";
import { blockDigests, DIGEST_BLOCK_BYTES, DIGEST_BYTES, digestBytesOf, isSameDigest } from "./block-digests.ts";

function plain(block: Uint8Array): Buffer {
  return createHash("sha256").update(block).digest().subarray(0, DIGEST_BYTES);
}

test("a digest is SHA-256 of the block cut to 16 bytes, also of zeroes and of a short last block", () => {
  const bytes = Buffer.alloc(2 * DIGEST_BLOCK_BYTES + 5 * KiB);
  bytes.fill(7, 0, 100);
  const digests = blockDigests(bytes);
  assert.equal(digests.length, digestBytesOf(bytes.length));
  const blocks = [0, 1, 2].map((block) => bytes.subarray(block * DIGEST_BLOCK_BYTES, (block + 1) * DIGEST_BLOCK_BYTES));
  assert.deepEqual(Buffer.from(digests), Buffer.concat(blocks.map(plain)));
  assert.equal(
    Buffer.from(digests.subarray(DIGEST_BYTES, 2 * DIGEST_BYTES)).toString("hex"),
    "de2f256064a0af797747c2b97505dc0b",
    "64 KiB of zeroes, as every release has it",
  );
});

test("one flipped bit changes the digest of its block alone", () => {
  const bytes = Buffer.alloc(3 * DIGEST_BLOCK_BYTES, 3);
  const before = blockDigests(bytes);
  bytes[DIGEST_BLOCK_BYTES + 17] = 2;
  const after = blockDigests(bytes);
  assert.deepEqual(
    [0, 1, 2].map((block) => isSameDigest(before, after, block)),
    [true, false, true],
  );
  assert.deepEqual(blockDigests(new Uint8Array()), new Uint8Array());
});
