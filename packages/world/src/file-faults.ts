import { Fault } from "@leeward/base";

/** The Fault for a file operation that the system refused with `errno` ("ENOENT", "EIO", …). */
export function fileFault(errno: string, path: string, cause?: unknown): Fault {
  const detail = { path, errno };
  switch (errno) {
    case "ENOENT":
    case "ENOTDIR":
      return new Fault({ code: "file-missing", kind: "operator", message: `${path} does not exist.`, detail, cause });
    case "EEXIST":
      return new Fault({ code: "file-exists", kind: "operator", message: `${path} exists already.`, detail, cause });
    case "ENOSPC":
    case "EDQUOT":
      return new Fault({
        code: "disk-full",
        kind: "transient",
        message: `No space is left for ${path}.`,
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
        detail,
        cause,
      });
    default:
      return new Fault({
        code: "io-failed",
        kind: "transient",
        message: `I/O on ${path} failed (${errno}).`,
        detail,
        cause,
      });
  }
}
