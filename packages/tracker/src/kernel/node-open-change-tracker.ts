import { assert, type FaultDetail } from "@leeward/base";
import type { ChangeTracker, ChangeTrackerOptions } from "../change-tracker.ts";
import { BpfRefusal } from "./node-bpf.ts";
import { deviceFacts } from "./node-device-facts.ts";
import { openEbpfTracker } from "./node-ebpf-tracker.ts";
import { unsupported } from "./tracking-faults.ts";

/**
 * Opens the tracker of a device: by eBPF where the kernel allows it, else by tracefs.
 * @throws Fault `tracking-unsupported` (what was refused, and why)
 */
export async function openChangeTracker(options: ChangeTrackerOptions): Promise<ChangeTracker> {
  const { path, diskId } = options;
  assert(/^[0-9a-f]{32}$/.test(diskId), "a disk's id is 32 hex digits");
  const device = deviceFacts(path);
  try {
    return await openEbpfTracker({ device, diskId });
  } catch (error) {
    const detail: FaultDetail = error instanceof BpfRefusal ? error.detail : {};
    throw unsupported(path, `eBPF: ${String(error)}`, { detail, cause: error });
  }
}
