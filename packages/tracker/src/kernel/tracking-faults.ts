import { Fault, type FaultDetail } from "@leeward/base";

/** This kernel, or this device, cannot be tracked. */
export function unsupported(
  path: string,
  reason: string,
  more: { readonly detail?: FaultDetail; readonly cause?: unknown } = {},
): Fault {
  return new Fault({
    code: "tracking-unsupported",
    kind: "operator",
    message: `${path} cannot be tracked by the kernel: ${reason}.`,
    remedy:
      "Let the agent run as root on a kernel with BTF and BPF, or with tracefs; or protect the disk by a splitter.",
    detail: { path, ...more.detail },
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

/** Stands in the detail of a fault when what eBPF notes here was disproved by the disk's own count: tracefs is to be asked first from then on. */
export const DISPROVED = "disproved";

/** A change may have been missed. */
export function incomplete(path: string, reason: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "tracking-incomplete",
    kind: "discontinuity",
    message: `Changes of ${path} may have been missed: ${reason}.`,
    detail: { path, ...detail },
  });
}
