import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What may be kept between runs and can be made again; no part of the repository. */
export const STATE = `${ROOT}/.leeward`;

const SKIPPED = new Set(["node_modules", ".git", ".leeward", "generated", "coverage", "dist"]);

/** Every file below `folder` whose path from the root matches, as such paths, sorted; nothing installed or generated. */
export function filesBelow(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(child);
      else if (entry.isFile() && pattern.test(relative(ROOT, child))) found.push(relative(ROOT, child));
    }
  };
  visit(join(ROOT, folder));
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** One member of the workspace. */
export interface Member {
  /** "wire", "proto": its name without the scope. */
  readonly name: string;
  /** "packages/wire", "proto". */
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly exports: readonly string[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export function members(): Member[] {
  const packages = readdirSync(join(ROOT, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = [
    "proto",
    "test",
    "bench",
    "manual",
    "release",
    "scripts",
    ...packages.map((entry) => `packages/${entry.name}`),
  ];
  return folders.map((folder) => {
    const manifest = manifestOf(textOf(`${folder}/package.json`));
    return { name: manifest.name.replace("@leeward/", ""), folder, manifest };
  });
}

function manifestOf(text: string): Manifest {
  const parsed: unknown = JSON.parse(text);
  return {
    name: String(property(parsed, "name")),
    exports: keysOf(property(parsed, "exports")),
    dependencies: keysOf(property(parsed, "dependencies")),
    devDependencies: keysOf(property(parsed, "devDependencies")),
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
