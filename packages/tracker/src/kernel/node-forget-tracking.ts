import { existsSync } from "node:fs";
import { pinFolder, removePins } from "./node-pins.ts";

/**
 * Takes from the kernel what it keeps of a disk that no tracker is open for: of one that is not protected any more, or whose agent is gone for good, it
 * would note changes until the next boot. The next tracker begins under another id. Whether there was anything.
 */
export async function forgetTracking(diskId: string): Promise<boolean> {
  const folder = await pinFolder(diskId);
  if (folder === undefined || !existsSync(folder)) return false;
  removePins(folder);
  return true;
}
