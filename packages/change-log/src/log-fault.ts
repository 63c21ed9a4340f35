import { Fault, type FaultDetail, isFault } from "@leeward/base";

/** The log takes no more: a write or a sync failed. What was written before it stays, and can be opened again. */
export function logFailed(folder: string, cause: unknown): Fault {
  return new Fault({
    code: "log-failed",
    kind: isFault(cause) ? cause.kind : "transient",
    message: `The change log in ${folder} failed and takes no more.`,
    remedy:
      "Look at the fault beneath and at `dmesg`; free space or mend the disk that holds the log. Then it goes on by itself.",
    detail: { folder },
    cause,
  });
}

/** Frames were offered that do not follow the last one. */
export function logDiscontinuous(folder: string, detail: { readonly from: number; readonly expected: number }): Fault {
  return new Fault({
    code: "log-discontinuous",
    kind: "protocol",
    message: `Records from ${detail.from} on do not follow what is in ${folder}: ${detail.expected} is next.`,
    detail: { folder, ...detail },
  });
}

/** Frames were offered that are not what the format allows. */
export function frameRefused(cause: unknown): Fault {
  return new Fault({
    code: "frame-refused",
    kind: "protocol",
    message: "A frame that came from a peer is bad.",
    cause,
  });
}

/** The folder holds something that a crash cannot explain. */
export function logDamaged(folder: string, why: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "log-damaged",
    kind: "corruption",
    message: `The change log in ${folder} is damaged: ${why}.`,
    detail: { folder, ...detail },
  });
}

/** The folder holds the log of another disk or branch. */
export function logForeign(path: string): Fault {
  return new Fault({
    code: "log-foreign",
    kind: "operator",
    message: `${path} belongs to another machine, disk or branch.`,
    remedy: "Put back the folder that belongs there; homes must not be copied from machine to machine.",
    detail: { path },
  });
}

/** What is asked for was trimmed, or never there. */
export function logTrimmed(folder: string, sequence: number): Fault {
  return new Fault({
    code: "log-trimmed",
    kind: "discontinuity",
    message: `The change log in ${folder} does not hold sequence ${sequence}.`,
    detail: { folder, sequence },
  });
}
