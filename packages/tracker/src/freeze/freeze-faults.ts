import { Fault } from "@leeward/base";
import type { MountedFileSystem } from "../freezer.ts";

/** Not all could be frozen, and none is; `reason` ends a sentence. */
export function freezeFailed(where: string, reason: string, cause?: unknown): Fault {
  return new Fault({
    code: "freeze-failed",
    kind: "transient",
    message: `${where} could not be frozen: ${reason}.`,
    detail: { where },
    cause,
  });
}

/** Who should have held or watched has ended; what was frozen is thawed by the one who is left. */
export function holderLost(who: string, cause?: unknown): Fault {
  return new Fault({
    code: "freeze-failed",
    kind: "transient",
    message: `File systems could not be held still: ${who} ended.`,
    cause,
  });
}

export function freezeTooSlow(slowest: MountedFileSystem, boundMs: number, stallMs: number): Fault {
  return new Fault({
    code: "freeze-too-slow",
    kind: "transient",
    message: `Freezing took ${Math.round(stallMs)} ms, more than ${boundMs} ms, up to ${slowest.mountPoint}; all are thawed.`,
    detail: { where: slowest.mountPoint, boundMs, stallMs: Math.round(stallMs) },
  });
}

export function thawFailed(where: string, reason: string, cause?: unknown): Fault {
  return new Fault({
    code: "thaw-failed",
    kind: "operator",
    message: `${where} could not be thawed: ${reason}.`,
    remedy: "Run `fsfreeze --unfreeze` on it; look at its disk (dmesg); start the machine again if nothing else helps.",
    detail: { where },
    cause,
  });
}

export function syncFailed(where: string, reason: string): Fault {
  return new Fault({
    code: "sync-failed",
    kind: "transient",
    message: `What was written to ${where} could not be brought to its disk: ${reason}.`,
    detail: { where },
  });
}

export function deviceMissing(path: string): Fault {
  return new Fault({
    code: "disk-missing",
    kind: "operator",
    message: `There is no disk at ${path}.`,
    remedy:
      "Attach it, or correct the path; after it was replaced by another, unprotect the old and protect the new one.",
    detail: { path },
  });
}

export function deviceUnsuitable(path: string): Fault {
  return new Fault({
    code: "disk-unsuitable",
    kind: "operator",
    message: `${path} cannot be used as a disk: it is no block device.`,
    remedy: "Choose the path of a block device.",
    detail: { path },
  });
}
