// What a master target writes for others never lands among what is its own: a journal that a saved point replaced would be lost. In its home there is one
// folder for it, since a service may write to its home alone.
import { Fault } from "@leeward/base";
import { rootedPath } from "@leeward/world";

const FILE_STORE = "file://";

export interface OwnFolders {
  /** A master target's alone: its home, and its store's when that is a folder. */
  readonly folders: readonly string[];
  /** The one in its home where others' files may be. */
  readonly saved: string;
}

export function ownFolders(home: string, storePlace: string | undefined): OwnFolders {
  const store = storePlace?.startsWith(FILE_STORE) === true ? [storePlace.slice(FILE_STORE.length)] : [];
  return {
    folders: [home, ...store].map((folder) => rootedPath("/", folder)),
    saved: rootedPath("/", `${home}/saved`),
  };
}

/** `path` is compared as it is written: links are not followed. @throws Fault `path-own` */
export function refuseOwn({ folders, saved }: OwnFolders, path: string): void {
  const asked = rootedPath("/", path);
  const own = folders.find((each) => `${asked}/`.startsWith(`${each}/`));
  if (own === undefined || asked.startsWith(`${saved}/`)) return;
  throw new Fault({
    code: "path-own",
    kind: "operator",
    message: `${path} is in ${own}, where the master target keeps what is its own.`,
    remedy: `Name a path below ${saved}, or elsewhere on the master target's machine.`,
    detail: { path, folder: own },
  });
}
