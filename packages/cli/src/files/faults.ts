import { Fault } from "@leeward/base";

export function pathMissing(path: string): Fault {
  return new Fault({
    code: "guest-path-missing",
    kind: "operator",
    message: `The file system has no ${path}.`,
    remedy: "Look with `ls` into the folder above it.",
    detail: { path },
  });
}

export function pathInvalid(path: string, why: string, remedy: string): Fault {
  return new Fault({
    code: "guest-path-invalid",
    kind: "operator",
    message: `${path} ${why}.`,
    remedy,
    detail: { path },
  });
}

export function partitionInvalid(message: string): Fault {
  return new Fault({
    code: "partition-choice-invalid",
    kind: "operator",
    message,
    remedy: "See `partitions`, and name one by its number, or a logical volume by its name, with --partition.",
  });
}

/** The point is served where its journal is, and this is another machine, or another user. */
export function pointElsewhere(cause: unknown): Fault {
  return new Fault({
    code: "point-elsewhere",
    kind: "operator",
    message: "The point was opened, but its socket cannot be reached from here.",
    remedy:
      "Run the command on the master target's machine as the user that the server runs as, or take the files from a journal with `leeward journal files`.",
    cause,
  });
}

/** What this machine's own files refuse. */
export function notTaken(path: string, cause: unknown): Fault {
  const why = cause instanceof Error ? cause.message : "unknown";
  return new Fault({
    code: "file-not-taken",
    kind: "transient",
    message: `${path} cannot be written here: ${why}`,
    remedy: "Make room, or name a place on a file system that takes such names and sizes; nothing was left behind.",
    detail: { path },
    cause,
  });
}
