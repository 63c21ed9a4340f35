import { classOf, type ErrorItem, type FaultClass } from "@leeward/api";

/** What to do about a fault that does not say so itself, by code. */
const BY_CODE: Readonly<Record<string, string>> = {
  "command-interrupted": "Run it again; what the server had begun goes on there.",
  "daemon-not-found": "Start it, or check --home.",
  "disk-not-protectable":
    "Only the machine's own administrator can allow it: `protectable` in config.yaml of the agent's home.",
  "disk-full": "Make room on the file system that the message names.",
  "file-denied": "Run the command as a user who may, or give the file to this user.",
  "file-exists": "Name a file that does not exist.",
  "file-missing": "Check the path.",
  "manifest-damaged": "Take another copy of this journal; other disks' journals are not touched by it.",
  "manifest-unreadable": "Give the recovery key of this installation; if it is, take another copy of this journal.",
  "manifest-rolled-back": "Somebody put an older manifest in its place: take the journal from a copy that is whole.",
  "point-in-gap": "Take one of the two points that the message names.",
  "point-missing": "See what there is with `leeward point list MACHINE`.",
  "point-withdrawn": "Take another point: `leeward point list MACHINE` shows those that can be served.",
  "recovery-key-not-held": "It was exported before, and is only where it was written then.",
  "recovery-key-exported": "It was exported before, and is only where it was written then.",
  "server-unreachable":
    "Check that the server runs (`leeward server status --home DIR`) and that the network lets this machine reach it.",
  "time-invalid": "Give latest, a point's id, or a time such as 2026-11-20T10:00:00Z.",
  "token-invalid": "Make a new one with `leeward token create`.",
};

const BY_CLASS: Readonly<Record<FaultClass, string>> = {
  failed: "Try again. If it fails again, send what `leeward support bundle --to FILE` writes to who helps.",
  usage: "See the command's --help.",
  "not-found": "Check the name: `leeward machine list`, `disk status`, `point list` and `job list` show what there is.",
  refused: "Nothing was changed. See the fault's page in docs/FAULTS.md for what has to be so first.",
  unreachable: "Check that it runs, and that the network lets this machine reach it; then try again.",
  "timed-out": "Try again with a longer --timeout; what had begun goes on, and `leeward job list` shows it.",
  corrupt: "Keep what is there as it is, and take another copy of it where there is one.",
};

/** The fault with a remedy: its own, or what can be said of its code or class. */
export function withRemedy(item: ErrorItem): ErrorItem {
  if (item.remedy !== null) return item;
  return { ...item, remedy: remedyOf(item) };
}

/** What can be said of a fault's code, else of its class. */
function remedyOf({ code, kind, detail }: ErrorItem): string {
  // A failed job says its own fault's code.
  const inner = detail["code"];
  return BY_CODE[code] ?? (typeof inner === "string" ? BY_CODE[inner] : undefined) ?? BY_CLASS[classOf({ code, kind })];
}
