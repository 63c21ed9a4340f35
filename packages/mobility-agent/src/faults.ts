import { Fault } from "@leeward/base";

/** What is asked of a disk needs it to be open. */
export function diskNotServed({ diskId, name }: { readonly diskId: string; readonly name: string }): Fault {
  return new Fault({
    code: "disk-not-served",
    kind: "transient",
    message: `${name} is not open at its agent now.`,
    remedy: "See the disk's faults with `leeward disk status`; it is opened again by itself.",
    detail: { disk: diskId },
  });
}

/** The plan does not name the disk. */
export function diskUnknown(diskId: string): Fault {
  return new Fault({
    code: "disk-unknown",
    kind: "operator",
    message: `No disk ${diskId} is protected here.`,
    remedy: "See `leeward disk status`. In the trace of a server it passes when the plan has arrived.",
    detail: { disk: diskId },
  });
}
