import type { Clock } from "@leeward/world";
import type { BlockDevice } from "../block-device.ts";
import { type WrappedCall, wrappedDevice } from "./wrapped-device.ts";

/** A device that waits before each call as long as `delayMs` says, on the clock given. Calls may so overtake one another. */
export function delayedDevice(device: BlockDevice, clock: Clock, delayMs: (call: WrappedCall) => number): BlockDevice {
  const never = new AbortController().signal;
  return wrappedDevice(device, async (call, pass) => {
    const wait = delayMs(call);
    if (wait > 0) await clock.sleep(wait, never);
    return pass();
  });
}
