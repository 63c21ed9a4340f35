import type { BlockDevice } from "../block-device.ts";
import type { DeviceOperation } from "../device-fault.ts";
import type { Extent } from "../extent.ts";
import { wrappedDevice } from "./wrapped-device.ts";

export interface RecordedCall {
  readonly operation: DeviceOperation;
  readonly extent: Extent | undefined;
  readonly fua: boolean;
  /** A copy of what was written. */
  readonly data: Uint8Array | undefined;
  outcome: "pending" | "done" | "failed";
}

export interface RecordingDevice extends BlockDevice {
  /** Every call so far, in the order in which they began. */
  readonly calls: RecordedCall[];
}

/** A device that notes every call and how it ended. */
export function recordingDevice(device: BlockDevice): RecordingDevice {
  const calls: RecordedCall[] = [];
  const wrapped = wrappedDevice(device, async (call, pass) => {
    const { operation, extent, fua, data } = call;
    const record: RecordedCall = { operation, extent, fua, data: data?.slice(), outcome: "pending" };
    calls.push(record);
    try {
      const result = await pass();
      record.outcome = "done";
      return result;
    } catch (error) {
      record.outcome = "failed";
      throw error;
    }
  });
  return { ...wrapped, calls };
}
