// Paths as everything here has them: from a root on, with "/" between names. Windows takes "/" as it takes "\", but for the paths of its devices, which stay as
// they are.
import { posix, win32 } from "node:path";

const DRIVE = /^[A-Za-z]:[\\/]/;
const SHARE_OR_DEVICE = /^\\\\[^\\/]+[\\/]/;

/** Whether a path begins at a root of either kind of system: `/srv`, `C:/srv`, `\\server\share`, `\\.\PhysicalDrive0`. */
export function isRooted(path: string): boolean {
  return path.startsWith("/") || DRIVE.test(path) || SHARE_OR_DEVICE.test(path);
}

/** A path as somebody wrote it in `workingFolder`, from the root on, without "." and "..". */
export function rootedPath(workingFolder: string, path: string): string {
  if (!DRIVE.test(workingFolder) && !SHARE_OR_DEVICE.test(workingFolder)) return posix.resolve(workingFolder, path);
  if (/^\\\\[.?]\\/.test(path)) return path;
  const resolved = win32.resolve(workingFolder, path);
  return resolved.startsWith("\\\\") ? resolved : resolved.replaceAll("\\", "/");
}
