import { Fault } from "@leeward/base";

/** What lies on the disk contradicts itself, or a check over it fails: nothing is given out that it might have said. */
export function damaged(fileSystem: string, what: string): Fault {
  return new Fault({
    code: "file-system-damaged",
    kind: "corruption",
    message: `The ${fileSystem} is damaged: ${what}.`,
    remedy:
      "Try an earlier point; or open this one with `leeward point open --writable` and have a repair tool look at it.",
  });
}

/** What lies on the disk may be sound, and is not read here. */
export function unsupported(what: string, remedy: string): Fault {
  return new Fault({ code: "file-system-unsupported", kind: "operator", message: `${what}.`, remedy });
}

/** What to do with a disk that only a running system can read. */
export const OPEN_INSTEAD =
  "Open the point with `leeward point open --writable` and attach it to a virtual machine that reads it; not to this machine's kernel, if its content is not trusted.";
