import { assert } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";

/** As much of the device as its replica machine's disk has: what lies behind that is not touched. The device stays its owner's. */
export function replicaSized(device: BlockDevice, sizeBytes: number): BlockDevice {
  assert(sizeBytes <= device.sizeBytes, "a device is no smaller than the disk that it is");
  return {
    sizeBytes,
    blockBytes: device.blockBytes,
    readOnly: device.readOnly,
    read: (offset, target) => device.read(offset, target),
    write: (offset, data, options) => device.write(offset, data, options),
    zero: (extent, options) => device.zero(extent, options),
    discard: (extent, options) => device.discard(extent, options),
    flush: () => device.flush(),
    allocation: (extent) => device.allocation(extent),
    [Symbol.asyncDispose]: async () => {},
  };
}
