/** A source of random bytes: the system's, or one that a seed determines. */
export interface Random {
  /** A fresh array of `length` random bytes. */
  bytes(length: number): Uint8Array;
  /** A whole number in [0, limit); 1 ≤ limit ≤ 2^32. */
  below(limit: number): number;
}

/** 128 random bits as 32 hex digits: the form of every id. */
export function randomId(random: Random): string {
  return Array.from(random.bytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Random that a seed determines, for simulation and tests only (xoshiro128**, seeded by splitmix32; Blackman and Vigna). */
export function seededRandom(seed: number): Random {
  const state = new Uint32Array(4);
  let mixed = seed >>> 0;
  for (let index = 0; index < 4; index += 1) {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let value = mixed;
    value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
    state[index] = (value ^ (value >>> 15)) >>> 0;
  }
  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ (c ^ a);
    state[0] = a ^ (d ^ b);
    state[2] ^= b << 9;
    state[3] = rotateLeft(d ^ b, 11);
    return result;
  };
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let index = 0; index < length; index += 1) bytes[index] = next() >>> 24;
      return bytes;
    },
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
  };
}

function rotateLeft(value: number, count: number): number {
  return ((value << count) | (value >>> (32 - count))) >>> 0;
}
