import { Fault } from "@leeward/base";

/** The folder holds the capture of another machine, disk or branch. */
export function splitterForeign(folder: string, what: string): Fault {
  return new Fault({
    code: "splitter-foreign",
    kind: "operator",
    message: `${folder} belongs to another ${what}.`,
    remedy: "Put back the folder that belongs there; homes must not be copied from machine to machine.",
    detail: { folder, what },
  });
}

/** The change log reached its limit: changes go to the bitmap until the target has taken enough of it. */
export function logFull(folder: string, bytesMax: number): Fault {
  return new Fault({
    code: "log-full",
    kind: "transient",
    message: `The change log in ${folder} reached its limit of ${bytesMax} bytes; changes are noted in the bitmap.`,
    detail: { folder, bytesMax },
  });
}

/** There is not enough room beside the log to go on with it. */
export function logSpaceLow(folder: string, freeBytes: number): Fault {
  return new Fault({
    code: "log-space-low",
    kind: "transient",
    message: `Only ${freeBytes} bytes are free for the change log in ${folder}; changes are noted in the bitmap.`,
    detail: { folder, freeBytes },
  });
}

/** What the log says of a span has to be known, and cannot be read any more. */
export function logUnreadable(folder: string, cause: Fault): Fault {
  return new Fault({
    code: "log-damaged",
    kind: "corruption",
    message: `The change log in ${folder} is damaged: it cannot be read where it tells of a span. ${cause.message}`,
    detail: { folder },
    cause,
  });
}

/** What a refused write left on the disk could not be read back. */
export function readBackFailed(offset: number, length: number, cause: unknown): Fault {
  return new Fault({
    code: "read-back-failed",
    kind: "transient",
    message: `The disk refused a write at ${offset}, and what it holds there could not be read.`,
    detail: { offset, length },
    cause,
  });
}

/** Neither log nor bitmap nor activity log can be written: changes are not noted, and the whole disk has to be copied again. */
export function trackingFailed(folder: string, cause: unknown): Fault {
  return new Fault({
    code: "tracking-failed",
    kind: "operator",
    message: `Changes of the disk cannot be noted in ${folder}; it is served, and will be copied again as a whole.`,
    remedy: "Free space or mend the file system of the agent's home; tracking begins again by itself.",
    detail: { folder },
    cause,
  });
}

/** The disk is not as it was left: it has to be copied again as a whole. */
export function diskChanged(why: string, detail: Readonly<Record<string, string | number>>): Fault {
  return new Fault({
    code: "disk-changed",
    kind: "discontinuity",
    message: `The disk changed while nobody watched it: ${why}.`,
    detail,
  });
}

/** The target says that it holds what never left this machine. */
export function sequenceUnknown(sequence: number, sendable: number): Fault {
  return new Fault({
    code: "sequence-unknown",
    kind: "protocol",
    message: `Sequence ${sequence} was acknowledged, and nothing above ${sendable} was sent.`,
    detail: { sequence, sendable },
  });
}

/** Another copy of the whole disk is under way. */
export function copyUnderWay(reason: string): Fault {
  return new Fault({
    code: "copy-under-way",
    kind: "transient",
    message: `A copy of the whole disk (${reason}) is under way; another begins when it has ended.`,
    detail: { reason },
  });
}

/** What a target says that it holds cannot be compared with the disk now; a newer point of it may be. */
export function comparisonImpossible(why: string): Fault {
  return new Fault({
    code: "comparison-impossible",
    kind: "transient",
    message: `The disk cannot be compared with its replica now: ${why}.`,
    detail: { why },
  });
}

/** The error as a Fault, which it is unless a mistake of ours. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
