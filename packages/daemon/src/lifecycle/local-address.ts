import { createHash } from "node:crypto";

const DIGEST_HEX = 32;

/**
 * What a process listens on for others of this machine, by the path that a socket would have: on Windows a pipe, which has no path and whose name follows from
 * it. Windows takes paths in either case.
 */
export function localAddress(path: string, isWindows: boolean): string {
  if (!isWindows) return path;
  const digest = createHash("sha256").update(path.replaceAll("\\", "/").toLowerCase()).digest("hex");
  return `\\\\.\\pipe\\leeward-${digest.slice(0, DIGEST_HEX)}`;
}
