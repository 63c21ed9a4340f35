import assert from "node:assert/strict";
import { test } from "node:test";
import { randomId, seededRandom } from "./random.ts";

const MASK = 0xffffffffn;
const rotate = (value: bigint, count: bigint): bigint => ((value << count) | (value >> (32n - count))) & MASK;

/** xoshiro128** over splitmix32, written once more in plain 128-bit arithmetic: the model. */
function model(seed: number): () => number {
  let mixed = BigInt(seed);
  const state = [0, 0, 0, 0].map(() => {
    mixed = (mixed + 0x9e3779b9n) & MASK;
    let value = mixed;
    value = ((value ^ (value >> 16n)) * 0x21f0aaadn) & MASK;
    value = ((value ^ (value >> 15n)) * 0x735a2d97n) & MASK;
    return value ^ (value >> 15n);
  });
  return () => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = state;
    const result = (rotate((b * 5n) & MASK, 7n) * 9n) & MASK;
    state[0] = a ^ d ^ b;
    state[1] = b ^ c ^ a;
    state[2] = c ^ a ^ ((b << 9n) & MASK);
    state[3] = rotate(d ^ b, 11n);
    return Number(result);
  };
}

test("a seed determines all that follows, and agrees with the published algorithm", () => {
  for (const seed of [0, 1, 12_345, 2 ** 32 - 1]) {
    const random = seededRandom(seed);
    const next = model(seed);
    for (let round = 0; round < 200; round += 1) assert.equal(random.below(2 ** 32), next());
    assert.deepEqual(
      random.bytes(50),
      Uint8Array.from({ length: 50 }, () => next() >>> 24),
    );
  }
});

test("different seeds give different numbers", () => {
  const firsts = new Set(Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed).below(2 ** 32)));
  assert.equal(firsts.size > 990, true);
});

test("below gives every number under its limit about as often", () => {
  const random = seededRandom(7);
  const counts = Array.from({ length: 6 }, () => 0);
  for (let round = 0; round < 6_000; round += 1) {
    const value = random.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  assert.equal(counts.length, 6);
  for (const count of counts) assert.equal(count > 850 && count < 1_150, true, counts.join());
  assert.equal(random.below(1), 0);
});

test("an id is 128 bits in 32 digits", () => {
  assert.match(randomId(seededRandom(1)), /^[0-9a-f]{32}$/);
  assert.notEqual(randomId(seededRandom(1)), randomId(seededRandom(2)));
});
