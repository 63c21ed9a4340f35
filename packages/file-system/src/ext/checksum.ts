import { crc32c } from "@node-rs/crc32";

/** What the checksums of ext4 and its journal begin from, before anything was summed. */
export const SUM_START = 0xffff_ffff;

/** CRC-32C as ext4 and jbd2 keep it: without the inversions at both ends. */
export function summed(sum: number, ...parts: readonly Uint8Array[]): number {
  return parts.reduce((value, part) => ~crc32c(part, ~value >>> 0) >>> 0, sum);
}

export function littleEndian32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

export function bigEndian32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The bytes with `length` of them, from `at` on, as zeroes. */
export function withZeroes(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, at, at + length);
  return copy;
}
