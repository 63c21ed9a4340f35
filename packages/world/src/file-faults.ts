import { Fault } from "@leeward/base";

/** The Fault for a file operation that the system refused with `errno` ("ENOENT", "EIO", …). */
export function fileFault(errno: string, path: string, cause?: unknown): Fault {
  const detail = { path, errno };
  switch (errno) {
    case "ENOENT":
    case "ENOTDIR":
      return new Fault({
        code: "file-missing",
        kind: "operator",
        message: `${path} does not exist.`,
        remedy: "Check the path; mount what holds it, or restore it from a backup.",
        detail,
        cause,
      });
    case "EEXIST":
      return new Fault({
        code: "file-exists",
        kind: "operator",
        message: `${path} exists already.`,
        remedy: "Look at what it is; move it away if it is not Leeward's.",
        detail,
        cause,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new Fault({
        code: "disk-full",
        kind: "transient",
        message: `No space is left for ${path}.`,
        remedy: "Free space there, or make the file system larger; writing goes on by itself.",
        detail,
        cause,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Fault({
        code: "file-denied",
        kind: "operator",
        message: `${path} may not be used (${errno}).`,
        remedy: "Give the process's user the right, or correct the path in its configuration.",
        detail,
        cause,
      });
    default:
      return new Fault({
        code: "io-failed",
        kind: "transient",
        message: `I/O on ${path} failed (${errno}).`,
        remedy: "Read the system's own messages about the device (`dmesg`); replace a failing one.",
        detail,
        cause,
      });
  }
}
