import { KiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import type { DiskSettings } from "./disk-host.ts";
import type { SourceDisk } from "./source-disk.ts";

/** A read of so many bytes is a copy's. */
const COPY_READ_BYTES = 256 * KiB;

/** The disk or image file itself; a block device is taken only when nobody else has it. */
export async function openNodeSource({ path }: DiskSettings): Promise<SourceDisk> {
  const device = await openFileDevice({
    path,
    readOnly: false,
    io: "inline",
    direct: false,
    directReadsFrom: COPY_READ_BYTES,
    exclusive: true,
  });
  const { kind, device: number, inode } = await device.identity();
  return {
    device,
    physicalBlockBytes: device.physicalBlockBytes,
    identity: `${kind} ${number} ${inode}`,
    // A block device says nothing of who wrote to it; its size and identity are all that can be compared.
    witness: async () => {
      const { sizeBytes, modifiedMicros } = await device.identity();
      return kind === "file" ? `${sizeBytes} ${modifiedMicros}` : `${sizeBytes}`;
    },
  };
}
