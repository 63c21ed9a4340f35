import { Fault } from "@leeward/base";
import type { Extent } from "@leeward/block";

export function extentOutside({ offset, length }: Extent): Fault {
  return new Fault({
    code: "extent-outside",
    kind: "protocol",
    message: `A disk is to be read where it has no whole blocks: ${length} bytes at ${offset}.`,
    detail: { offset, length },
  });
}

export function replicaOther(replicaId: string, machineId: string): Fault {
  return new Fault({
    code: "replica-other",
    kind: "protocol",
    message: `The replica machine ${replicaId} is not one of machine ${machineId}.`,
    detail: { replica: replicaId, machine: machineId },
  });
}

/** Whoever asks was told of more than there is: of what came after that, nothing can be said by sequences. */
export function overlaySetBack(diskId: string, of: { readonly sequence: number; readonly told: number }): Fault {
  return new Fault({
    code: "overlay-set-back",
    kind: "discontinuity",
    message: `What a replica machine wrote to disk ${diskId} ends at ${of.sequence}, and ${of.told} was told before: it was set back.`,
    detail: { disk: diskId, ...of },
  });
}

export function requestUnrelayed(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `A master target does not answer ${kind} to a process server.`,
    remedy: "Bring both sides to the same release; upgrade the config server first.",
    detail: { kind },
  });
}
