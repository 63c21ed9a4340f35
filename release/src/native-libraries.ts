import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, WINDOWS } from "./repository.ts";

/** Libraries that are not bundled, as the sources import them. */
export const NATIVE = ["koffi", "lz4-napi", "@node-rs/crc32", "@node-rs/argon2"] as const;

interface NativeLibrary {
  /** Whose dependency it is: a folder of the repository, or the library that brings its own compiled part. */
  readonly of: string;
  readonly name: string;
}

/** What a release runs on. */
export type System = "linux" | "windows";

/** Each is looked for beside who needs it, as Node would. */
const COMMON: readonly NativeLibrary[] = [
  { of: "packages/block/node_modules", name: "koffi" },
  { of: "packages/world/node_modules", name: "lz4-napi" },
  { of: "proto/node_modules", name: "@node-rs/crc32" },
];

/** What the config server alone needs, which runs on Linux. */
const OF_CONFIG_SERVER: readonly NativeLibrary[] = [
  { of: "packages/config-server/node_modules", name: "@node-rs/argon2" },
];

/** Their compiled parts: this system's as they were installed, Windows' as tools/windows fetches them. */
const COMPILED: Readonly<Record<System, readonly NativeLibrary[]>> = {
  linux: [
    { of: "koffi", name: "@koromix/koffi-linux-x64" },
    { of: "lz4-napi", name: "@antoniomuso/lz4-napi-linux-x64-gnu" },
    { of: "@node-rs/crc32", name: "@node-rs/crc32-linux-x64-gnu" },
    { of: "@node-rs/argon2", name: "@node-rs/argon2-linux-x64-gnu" },
  ],
  windows: [
    { of: WINDOWS, name: "@koromix/koffi-win32-x64" },
    { of: WINDOWS, name: "@antoniomuso/lz4-napi-win32-x64-msvc" },
    { of: WINDOWS, name: "@node-rs/crc32-win32-x64-msvc" },
  ],
};

/** What runs; not what it was compiled from, and nothing for another C library. */
const KEPT = /(^|\/)(package\.json|LICENSE[^/]*|[^/]+\.(js|cjs|mjs|node))$/i;
const LEFT = /^(vendor|doc|musl_x64)\/|^cnoke\.cjs$/;

export interface NativeFiles {
  /** Path below the application's folder, content. */
  readonly files: readonly (readonly [string, Uint8Array])[];
  /** From the repository's root. */
  readonly folders: readonly string[];
}

export function nativeLibraries(system: System): NativeFiles {
  const places = new Map<string, string>();
  for (const { of, name } of [...COMMON, ...(system === "linux" ? OF_CONFIG_SERVER : []), ...COMPILED[system]]) {
    const owner = places.get(of);
    places.set(name, realpathSync(owner === undefined ? join(ROOT, of, name) : besideOf(owner, name)));
  }
  const files = [...places].flatMap(([name, folder]) =>
    filesOf(folder).map((path) => [`node_modules/${name}/${path}`, readFileSync(join(folder, path))] as const),
  );
  return { files, folders: [...places.values()].map((folder) => relative(ROOT, folder)) };
}

/** pnpm puts what a package needs beside it, in one folder of its store. */
function besideOf(folder: string, name: string): string {
  const modules = folder.slice(0, folder.lastIndexOf("/node_modules/") + "/node_modules".length);
  return join(modules, name);
}

function filesOf(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => KEPT.test(path) && !LEFT.test(path));
  if (existsSync(join(folder, "package.json"))) return found.sort();
  throw new Error(`${folder} is no package`);
}
