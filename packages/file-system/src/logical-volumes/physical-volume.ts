// What LVM writes at the start of a physical volume (LVM2's format_text: label, header, metadata areas). A metadata area is a ring of
// descriptions of the volume group as text; its header says where the newest lies.
import { crc32 } from "node:zlib";
import { MiB } from "@leeward/base";
import { damaged, OPEN_INSTEAD, unsupported } from "../faults.ts";
import type { Volume } from "../volume.ts";

const SECTOR_BYTES = 512;
/** The label is in one of them. */
const LABEL_SECTORS = 4;
const LABEL = "LABELONE";
const TYPE = "LVM2 001";
const AREA_MARK = " LVM2 x[5A%r0N*>";
const AREA_HEADER_BYTES = 512;
const AREAS_MAX = 8;
/** A metadata area is 1 MiB unless somebody wants it otherwise. */
const TEXT_BYTES_MAX = 16 * MiB;
const IGNORED = 1;
/** What LVM's checksums begin with. */
const SUM_START = 0xf5_97_a6_cf;

export interface PhysicalVolume {
  /** 32 letters, as they stand in its header. */
  readonly id: string;
  /** The newest description of its volume group in each metadata area; a volume may have none. */
  readonly descriptions: readonly string[];
}

/** @throws Fault `file-system-damaged`, `file-system-unsupported`, and what the disk throws */
export async function physicalVolume(volume: Volume): Promise<PhysicalVolume> {
  const sector = await labelled(volume);
  const headerAt = sector.readUInt32LE(20);
  if (sector.subarray(24, 32).toString("latin1") !== TYPE)
    throw unsupported("The partition holds a physical volume of an LVM that is not LVM2", OPEN_INSTEAD);
  if (headerAt < 32 || headerAt > SECTOR_BYTES - 72) throw damaged("physical volume", "its label contradicts itself");
  const id = sector.subarray(headerAt, headerAt + 32).toString("latin1");
  // After the size: areas of data to an empty one, then areas of metadata to an empty one.
  const data = areasAt(sector, headerAt + 40);
  const metadata = areasAt(sector, headerAt + 40 + 16 * (data.length + 1));
  const descriptions: string[] = [];
  for (const area of metadata) {
    const text = await newestText(volume, area);
    if (text !== undefined) descriptions.push(text);
  }
  return { id, descriptions };
}

async function labelled(volume: Volume): Promise<Buffer> {
  let isBroken = false;
  for (let index = 0; index < LABEL_SECTORS; index += 1) {
    const sector = Buffer.from(await volume.peek(index * SECTOR_BYTES, SECTOR_BYTES));
    if (sector.length < SECTOR_BYTES || sector.subarray(0, 8).toString("latin1") !== LABEL) continue;
    if (sumOf(sector.subarray(20)) === sector.readUInt32LE(16)) return sector;
    isBroken = true;
  }
  throw damaged("physical volume", isBroken ? "its label does not have its checksum" : "it has no label");
}

interface Area {
  readonly offset: number;
  readonly size: number;
}

function areasAt(sector: Buffer, start: number): Area[] {
  const areas: Area[] = [];
  for (let at = start; at + 16 <= sector.length && areas.length < AREAS_MAX; at += 16) {
    const area = { offset: Number(sector.readBigUInt64LE(at)), size: Number(sector.readBigUInt64LE(at + 8)) };
    if (area.offset === 0) return areas;
    areas.push(area);
  }
  throw damaged("physical volume", "its list of areas does not end");
}

/** undefined where the area is not used. */
async function newestText(volume: Volume, area: Area): Promise<string | undefined> {
  const header = Buffer.alloc(AREA_HEADER_BYTES);
  await volume.read(area.offset, header);
  const isOne = header.subarray(4, 20).toString("latin1") === AREA_MARK && header.readUInt32LE(20) === 1;
  if (!isOne || sumOf(header.subarray(4)) !== header.readUInt32LE(0))
    throw damaged("physical volume", "the header of its metadata area does not have its checksum");
  const [offset, size] = [Number(header.readBigUInt64LE(40)), Number(header.readBigUInt64LE(48))];
  const isIgnored = (header.readUInt32LE(60) & IGNORED) !== 0;
  if (offset === 0 || isIgnored) return undefined;
  if (
    offset < AREA_HEADER_BYTES ||
    offset >= area.size ||
    size > Math.min(area.size - AREA_HEADER_BYTES, TEXT_BYTES_MAX)
  )
    throw damaged("physical volume", "its metadata does not lie inside of its area");
  const text = Buffer.alloc(size);
  const straight = Math.min(size, area.size - offset);
  await volume.read(area.offset + offset, text.subarray(0, straight));
  if (straight < size) await volume.read(area.offset + AREA_HEADER_BYTES, text.subarray(straight));
  if (sumOf(text) !== header.readUInt32LE(56))
    throw damaged("physical volume", "its metadata does not have its checksum");
  return text.toString("utf8").replace(/\0+$/, "");
}

/** CRC-32 without the inversions at both ends. */
function sumOf(bytes: Uint8Array): number {
  return ~crc32(bytes, ~SUM_START >>> 0) >>> 0;
}
