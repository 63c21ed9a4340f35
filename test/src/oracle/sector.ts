import { crc32c } from "@node-rs/crc32";

/** What every write of the oracle consists of: whole sectors that each say who wrote them. */
export const SECTOR_BYTES = 512;
const MAGIC = 0x5ec70a11;
const HEAD_BYTES = 24;

/*
 *  0 u32 magic   4 u32 disk   8 u32 operation (its number in the history)   12 u32 fill seed   16 f64 sector index
 * 24 … 508 fill from the seed      508 u32 CRC-32C of all before
 */
const CHECK_POSITION = SECTOR_BYTES - 4;

/** Writes the content that operation `operation` gives to sector `index` of `disk` into `target` (512 bytes). */
export function fillSector(
  target: Buffer,
  place: { readonly disk: number; readonly index: number; readonly operation: number },
): void {
  const seed = (Math.imul(place.operation, 0x9e3779b1) ^ Math.imul(place.index, 0x85ebca6b)) >>> 0;
  target.writeUInt32LE(MAGIC, 0);
  target.writeUInt32LE(place.disk, 4);
  target.writeUInt32LE(place.operation, 8);
  target.writeUInt32LE(seed, 12);
  target.writeDoubleLE(place.index, 16);
  // Half of a sector compresses, as real data does.
  let state = seed | 1;
  for (let position = HEAD_BYTES; position < CHECK_POSITION; position += 4) {
    if (position < SECTOR_BYTES / 2) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
    }
    target.writeInt32LE(state, position);
  }
  target.writeUInt32LE(crc32c(target.subarray(0, CHECK_POSITION)), CHECK_POSITION);
}

export type SectorContent =
  | { readonly kind: "zero" }
  | { readonly kind: "written"; readonly operation: number }
  | { readonly kind: "broken"; readonly why: string };

const ZERO = Buffer.alloc(SECTOR_BYTES);

/** What sector `index` of `disk` holds: zeroes, the whole content of one operation, or what no operation ever wrote there. */
export function readSector(bytes: Buffer, place: { readonly disk: number; readonly index: number }): SectorContent {
  if (bytes.equals(ZERO)) return { kind: "zero" };
  if (bytes.readUInt32LE(0) !== MAGIC) return { kind: "broken", why: "no magic" };
  if (crc32c(bytes.subarray(0, CHECK_POSITION)) !== bytes.readUInt32LE(CHECK_POSITION))
    return { kind: "broken", why: "checksum" };
  if (bytes.readUInt32LE(4) !== place.disk || bytes.readDoubleLE(16) !== place.index) {
    return { kind: "broken", why: `belongs to disk ${bytes.readUInt32LE(4)} sector ${bytes.readDoubleLE(16)}` };
  }
  return { kind: "written", operation: bytes.readUInt32LE(8) };
}
