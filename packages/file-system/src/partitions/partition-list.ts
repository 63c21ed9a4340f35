import { isFatVolume } from "../fat/boot-sector.ts";
import type { Volume } from "../volume.ts";
import { gptPartitions } from "./gpt.ts";
import { mbrPartitions } from "./mbr.ts";
import type { Partition } from "./partition.ts";

/**
 * The parts of a disk: of its GPT, else its MBR, else the whole disk as one. A FAT boot sector ends as an MBR does, and is looked for first.
 * @throws Fault `file-system-damaged`
 */
export async function partitionsOf(disk: Volume): Promise<Partition[]> {
  const ofGpt = await gptPartitions(disk);
  if (ofGpt !== undefined) return ofGpt;
  const ofMbr = (await isFatVolume(disk)) ? undefined : await mbrPartitions(disk);
  return ofMbr ?? [{ offset: 0, length: disk.sizeBytes, number: 0, table: "none", type: "", name: "" }];
}
