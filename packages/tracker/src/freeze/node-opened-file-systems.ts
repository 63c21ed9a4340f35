import { closeSync } from "node:fs";
import type { MountedFileSystem } from "../freezer.ts";
import { BlockTree, KERNEL } from "./node-block-tree.ts";
import { mountsNow, openMounted } from "./node-open-mount.ts";
import { upperFirst } from "./upper-first.ts";

export interface OpenedFileSystem extends MountedFileSystem {
  readonly fd: number;
}

/** Closes what it opened when disposed of. */
export interface OpenedFileSystems extends Disposable {
  /** The upper before those that they lie in, each once. */
  readonly inOrder: readonly OpenedFileSystem[];
}

/** Opens all or none; `hidden` makes what is thrown for one whose mount point does not lead to it. */
export function openUpperFirst(
  fileSystems: readonly MountedFileSystem[],
  hidden: (mountPoint: string) => Error,
): OpenedFileSystems {
  const mounts = mountsNow(KERNEL.proc);
  const tree = new BlockTree(mounts, KERNEL);
  const once = [...new Map(fileSystems.map((each) => [each.device, each])).values()];
  // What may lie anywhere may lie in any other.
  const others = (device: string): Set<string> =>
    new Set(once.map((each) => each.device).filter((each) => each !== device));
  const beneath = (device: string): ReadonlySet<string> => {
    const footing = tree.footingOf(device);
    return footing.isClear ? footing.fileSystems : others(device);
  };
  const inOrder: OpenedFileSystem[] = [];
  const close = (): void => {
    for (const { fd } of inOrder.splice(0)) closeSync(fd);
  };
  for (const fileSystem of upperFirst(once, beneath)) {
    const fd = openMounted(fileSystem, mounts);
    if (fd === undefined) {
      close();
      throw hidden(fileSystem.mountPoint);
    }
    inOrder.push({ ...fileSystem, fd });
  }
  return { inOrder, [Symbol.dispose]: close };
}
