// What a master target writes for others never lands among what is its own: a journal that a saved point replaced would be lost.
import { Fault } from "@leeward/base";
import { rootedPath } from "@leeward/world";

const FILE_STORE = "file://";

/** The folders that are a master target's alone: its home, and its store's when that is a folder. */
export function ownFolders(home: string, storePlace: string | undefined): readonly string[] {
  return storePlace?.startsWith(FILE_STORE) === true ? [home, storePlace.slice(FILE_STORE.length)] : [home];
}

/** `path` is compared as it is written: links are not followed. @throws Fault `path-own` */
export function refuseOwn(folders: readonly string[], path: string): void {
  const asked = rootedPath("/", path);
  const own = folders.map((folder) => rootedPath("/", folder)).find((each) => `${asked}/`.startsWith(`${each}/`));
  if (own === undefined) return;
  throw new Fault({
    code: "path-own",
    kind: "operator",
    message: `${path} is in ${own}, where the master target keeps what is its own.`,
    remedy: "Name a path elsewhere on the master target's machine.",
    detail: { path, folder: own },
  });
}
