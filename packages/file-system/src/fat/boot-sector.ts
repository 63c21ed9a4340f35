// The boot sector of FAT12, FAT16 and FAT32 (Microsoft's FAT32 File System Specification 1.03).
import type { Volume } from "../volume.ts";

const SECTOR_BYTES = 512;

/** Where everything lies, in bytes from the start of the volume. */
export interface FatGeometry {
  readonly bits: 12 | 16 | 32;
  readonly clusterBytes: number;
  /** Clusters are numbered from 2; the last one is `clusters` + 1. */
  readonly clusters: number;
  readonly fatOffset: number;
  readonly dataOffset: number;
  /** Of FAT12 and FAT16, whose root folder has a place of its own. */
  readonly rootOffset: number;
  readonly rootBytes: number;
  /** Of FAT32. */
  readonly rootCluster: number;
}

export async function isFatVolume(volume: Volume): Promise<boolean> {
  return (await fatGeometry(volume)) !== undefined;
}

/** undefined when the first sector is not a FAT's, or contradicts itself. */
export async function fatGeometry(volume: Volume): Promise<FatGeometry | undefined> {
  const sector = Buffer.from(await volume.peek(0, SECTOR_BYTES));
  if (sector.length < SECTOR_BYTES || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  if (sector[0] !== 0xeb && sector[0] !== 0xe9) return undefined;
  const sectorBytes = sector.readUInt16LE(11);
  const [perCluster = 0, fats = 0, media = 0] = [sector[13], sector[16], sector[21]];
  const reserved = sector.readUInt16LE(14);
  if (![512, 1024, 2048, 4096].includes(sectorBytes) || media < 0xf0 || reserved === 0) return undefined;
  if (perCluster === 0 || (perCluster & (perCluster - 1)) !== 0 || fats < 1 || fats > 2) return undefined;
  const fatSectors = sector.readUInt16LE(22) || sector.readUInt32LE(36);
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const rootBytes = sector.readUInt16LE(17) * 32;
  const rootOffset = (reserved + fats * fatSectors) * sectorBytes;
  const dataOffset = rootOffset + Math.ceil(rootBytes / sectorBytes) * sectorBytes;
  const clusterBytes = perCluster * sectorBytes;
  const clusters = Math.floor((sectors * sectorBytes - dataOffset) / clusterBytes);
  if (clusters < 1 || fatSectors === 0 || sectors * sectorBytes > volume.sizeBytes) return undefined;
  const bits = clusters < 4085 ? 12 : clusters < 65_525 ? 16 : 32;
  if (Math.ceil(((clusters + 2) * bits) / 8) > fatSectors * sectorBytes) return undefined;
  // Only a FAT32 has its root folder among the files.
  if ((bits === 32) !== (rootBytes === 0)) return undefined;
  const rootCluster = bits === 32 ? sector.readUInt32LE(44) : 0;
  return {
    bits,
    clusterBytes,
    clusters,
    fatOffset: reserved * sectorBytes,
    dataOffset,
    rootOffset,
    rootBytes,
    rootCluster,
  };
}
