import type { DiskRow } from "../store/disk-rows.ts";

/** Whether a resync of the disk that nobody wants at once may begin now. */
export function isResyncAllowedNow(_disk: DiskRow): boolean {
  return true;
}
