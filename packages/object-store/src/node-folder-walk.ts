import { readdir } from "node:fs/promises";
import { unless } from "./node-errno.ts";
import { ObjectFile } from "./node-object-file.ts";
import { isPlainKey, isPlainSegment } from "./object-key.ts";
import type { Listed } from "./object-store.ts";

/** What a name that was listed a moment ago may have become. */
const GONE = ["ENOENT", "ENOTDIR", "ESTALE"];

export interface WalkOptions {
  readonly root: string;
  readonly prefix: string;
  readonly shallow: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What lies in the folder below `prefix`, in order of keys. Names that are no keys are passed over: they are not ours. */
export async function* walkFolder(options: WalkOptions): AsyncIterable<Listed> {
  const slash = options.prefix.lastIndexOf("/") + 1;
  yield* walk(options, options.prefix.slice(0, slash), options.prefix.slice(slash));
}

async function* walk(options: WalkOptions, folder: string, beginning: string): AsyncIterable<Listed> {
  for (const name of await namesIn(`${options.root}/${folder}`)) {
    options.signal?.throwIfAborted();
    if (!name.startsWith(beginning)) continue;
    const path = `${folder}${name}`;
    if (!name.endsWith("/")) {
      const status = isPlainKey(path) ? await statusAt(`${options.root}/${path}`, path) : undefined;
      if (status !== undefined) yield { kind: "object", status };
    } else if (!options.shallow) yield* walk(options, path, "");
    else if (await holdsObject(options, path)) yield { kind: "prefix", prefix: path };
  }
}

/** Folders end in a slash, by which they stand where their keys do. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = (await unless(GONE, () => readdir(folder, { withFileTypes: true }))) ?? [];
  return entries
    .filter((entry) => isPlainSegment(entry.name) && (entry.isFile() || entry.isDirectory()))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
}

async function statusAt(path: string, key: string) {
  await using file = await unless(GONE, () => ObjectFile.open(path, key));
  return file?.status;
}

async function holdsObject(options: WalkOptions, folder: string): Promise<boolean> {
  for await (const _ of walk({ ...options, shallow: false }, folder, "")) return true;
  return false;
}
