import { randomId } from "@leeward/base";
import { type BlockDevice, openFileDevice } from "@leeward/block";
import { nodeRandom } from "@leeward/world";
import type { ChangeTracker } from "../change-tracker.ts";
import { deviceFacts } from "../kernel/node-device-facts.ts";
import { SECTOR_BYTES, type TrackedDevice } from "../kernel/tracked-device.ts";
import type { TrackerRig } from "./change-tracker-suite.ts";
import type { TestDisk } from "./node-test-disk.ts";

export type OpenTracker = (device: TrackedDevice, diskId: string) => Promise<ChangeTracker>;

export interface KernelRigOptions {
  readonly keeps: boolean;
  /** So much of the device is tracked until it grows; all of it when not given. */
  readonly trackedBytes?: number;
}

/** A rig of a device that the running kernel tracks. */
export async function kernelRig(
  disk: TestDisk,
  openTracker: OpenTracker,
  { keeps, trackedBytes }: KernelRigOptions,
): Promise<TrackerRig> {
  const diskId = randomId(nodeRandom);
  let device = await directDevice(disk.path);
  let tracked = trackedBytes;
  let latest: ChangeTracker | undefined;
  return {
    get device() {
      return device;
    },
    keeps,
    async open() {
      const facts = deviceFacts(disk.path);
      const sectors = tracked === undefined ? facts.sectors : tracked / SECTOR_BYTES;
      latest = await openTracker({ ...facts, sectors }, diskId);
      return latest;
    },
    async lose() {
      await device[Symbol.asyncDispose]();
      disk.replace();
      device = await directDevice(disk.path);
    },
    async grow(sizeBytes) {
      if (tracked !== undefined) tracked = sizeBytes;
      disk.grow?.(sizeBytes);
      await device[Symbol.asyncDispose]();
      device = await directDevice(disk.path);
      return device;
    },
    async [Symbol.asyncDispose]() {
      // What the kernel keeps is of no use to anybody after the test.
      const facts = deviceFacts(disk.path);
      await latest?.[Symbol.asyncDispose]();
      await (await openTracker(facts, diskId)).end();
      await device[Symbol.asyncDispose]();
      await disk[Symbol.asyncDispose]();
    },
  };
}

/** The device past the page cache. */
export function directDevice(path: string): Promise<BlockDevice> {
  return openFileDevice({ path, readOnly: false, io: "thread-pool", direct: true });
}
