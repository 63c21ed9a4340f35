// The GUID partition table (UEFI specification 2.10, chapter 5): header and entries have a CRC-32 each, and stand at both ends of the disk.
import { crc32 } from "node:zlib";
import { damaged } from "../faults.ts";
import type { Volume } from "../volume.ts";
import type { Partition } from "./partition.ts";

const SIGNATURE = "EFI PART";
const HEADER_BYTES_MIN = 92;
const ENTRY_BYTES_MIN = 128;
const ENTRIES_BYTES_MAX = 1 << 20;
const SECTOR_SIZES = [512, 4096];

/** The partitions of a GPT, or undefined when there is none. @throws Fault `file-system-damaged` when there is one and no copy of it is whole */
export async function gptPartitions(disk: Volume): Promise<Partition[] | undefined> {
  let seen = false;
  const sizes = [disk.blockBytes, ...SECTOR_SIZES.filter((size) => size !== disk.blockBytes)];
  for (const sectorBytes of sizes) {
    const last = Math.floor(disk.sizeBytes / sectorBytes) - 1;
    for (const sector of [1, last]) {
      const header = await disk.peek(sector * sectorBytes, sectorBytes);
      if (!isHeader(header)) continue;
      seen = true;
      const found = await partitionsOf(disk, { header, sector, sectorBytes });
      if (found !== undefined) return found;
    }
  }
  if (seen) throw damaged("partition table", "neither copy of the GPT has its checksum");
  return undefined;
}

function isHeader(header: Uint8Array): boolean {
  return header.length >= 512 && Buffer.from(header.subarray(0, 8)).toString("latin1") === SIGNATURE;
}

interface Copy {
  readonly header: Uint8Array;
  readonly sector: number;
  readonly sectorBytes: number;
}

async function partitionsOf(disk: Volume, { header, sector, sectorBytes }: Copy): Promise<Partition[] | undefined> {
  const view = Buffer.from(header);
  const headerBytes = view.readUInt32LE(12);
  if (headerBytes < HEADER_BYTES_MIN || headerBytes > sectorBytes) return undefined;
  const sum = view.readUInt32LE(16);
  view.writeUInt32LE(0, 16);
  if (crc32(view.subarray(0, headerBytes)) !== sum || Number(view.readBigUInt64LE(24)) !== sector) return undefined;
  const entriesAt = Number(view.readBigUInt64LE(72)) * sectorBytes;
  const [count, entryBytes] = [view.readUInt32LE(80), view.readUInt32LE(84)];
  if (entryBytes < ENTRY_BYTES_MIN || entryBytes % 8 !== 0 || count * entryBytes > ENTRIES_BYTES_MAX) return undefined;
  const entries = Buffer.from(await disk.peek(entriesAt, count * entryBytes));
  if (entries.length !== count * entryBytes || crc32(entries) !== view.readUInt32LE(88)) return undefined;
  const found: Partition[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = entries.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const [first, last] = [Number(entry.readBigUInt64LE(32)), Number(entry.readBigUInt64LE(40))];
    const extent = { offset: first * sectorBytes, length: (last - first + 1) * sectorBytes };
    if (extent.length <= 0 || extent.offset + extent.length > disk.sizeBytes)
      throw damaged("partition table", `partition ${index + 1} does not lie inside of the disk`);
    const name = entry.subarray(56, 128).toString("utf16le").replace(/\0.*$/s, "");
    found.push({ ...extent, number: index + 1, table: "gpt", type: guidOf(entry.subarray(0, 16)), name });
  }
  return found;
}

/** The first three fields are little-endian. */
function guidOf(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
