import { Fault } from "@leeward/base";

/** What to do where Leeward cannot write into a guest. */
const BY_HAND =
  "Take the address out of its recovery settings (`leeward machine recovery M --nic N:`, `--test-nic N:`), fail over again, and set it inside of the machine: `leeward failover show` tells how its screen is reached.";

/** Nothing was started, and nothing of what was written before is left. */
export function guestUnsuited(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "guest-not-adjustable",
    kind: "operator",
    message: `The addresses of a replica machine cannot be written into its disks: ${why}.`,
    remedy: BY_HAND,
    cause,
  });
}

/** A program of this host, or what it needs, is not there. */
export function guestToolsMissing(what: string, cause?: unknown): Fault {
  return new Fault({
    code: "guest-tools-missing",
    kind: "operator",
    message: `The addresses of a replica machine cannot be written into its disks: ${what}.`,
    remedy:
      "On the master target's machine, install `e2fsprogs` and `nbdfuse` (Debian: `libnbd-bin`, and `fuse3` unless it runs as root), and let the daemon use /dev/fuse; then fail over again.",
    cause,
  });
}

/** The file system is one that its own repair tool does not take as it is. */
export function guestDamaged(said: string): Fault {
  return new Fault({
    code: "guest-file-system-damaged",
    kind: "operator",
    message: `e2fsck does not bring the file system of a replica machine to rest by itself, so nothing is written into it: ${said}`,
    remedy: `Choose an earlier point. Or: ${BY_HAND}`,
  });
}

/** What was written is not what is there. */
export function guestNotWritten(path: string, said: string): Fault {
  return new Fault({
    code: "guest-not-written",
    kind: "operator",
    message: `${path} was written into a replica machine's file system, and is not there as it was written. debugfs said: ${said}`,
    remedy: `The machine was not started. ${BY_HAND}`,
  });
}
