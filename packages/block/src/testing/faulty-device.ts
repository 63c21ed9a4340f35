import type { BlockDevice } from "../block-device.ts";
import { type DeviceOperation, diskReadFailed, diskWriteFailed } from "../device-fault.ts";
import { type Extent, overlaps } from "../extent.ts";
import { type WrappedCall, wrappedDevice } from "./wrapped-device.ts";

/** Which calls fail. Every condition that is given must hold; calls that the first two let through are counted from 1. */
export interface FaultPlan {
  readonly operations?: readonly DeviceOperation[];
  /** Calls that overlap this extent; a flush overlaps none. */
  readonly within?: Extent;
  /** Which of the counted calls fail; all when not given. */
  readonly fails?: (count: number) => boolean;
  /** A write that fails changes the first half of its blocks (rounded down) before it does. */
  readonly torn?: boolean;
}

export interface FaultyDevice extends BlockDevice {
  /** How many calls were counted. */
  readonly counted: number;
  /** From now on nothing fails; counting goes on. */
  heal(): void;
}

/** A device that refuses the calls of a plan with `disk-read-failed` or `disk-write-failed`, and passes all others on. */
export function faultyDevice(device: BlockDevice, plan: FaultPlan): FaultyDevice {
  let counted = 0;
  let healed = false;
  const failing = (call: WrappedCall): boolean => {
    if (plan.operations !== undefined && !plan.operations.includes(call.operation)) return false;
    if (plan.within !== undefined && (call.extent === undefined || !overlaps(call.extent, plan.within))) return false;
    counted += 1;
    return !healed && (plan.fails?.(counted) ?? true);
  };
  const wrapped = wrappedDevice(device, async (call, pass) => {
    if (!failing(call)) return pass();
    if (plan.torn === true) await tear(device, call);
    const { operation, extent } = call;
    const what = { disk: "faulty", operation, ...(extent === undefined ? {} : { extent }) };
    throw operation === "read" || operation === "allocation"
      ? diskReadFailed(what, undefined)
      : diskWriteFailed(what, undefined);
  });
  return {
    ...wrapped,
    get counted() {
      return counted;
    },
    heal() {
      healed = true;
    },
  };
}

async function tear(device: BlockDevice, call: WrappedCall): Promise<void> {
  if (call.data === undefined || call.extent === undefined) return;
  const blocks = Math.floor(call.data.length / device.blockBytes / 2);
  if (blocks > 0)
    await device.write(call.extent.offset, call.data.subarray(0, blocks * device.blockBytes), { fua: false });
}
