import { getuid } from "node:process";
import { LoopDisk } from "../../../test/src/harness/loop-disk.ts";
import type { BenchPlace } from "../run/bench-place.ts";
import { missingTool } from "../run/tool-run.ts";

/** Why block devices cannot be made and tracked here, as a reason to skip; undefined when they can. */
export function withoutLoopDevices(): string | undefined {
  return getuid?.() === 0 ? missingTool("losetup") : "loop devices need root";
}

/** A block device of zeroes over a new file, past the page cache of that file; it is detached with the place, or before. */
export async function takeLoopDisk(
  place: BenchPlace,
  { image, sizeBytes }: { readonly image: string; readonly sizeBytes: number },
): Promise<{ readonly disk: LoopDisk; readonly end: () => Promise<void> }> {
  const attaching = LoopDisk.attach(image, { sizeBytes });
  const { thing: disk, end } = await place.take(attaching, (attached) => attached[Symbol.asyncDispose]());
  return { disk, end };
}
