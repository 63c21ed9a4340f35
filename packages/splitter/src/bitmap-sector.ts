import { NUMBER_MAX, readUint64, viewOf, writeUint64 } from "@leeward/base";
import { crc32c } from "@node-rs/crc32";

/*
 * A bitmap file, all little-endian:
 *
 *   sector 0           0 magic "LWBITMAP"   8 version (4)   12 reserved (4)   16 region bytes (8)   24 regions (8)   508 CRC-32C (4)
 *   sector 1, 2, …     0 bits of 4,064 regions, lowest bit first (508)        508 CRC-32C (4)
 *
 * The CRC is of the sector's first 508 bytes; a sector of zeroes alone is not a valid one.
 */
export const SECTOR_BYTES = 512;
export const SECTOR_BITS_BYTES = 508;
export const SECTOR_REGIONS = SECTOR_BITS_BYTES * 8;
const MAGIC = new TextEncoder().encode("LWBITMAP");
const VERSION = 1;

export interface BitmapHead {
  readonly regionBytes: number;
  readonly regionCount: number;
}

export function encodeHead(head: BitmapHead): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES);
  const view = viewOf(sector);
  sector.set(MAGIC, 0);
  view.setUint32(8, VERSION, true);
  writeUint64(view, 16, head.regionBytes);
  writeUint64(view, 24, head.regionCount);
  putCheck(sector);
  return sector;
}

/** undefined when the sector is torn, damaged, or of another version. */
export function decodeHead(sector: Uint8Array): BitmapHead | undefined {
  if (!isWhole(sector) || MAGIC.some((byte, index) => sector[index] !== byte)) return undefined;
  const view = viewOf(sector);
  const regionBytes = readUint64(view, 16);
  const regionCount = readUint64(view, 24);
  if (view.getUint32(8, true) !== VERSION || regionBytes === undefined || regionCount === undefined) return undefined;
  return regionBytes > 0 && regionBytes * regionCount <= NUMBER_MAX ? { regionBytes, regionCount } : undefined;
}

/** Makes the 512 bytes at the start of `target` from the 508 of one sector's bits. */
export function encodeSector(target: Uint8Array, bits: Uint8Array): void {
  target.set(bits, 0);
  putCheck(target);
}

/** Whether the sector was written whole. */
export function isWhole(sector: Uint8Array): boolean {
  return (
    sector.length >= SECTOR_BYTES &&
    viewOf(sector).getUint32(SECTOR_BITS_BYTES, true) === crc32c(sector.subarray(0, SECTOR_BITS_BYTES))
  );
}

function putCheck(sector: Uint8Array): void {
  viewOf(sector).setUint32(SECTOR_BITS_BYTES, crc32c(sector.subarray(0, SECTOR_BITS_BYTES)), true);
}
