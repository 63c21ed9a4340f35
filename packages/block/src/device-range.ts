import { assert } from "@leeward/base";
import type { BlockDevice } from "./block-device.ts";
import { type Extent, endOf } from "./extent.ts";

/** Whether the extent is one that the device takes: not empty, on block boundaries, inside of the disk. For what a peer asks. */
export function fits(device: Pick<BlockDevice, "sizeBytes" | "blockBytes">, extent: Extent): boolean {
  const { offset, length } = extent;
  return (
    offset >= 0 &&
    length > 0 &&
    endOf(extent) <= device.sizeBytes &&
    offset % device.blockBytes === 0 &&
    length % device.blockBytes === 0
  );
}

/** Stops the process when the extent is not one that the device takes: whoever has it from a peer asks `fits` first. */
export function assertFits(
  device: Pick<BlockDevice, "sizeBytes" | "blockBytes">,
  offset: number,
  length: number,
): void {
  assert(fits(device, { offset, length }), "a device is asked for whole blocks inside of it");
}
