import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the pages that people write lie. */
export const PAGES = "docs/manual";

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The files of a folder, by name. */
export function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).sort();
}
