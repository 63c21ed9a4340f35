// The table of the PC's master boot record: four entries, one of which may begin a chain of logical partitions, numbered from 5 on.
import { damaged } from "../faults.ts";
import type { Volume } from "../volume.ts";
import type { Partition } from "./partition.ts";

const SECTOR_BYTES = 512;
const EXTENDED = [0x05, 0x0f, 0x85];
const PROTECTIVE = 0xee;
const LOGICAL_MAX = 128;

interface Slot {
  readonly type: number;
  /** In sectors. */
  readonly first: number;
  readonly count: number;
}

/** The partitions of an MBR, or undefined when there is none. @throws Fault `file-system-damaged` */
export async function mbrPartitions(disk: Volume): Promise<Partition[] | undefined> {
  const slots = slotsOf(await disk.peek(0, SECTOR_BYTES));
  if (slots === undefined || slots.every(({ type }) => type === 0)) return undefined;
  if (slots.some(({ type }) => type === PROTECTIVE))
    throw damaged("partition table", "the MBR says that there is a GPT, and neither copy of one is there");
  const found: Partition[] = [];
  for (const [index, slot] of slots.entries()) {
    if (slot.type === 0 || slot.count === 0) continue;
    if (EXTENDED.includes(slot.type)) found.push(...(await logicalPartitions(disk, slot)));
    else found.push(partitionOf(disk, slot, index + 1));
  }
  return found.toSorted((one, other) => one.number - other.number);
}

/** Each link of the chain names one partition, relative to itself, and the next link, relative to the first. */
async function logicalPartitions(disk: Volume, extended: Slot): Promise<Partition[]> {
  const found: Partition[] = [];
  let at = extended.first;
  for (let links = 0; ; links += 1) {
    const [own, next] = slotsOf(await disk.peek(at * SECTOR_BYTES, SECTOR_BYTES)) ?? [];
    if (own === undefined || next === undefined || links === LOGICAL_MAX)
      throw damaged("partition table", "the chain of logical partitions is broken");
    if (own.type !== 0 && own.count !== 0)
      found.push(partitionOf(disk, { ...own, first: at + own.first }, 5 + found.length));
    if (next.type === 0 || next.count === 0) return found;
    at = extended.first + next.first;
  }
}

function partitionOf(disk: Volume, { type, first, count }: Slot, number: number): Partition {
  const extent = { offset: first * SECTOR_BYTES, length: count * SECTOR_BYTES };
  if (extent.offset + extent.length > disk.sizeBytes || first === 0)
    throw damaged("partition table", `partition ${number} does not lie inside of the disk`);
  return { ...extent, number, table: "mbr", type: type.toString(16).padStart(2, "0"), name: "" };
}

function slotsOf(sector: Uint8Array): Slot[] | undefined {
  const view = Buffer.from(sector);
  if (view.length < SECTOR_BYTES || view.readUInt16LE(510) !== 0xaa55) return undefined;
  const slots: Slot[] = [];
  for (let at = 446; at < 510; at += 16) {
    // Anything but these two is boot code, not a table.
    if (((view[at] ?? 0) & 0x7f) !== 0) return undefined;
    slots.push({ type: view[at + 4] ?? 0, first: view.readUInt32LE(at + 8), count: view.readUInt32LE(at + 12) });
  }
  return slots;
}
