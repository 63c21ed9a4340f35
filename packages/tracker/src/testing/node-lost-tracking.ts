import { existsSync } from "node:fs";
import { pinFolder, removePins } from "../kernel/node-pins.ts";

/**
 * Takes from the kernel what it keeps of a disk whose tracker does not run, as a boot would: nobody notes changes any more, and the next tracker
 * begins under another id. Whether there was anything.
 */
export async function loseTracking(diskId: string): Promise<boolean> {
  const folder = await pinFolder(diskId);
  if (folder === undefined || !existsSync(folder)) return false;
  removePins(folder);
  return true;
}
