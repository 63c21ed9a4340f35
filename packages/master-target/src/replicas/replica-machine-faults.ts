import { Fault } from "@leeward/base";

export function replicaRemoving(id: string): Fault {
  return new Fault({
    code: "replica-removing",
    kind: "transient",
    message: `The replica machine ${id} is being removed; it is not started again.`,
    detail: { id },
  });
}

export function replicaStarting(id: string): Fault {
  return new Fault({
    code: "replica-starting",
    kind: "transient",
    message: `The replica machine ${id} is not started yet; nothing was done.`,
    detail: { id },
  });
}

export function replicaNotHalted(id: string): Fault {
  return new Fault({
    code: "replica-not-halted",
    kind: "operator",
    message: `The replica machine ${id} is not halted: what it wrote does not become history while it may write on.`,
    remedy: "Halt it first; a failback does that by itself.",
    detail: { id },
  });
}

export function replicaMissing(id: string): Fault {
  return new Fault({
    code: "replica-unknown",
    kind: "operator",
    message: `No replica machine ${id} is at this master target.`,
    remedy: "See `leeward failover list`.",
    detail: { id },
  });
}

export function replicaDiffers(id: string): Fault {
  return new Fault({
    code: "replica-order-differs",
    kind: "operator",
    message: `A replica machine ${id} is here already, from another point or with other disks.`,
    remedy: "Clean that failover up, and begin another one.",
    detail: { id },
  });
}

export function screenTooLarge(id: string, bytes: number): Fault {
  return new Fault({
    code: "screen-too-large",
    kind: "operator",
    message: `The picture of the screen of the replica machine ${id} has ${bytes} bytes, more than is sent.`,
    remedy: "Have the guest show its console in fewer colours or dots; everything else of the drill is told.",
    detail: { id, bytes },
  });
}

export function replicasTooMany(count: number): Fault {
  return new Fault({
    code: "replicas-too-many",
    kind: "operator",
    message: `${count} replica machines are at this master target already, as many as there may be.`,
    remedy: "End test failovers that are not needed any more: `leeward failover list`.",
    detail: { count },
  });
}

export function historyInUse(diskId: string, failover: string): Fault {
  return new Fault({
    code: "history-in-use",
    kind: "operator",
    message: `The replica machine of the failover ${failover} runs on a point of the disk ${diskId}: its points stay.`,
    remedy: "End that failover first: `leeward failover cleanup`.",
    detail: { disk: diskId, failover },
  });
}
