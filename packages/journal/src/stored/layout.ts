/**
 * Where the files of journals lie in an object store.
 *
 * ```
 *  <machine>/<disk>/CURRENT                                 the pointer, and whose it is: pointer-object.ts
 *  <machine>/<disk>/manifest-<number>-<8 hex>/<8 digits>    what was appended to one manifest, an object for each datasync: manifest-objects.ts
 *  <machine>/<disk>/{segments,runs,base}/<name>, keys.json  one object for each file
 * ```
 *
 * What has a passing name (staged, being written, about to replace) is no object yet: it lies in a local folder until it takes its final name.
 */

export type StoredKind = "pointer" | "manifest" | "passing" | "object";

export interface StoredPlace {
  readonly kind: StoredKind;
  /** The path below the journals' folder. */
  readonly key: string;
  /** The journal's own folder, as a key. */
  readonly journal: string;
  readonly name: string;
}

const POINTER_NAME = "CURRENT";
const MANIFEST = /^manifest-\d+$/;
const MANIFEST_OBJECTS = /^(manifest-(\d+))-[0-9a-f]{8}$/;
const FOLDERS: ReadonlySet<string> = new Set(["segments", "runs", "base", "staging"]);

export function placeOf(key: string): StoredPlace {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const above = parts.slice(0, -1);
  const folder = above.at(-1) ?? "";
  const isInner = FOLDERS.has(folder);
  const journal = (isInner ? above.slice(0, -1) : above).join("/");
  return { kind: kindOf(name, isInner ? folder : ""), key, journal, name };
}

/** The manifest whose objects lie under this name; undefined when none do. */
export function manifestOfObjects(name: string): { readonly name: string; readonly number: number } | undefined {
  const match = MANIFEST_OBJECTS.exec(name);
  return match === null ? undefined : { name: match[1] ?? "", number: Number(match[2]) };
}

/** The key of what lies in a folder; "" is the folder of all. */
export function keyIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

export function pointerKey(journal: string): string {
  return keyIn(journal, POINTER_NAME);
}

function kindOf(name: string, folder: string): StoredKind {
  if (folder === "staging" || name.startsWith("new-") || name.endsWith(".new")) return "passing";
  if (folder === "" && name === POINTER_NAME) return "pointer";
  return folder === "" && MANIFEST.test(name) ? "manifest" : "object";
}
