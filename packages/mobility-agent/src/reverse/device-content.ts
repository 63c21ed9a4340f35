// What a device holds that is to be a disk from now on, so that nobody's data is overwritten by mistake: in words for whoever decides, and as a digest by
// which it is known again before the first byte is written. Its beginning and its end are read; worst outcome of a shorter look: data that nobody saw.
import { createHash } from "node:crypto";
import { isFault } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { type Content, partitionsOf, recognised, Volume } from "@leeward/file-system";
import { blockDigests } from "@leeward/proto";
import { alignedBytes } from "@leeward/world";
import { DEVICE_LOOK_BYTES } from "../limits.ts";

type Readable = Pick<BlockDevice, "sizeBytes" | "read">;

export interface DeviceContent {
  /** In words that go on from "it holds"; empty where nothing but zeroes was found. */
  readonly content: string;
  /** Of the beginning, as `blockDigests` has them. */
  readonly digests: Uint8Array;
  /** As `seenOf`. */
  readonly seen: string;
}

/** @throws the device's faults */
export async function contentOfDevice(device: BlockDevice): Promise<DeviceContent> {
  const ends = await endsOf(device);
  return { content: await wordsFor(device, ends), digests: blockDigests(ends[0]), seen: digestOf(device, ends) };
}

/** The digest of the device's size, beginning and end. @throws the device's faults */
export async function seenOf(device: Readable): Promise<string> {
  return digestOf(device, await endsOf(device));
}

type Ends = readonly [Uint8Array, Uint8Array];

async function endsOf(device: Readable): Promise<Ends> {
  const { sizeBytes } = device;
  const head = alignedBytes(Math.min(DEVICE_LOOK_BYTES, sizeBytes));
  await device.read(0, head);
  const left = sizeBytes - head.length;
  if (left === 0) return [head, new Uint8Array()];
  const tail = alignedBytes(Math.min(DEVICE_LOOK_BYTES, left));
  await device.read(sizeBytes - tail.length, tail);
  return [head, tail];
}

function digestOf({ sizeBytes }: Readable, [head, tail]: Ends): string {
  return createHash("sha256").update(`${sizeBytes}\n`).update(head).update(tail).digest("hex");
}

async function wordsFor(device: BlockDevice, ends: Ends): Promise<string> {
  const volume = Volume.whole(device);
  try {
    const partitions = await partitionsOf(volume);
    const table = partitions[0]?.table ?? "gpt";
    if (table !== "none") return `a partition table (${table.toUpperCase()}) with partitions: ${partitions.length}`;
  } catch (error) {
    if (!isFault(error, "file-system-damaged")) throw error;
    return "a partition table that is damaged";
  }
  const found = await recognised(volume);
  if (found !== "unknown") return WORDS[found] ?? `a file system (${found})`;
  return ends.every((bytes) => bytes.every((byte) => byte === 0)) ? "" : "data of a kind that is not known";
}

const WORDS: Readonly<Partial<Record<Content, string>>> = {
  bitlocker: "an encrypted volume (BitLocker)",
  lvm: "a volume of LVM",
  luks: "an encrypted volume (LUKS)",
  md: "a part of a RAID (md)",
  swap: "swap space",
};
