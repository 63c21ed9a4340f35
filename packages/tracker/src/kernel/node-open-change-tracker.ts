import { AssertionFailure, assert, type FaultDetail } from "@leeward/base";
import type { ChangeTracker, ChangeTrackerOptions } from "../change-tracker.ts";
import { BpfRefusal } from "./node-bpf.ts";
import { deviceFacts } from "./node-device-facts.ts";
import { openEbpfTracker, reopenEbpfTracker } from "./node-ebpf-tracker.ts";
import { openTracefsTracker } from "./node-tracefs-tracker.ts";
import { unsupported } from "./tracking-faults.ts";

type Backend = NonNullable<ChangeTrackerOptions["backend"]>;

const BACKENDS: readonly Backend[] = ["ebpf", "tracefs"];

/**
 * Opens the tracker of a device: by eBPF where the kernel allows it, else by tracefs; the other way round where that is preferred.
 * @throws Fault `tracking-unsupported` (what was refused, and why)
 */
export async function openChangeTracker(options: ChangeTrackerOptions): Promise<ChangeTracker> {
  const { path, diskId, backend, traceBufferKib, prefer = "ebpf" } = options;
  const more = traceBufferKib === undefined ? {} : { bufferKib: traceBufferKib };
  assert(/^[0-9a-f]{32}$/.test(diskId), "a disk's id is 32 hex digits");
  const device = deviceFacts(path);
  const refusals: string[] = [];
  let detail: FaultDetail = {};
  for (const each of backend === undefined ? BACKENDS.toSorted((one) => (one === prefer ? -1 : 1)) : [backend]) {
    try {
      return await OPENERS[each]({ device, diskId, ...more });
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      refusals.push(`${each}: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof BpfRefusal) detail = { ...detail, ...error.detail };
    }
  }
  throw unsupported(path, refusals.join("; "), { detail });
}

/**
 * The tracker that an earlier process left in the kernel, with all that it has noted since; undefined when there is none. None is begun.
 * @throws Fault `tracking-unsupported`
 */
export async function reopenChangeTracker({ path, diskId }: ChangeTrackerOptions): Promise<ChangeTracker | undefined> {
  const device = deviceFacts(path);
  try {
    return await reopenEbpfTracker({ device, diskId });
  } catch (error) {
    if (error instanceof AssertionFailure) throw error;
    // A kernel without BPF keeps nothing.
    return undefined;
  }
}

const OPENERS = { ebpf: openEbpfTracker, tracefs: openTracefsTracker } as const;
