import { Fault } from "@leeward/base";
import type { FaultItem } from "@leeward/proto";

/** The disk is not in this process server's plan, or not yet. */
export function diskUnknown(diskId: string): Fault {
  const message = `Disk ${diskId} is not in this process server's plan; its lease may be elsewhere.`;
  return new Fault({ code: "disk-not-planned", kind: "transient", message, detail: { diskId } });
}

/** A machine offers a disk that the plan gives to another. */
export function diskForeign(diskId: string, machineId: string): Fault {
  const message = `Machine ${machineId} offers disk ${diskId}, which belongs to another machine.`;
  return new Fault({ code: "disk-foreign", kind: "protocol", message, detail: { diskId, machineId } });
}

/** The disk's cache is being opened, or is closed until what broke it is over. */
export function diskNotReady(diskId: string): Fault {
  const message = `Disk ${diskId} cannot be taken yet: its cache is not open.`;
  return new Fault({ code: "disk-not-ready", kind: "transient", message, detail: { diskId } });
}

/** A newer authority is known for the disk's machine: whoever sends is fenced. */
export function epochOld(diskId: string, epoch: { readonly offered: number; readonly known: number }): Fault {
  return new Fault({
    code: "epoch-old",
    kind: "operator",
    message: `Disk ${diskId} comes with epoch ${epoch.offered} where ${epoch.known} is known: another copy of the machine took over.`,
    remedy:
      "Stop the old machine. If it is the right one, fail back or reprotect from the side that has the newer epoch.",
    detail: { diskId, ...epoch },
  });
}

/** Nothing of the branch is held, and where the target stands is not known, so that nobody knows where to begin. */
export function targetPositionUnknown(diskId: string): Fault {
  const message = `Where disk ${diskId} begins is known when its master target has been reached.`;
  return new Fault({ code: "target-position-unknown", kind: "transient", message, detail: { diskId } });
}

/** The disk's share of the cache is used up. */
export function cacheFull(diskId: string, bytes: { readonly used: number; readonly max: number }): Fault {
  const message = `The cache of disk ${diskId} holds ${bytes.used} bytes of at most ${bytes.max}; intake goes on when the target has taken some.`;
  return new Fault({ code: "cache-full", kind: "transient", message, detail: { diskId, ...bytes } });
}

/** The reserve of the cache's file system is touched. */
export function cacheSpaceLow(bytes: { readonly free: number; readonly reserve: number }): Fault {
  const message = `The cache's file system has ${bytes.free} bytes free where ${bytes.reserve} are kept in reserve; intake waits.`;
  return new Fault({ code: "cache-space-low", kind: "transient", message, detail: bytes });
}

/** The target lost what it had acknowledged, or is another one: what lies between is not here any more. */
export function targetBehind(diskId: string, sequence: { readonly target: number; readonly held: number }): Fault {
  return new Fault({
    code: "target-behind",
    kind: "discontinuity",
    message: `The target holds disk ${diskId} up to ${sequence.target}, and this process server only what follows ${sequence.held}.`,
    detail: { diskId, ...sequence },
  });
}

/** Somebody asks for a wrapping of a key that the disk has not. */
export function keyOther(diskId: string, keyId: string): Fault {
  const message = `The data key of disk ${diskId} is not ${keyId}: this process server has another plan.`;
  return new Fault({ code: "key-other", kind: "transient", message, detail: { diskId, keyId } });
}

/**
 * What a further target lacks is not held any more, since its share of the cache was used up, or it lost what it had; and it did not go on behind the
 * hole when that was offered.
 */
export function targetLeftBehind(
  diskId: string,
  detail: { readonly targetId: string; readonly target: number; readonly held: number },
): Fault {
  return new Fault({
    code: "target-left-behind",
    kind: "operator",
    message: `Further target ${detail.targetId} holds disk ${diskId} up to ${detail.target}, and this process server only what follows ${detail.held}: it was left behind.`,
    remedy:
      "Look why it was away or slow. Its recovery points stay, and the main target has all of the disk. When it is back it goes on by itself, and has new points once the source was read for it; one of an older release cannot: upgrade it.",
    detail: { diskId, ...detail },
  });
}

/** A sealed cut is bound to sequences of which the target holds some and lacks others. */
export function cutStraddles(
  diskId: string,
  sequence: { readonly target: number; readonly from: number; readonly to: number },
): Fault {
  return new Fault({
    code: "cut-straddles",
    kind: "discontinuity",
    message: `The target holds disk ${diskId} up to ${sequence.target}, which lies inside of the cut ${sequence.from} to ${sequence.to}.`,
    detail: { diskId, ...sequence },
  });
}

/** Files of the cache do not say what they should. */
export function cacheUnreadable(path: string, why: string, cause?: unknown): Fault {
  const message = `The cache's ${path} cannot be used: ${why}.`;
  return new Fault({ code: "cache-unreadable", kind: "corruption", message, detail: { path }, cause });
}

/** A cut does not read back as it was written. */
export function cutDamaged(path: string): Fault {
  const message = `The cut ${path} is not what was sealed; the agent is asked for its records again.`;
  return new Fault({ code: "cut-damaged", kind: "corruption", message, detail: { path } });
}

/** More branches wait for their target than are kept. */
export function branchesTooMany(diskId: string, max: number): Fault {
  const message = `Disk ${diskId} has ${max} branches that wait for their target already.`;
  return new Fault({ code: "branches-too-many", kind: "transient", message, detail: { diskId, max } });
}

