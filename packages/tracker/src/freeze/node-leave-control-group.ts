import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "./mount-table.ts";
import { mountsNow } from "./node-open-mount.ts";

/**
 * This process leaves the control group of the service that started it, for the root of the hierarchy, so that what kills a whole service (systemd at the
 * end of its patience, `systemctl kill --signal=KILL`, the kernel for want of memory) does not kill it too. Where it may not, it stays: in a unit with
 * ProtectControlGroups, and in some containers.
 */
export function leaveControlGroup(): void {
  for (const { mountPoint } of mountsNow("/proc").filter(isOfServices)) {
    try {
      writeFileSync(join(mountPoint, "cgroup.procs"), "0");
    } catch {
      // It may not: then it is as safe as its service.
    }
  }
}

/** The hierarchy by which systemd knows a service's processes: the unified one, or of version 1 its own. */
function isOfServices({ kind, options }: Mount): boolean {
  return kind === "cgroup2" || (kind === "cgroup" && options.includes("name=systemd"));
}
