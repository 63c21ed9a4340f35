import type { TrackedIdentity } from "./control-page.ts";

/** The unit in which the kernel counts places on a device, bytes, whatever the device's own block is. */
export const SECTOR_BYTES = 512;

/** What a request or bio does: the low byte of its flags (include/linux/blk_types.h). */
export const OPERATION = {
  read: 0,
  flush: 2,
  discard: 3,
  secureErase: 5,
  passedIn: 34,
  passedOut: 35,
} as const;
export const OPERATION_MASK = 0xff;

/** A disk or partition as the kernel's events name it: by the whole disk's number and sectors. */
export interface TrackedDevice extends TrackedIdentity {
  readonly path: string;
  /** The whole disk's name below /sys/block. */
  readonly disk: string;
}
