import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { decodeDigests, digestOf, encodeDigests, PublishedDigests } from "./published-digests.ts";

const OF = { tag: "0x8D", virtualBytes: 3 * MiB };

function someDigests(): PublishedDigests {
  const digests = PublishedDigests.zeroes(OF.virtualBytes);
  const random = seededRandom(4);
  for (const index of [0, 2, 5]) digests.replace(index, digestOf(random.bytes(64)));
  return digests;
}

test("digests come back as they were put", () => {
  const digests = someDigests();
  assert.deepEqual(decodeDigests(encodeDigests(OF, digests), OF)?.bytes, digests.bytes);
});

test("what is cut off, has a flipped bit, or is of another blob is not believed", () => {
  const bytes = encodeDigests(OF, someDigests());
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(decodeDigests(bytes.subarray(0, length), OF), undefined, `${length} bytes`);
  }
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(decodeDigests(flipped, OF), undefined, `bit ${bit}`);
  }
  assert.equal(decodeDigests(bytes, { ...OF, tag: "0x8E" }), undefined);
  assert.equal(decodeDigests(bytes, { ...OF, virtualBytes: 4 * MiB }), undefined);
});

test("a granule that is told to be what it is has not changed", () => {
  const digests = someDigests();
  const digest = digestOf(new Uint8Array([1]));
  assert.deepEqual([digests.replace(1, digest), digests.replace(1, digest)], [true, false]);
  assert.deepEqual([digests.replace(1, undefined), digests.replace(1, undefined)], [true, false]);
  assert.equal(digests.isZero(1), true);
});