/** Frames are missing between what is held and what came. The agent offers the disk anew, and goes on from the answer. */
export function recordsGap(diskId: string, sequence: { readonly expected: number; readonly from: number }): Fault {
  const message = `Disk ${diskId} is expected to go on at ${sequence.expected}, and ${sequence.from} came.`;
  return new Fault({ code: "records-gap", kind: "transient", message, detail: { diskId, ...sequence } });
}

/** A Records message says something else than the frames that it carries. */
export function recordsMismatch(diskId: string, cause?: unknown): Fault {
  const message = `Records of disk ${diskId} are not what their message says.`;
  return new Fault({ code: "records-mismatch", kind: "protocol", message, detail: { diskId }, cause });
}

/** The disk's block sizes are none that a segment can have. */
export function geometryRefused(
  diskId: string,
  bytes: { readonly block: number; readonly physicalBlock: number },
): Fault {
  const message = `Disk ${diskId} has blocks of ${bytes.block} bytes (physical ${bytes.physicalBlock}), which is not supported.`;
  return new Fault({
    code: "geometry-refused",
    kind: "operator",
    message,
    remedy: "Only blocks of 512 and 4096 bytes are supported; present the disk with one of them.",
    detail: { diskId, ...bytes },
  });
}

/** The agent offers a branch that a later one of the same disk has replaced here. */
export function branchSuperseded(diskId: string, branch: string): Fault {
  const message = `Branch ${branch} of disk ${diskId} was replaced by a later one.`;
  return new Fault({ code: "branch-superseded", kind: "discontinuity", message, detail: { diskId, branch } });
}

/** A machine has more points waiting for its target than are kept; the agent keeps the rest. */
export function pointsTooMany(machineId: string, max: number): Fault {
  const message = `${max} points of machine ${machineId} wait for the target already.`;
  return new Fault({ code: "points-too-many", kind: "transient", message, detail: { machineId, max } });
}

/** A machine sends a point of another. */
export function pointForeign(machineId: string): Fault {
  const message = `Machine ${machineId} sent a point that belongs to another machine.`;
  return new Fault({ code: "point-foreign", kind: "protocol", message, detail: { machineId } });
}

/** A machine's agent is here, and answers; who comes has its key as well. */
export function identityInUse(machineId: string, first: string): Fault {
  return new Fault({
    code: "identity-in-use",
    kind: "transient",
    message: `The agent of machine ${machineId} is connected from ${first}, and answers: who else has its identity is not let in.`,
    remedy:
      "See `leeward status`: it says so when the machine has a copy. After a restart of the agent it passes by itself.",
    detail: { machineId, first },
  });
}

/** As many agents as may be are connected. */
export function sessionsTooMany(max: number): Fault {
  return new Fault({
    code: "sessions-too-many",
    kind: "transient",
    message: `${max} agents are connected already.`,
    detail: { max },
  });
}

/** A well-formed message that nobody sends to a process server here and now. */
export function messageUnexpected(what: string): Fault {
  return new Fault({
    code: "message-unexpected",
    kind: "protocol",
    message: `The peer sent ${what}, which does not belong here.`,
  });
}

/** Who connected is not an agent, or who answered is not the target of the plan. */
export function peerForeign(address: string, why: string): Fault {
  return new Fault({
    code: "peer-foreign",
    kind: "operator",
    message: `The peer at ${address} ${why}.`,
    remedy: "Check that the address belongs to the intended server, and that names and ports were not exchanged.",
    detail: { address },
  });
}

/** The plan names no data key, or not as one: nothing leaves this server unencrypted. */
export function keyNameless(keyId: string): Fault {
  const message = `${JSON.stringify(keyId)} names no data key.`;
  return new Fault({
    code: "key-nameless",
    kind: "operator",
    message,
    remedy:
      "Bring config server and process server to the same release; if they are, unprotect the disk and protect it again.",
    detail: { keyId },
  });
}

/** An agent asks what only the disk's target knows. */
export function targetAway(targetId: string): Fault {
  const message = `This process server has no session to master target ${targetId} now.`;
  return new Fault({ code: "target-away", kind: "transient", message, detail: { targetId } });
}

/** A process server answers an agent what concerns a replica machine's disk, and nothing else. */
export function requestUnsupported(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `A process server does not answer ${kind}.`,
    remedy: "Bring both sides to the same release; upgrade the servers first.",
    detail: { kind },
  });
}

/** The target has not said where it stands for too long. */
export function targetSilent(diskId: string, afterMs: number): Fault {
  const message = `The target has not answered the offer of disk ${diskId} for ${afterMs / 1_000} s.`;
  return new Fault({ code: "target-silent", kind: "transient", message, detail: { diskId } });
}

/** The data key of the disk cannot be unwrapped by this server. */
export function keyUnusable(diskId: string, cause: unknown): Fault {
  const message = `The data key of disk ${diskId} cannot be unwrapped by this process server.`;
  return new Fault({
    code: "key-unusable",
    kind: "operator",
    message,
    remedy:
      "Check whether its identity was replaced; enrol the process server again, then unprotect the disk and protect it again.",
    detail: { diskId },
    cause,
  });
}

/** A Fault as it is; a mistake of ours is nobody's fact of life, and goes on up. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

export function itemOf(fault: Fault, sinceMicros: number): FaultItem {
  return { code: fault.code, kind: fault.kind, message: fault.message, sinceMicros };
}
