import type { BlockDevice } from "@leeward/block";

export interface MortalDevice extends BlockDevice {
  /** The process that used the device has ended: none of its calls begins or settles any more. */
  die(): void;
}

/**
 * One process's way to a disk: what it had handed over stays, what it had not is never done. `onCall` is called before each call and
 * before it settles, and may call `die`.
 */
export function mortalDevice(device: BlockDevice, onCall: () => void = () => {}): MortalDevice {
  let alive = true;
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    if (alive) onCall();
    try {
      return alive ? await call() : await never();
    } finally {
      if (alive) onCall();
      if (!alive) await never();
    }
  };
  return {
    sizeBytes: device.sizeBytes,
    blockBytes: device.blockBytes,
    readOnly: device.readOnly,
    read: (offset, target) => guarded(() => device.read(offset, target)),
    write: (offset, data, options) => guarded(() => device.write(offset, data, options)),
    zero: (extent, options) => guarded(() => device.zero(extent, options)),
    discard: (extent, options) => guarded(() => device.discard(extent, options)),
    flush: () => guarded(() => device.flush()),
    allocation: (extent) => guarded(() => device.allocation(extent)),
    // The disk outlives whoever uses it.
    [Symbol.asyncDispose]: async () => {},
    die: () => {
      alive = false;
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => {});
}
