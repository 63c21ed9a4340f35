const ZEROES = Buffer.alloc(64 * 1024);

/** Whether `length` (at most 64 KiB) bytes from `position` are all zero. */
export function isZero(bytes: Uint8Array, position: number, length: number): boolean {
  // Most blocks that are not zero show it at once; only the others are worth the call into memcmp.
  if (bytes[position] !== 0 || bytes[position + length - 1] !== 0 || bytes[position + (length >> 1)] !== 0)
    return false;
  return ZEROES.compare(bytes, position, position + length, 0, length) === 0;
}
