import { Fault } from "@leeward/base";

export function openedTooMany(open: number): Fault {
  return new Fault({
    code: "opened-too-many",
    kind: "operator",
    message: `${open} points are open already, as many as there may be.`,
    remedy: "Close some with `leeward point close`.",
    detail: { open },
  });
}

export function openedUnknown(id: string): Fault {
  return new Fault({
    code: "opened-unknown",
    kind: "operator",
    message: `No opened point ${id}.`,
    remedy: "See `leeward point opened`.",
    detail: { id },
  });
}

export function openedInUse(id: string, owner: string): Fault {
  return new Fault({
    code: "opened-in-use",
    kind: "operator",
    message: `The opened point ${id} is a disk of the replica machine of the failover ${owner}.`,
    remedy: "End that failover: `leeward failover cleanup`.",
    detail: { id, failover: owner },
  });
}

export function replicaDiskWaiting(diskId: string): Fault {
  return new Fault({
    code: "replica-disk-waiting",
    kind: "transient",
    message: `The disk ${diskId} of the replica machine is not open: its journal did not open yet.`,
    detail: { disk: diskId },
  });
}
