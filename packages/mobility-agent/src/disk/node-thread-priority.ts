import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** As a nice value: before everything that has none, behind what the system itself needs. */
export const PRODUCTION_PRIORITY = constants.priority.PRIORITY_ABOVE_NORMAL;

/**
 * Lets the calling thread run before others of the machine: applications wait for it at each write, and for nothing else of ours. It needs root or
 * CAP_SYS_NICE; without, the thread stays as it is.
 */
export function preferThisThread(): void {
  try {
    setPriority(threadId(), PRODUCTION_PRIORITY);
  } catch {
    // Slower under load, and right.
  }
}

/** The kernel's id of the calling thread; Node's own is another. */
function threadId(): number {
  return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
}
