import { assert } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { lent } from "../disk/disk-door.ts";

/** As much of the device as its replica machine's disk has: what lies behind that is not touched. The device stays its owner's. */
export function replicaSized(device: BlockDevice, sizeBytes: number): BlockDevice {
  assert(sizeBytes <= device.sizeBytes, "a device is no smaller than the disk that it is");
  return { ...lent(device), sizeBytes };
}
