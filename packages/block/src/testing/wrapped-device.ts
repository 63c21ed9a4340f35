import type { Allocation, BlockDevice } from "../block-device.ts";
import type { DeviceOperation } from "../device-fault.ts";
import type { Extent } from "../extent.ts";

/** One call of a device, as a wrapper sees it before it is passed on. */
export interface WrappedCall {
  readonly operation: DeviceOperation;
  /** undefined for a flush. */
  readonly extent: Extent | undefined;
  readonly fua: boolean;
  /** Of a write; borrowed. */
  readonly data?: Uint8Array;
}

/** A device whose every call goes through `around`, which calls `pass` once, later, or not at all. */
export function wrappedDevice(
  device: BlockDevice,
  around: <T>(call: WrappedCall, pass: () => Promise<T>) => Promise<T>,
): BlockDevice {
  const plain = { fua: false } as const;
  return {
    sizeBytes: device.sizeBytes,
    blockBytes: device.blockBytes,
    readOnly: device.readOnly,
    read: (offset, target) =>
      around({ operation: "read", extent: { offset, length: target.length }, ...plain }, () =>
        device.read(offset, target),
      ),
    write: (offset, data, options) =>
      around({ operation: "write", extent: { offset, length: data.length }, fua: options.fua, data }, () =>
        device.write(offset, data, options),
      ),
    zero: (extent, options) =>
      around({ operation: "zero", extent, fua: options.fua }, () => device.zero(extent, options)),
    discard: (extent, options) =>
      around({ operation: "discard", extent, fua: options.fua }, () => device.discard(extent, options)),
    flush: () => around({ operation: "flush", extent: undefined, ...plain }, () => device.flush()),
    allocation: (extent) =>
      around<readonly Allocation[]>({ operation: "allocation", extent, ...plain }, () => device.allocation(extent)),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}
