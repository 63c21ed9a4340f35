import { readFileSync } from "node:fs";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** The kernel's id of this boot, without dashes; empty on a system that has none. */
export function bootId(): string {
  try {
    return readFileSync(BOOT_ID, "utf8").trim().replaceAll("-", "");
  } catch {
    // No Linux, or a hidden /proc: nothing can be said about boots.
    return "";
  }
}
