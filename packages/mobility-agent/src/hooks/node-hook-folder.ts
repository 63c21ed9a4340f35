import { constants, promises as fs, type Stats } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "@leeward/base";
import { isWindows } from "@leeward/world";
import { HOOKS_MAX } from "../limits.ts";
import { type Hook, type HookFolder, hookRefused } from "./hook.ts";
import { requireRunnableOnWindows, windowsHookName } from "./node-windows-hooks.ts";

/** As run-parts has it: what an editor or a package leaves beside (`mysql~`, `mysql.dpkg-old`, `mysql.off`) is no hook. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * What lies in HOME/hooks, by name. The agent runs hooks with its own rights, so each must belong to root or to the agent's user, and nobody
 * else may be able to write or exchange it: the file itself, what a symbolic link leads to, and every folder above. What is named as a hook and
 * may not be run is a fault `hook-refused`, never passed over: somebody relies on it.
 */
export async function readHookFolder(folder: string): Promise<HookFolder> {
  const hooks: Hook[] = [];
  const faults: Fault[] = [];
  for (const name of (await namesIn(folder, faults)).slice(0, HOOKS_MAX + 1)) {
    try {
      const path = `${folder}/${name}`;
      await requireRunnable(path);
      if (hooks.length === HOOKS_MAX) throw hookRefused(path, `no more than ${HOOKS_MAX} are run`);
      hooks.push({ name: hookName(name) ?? name, path });
    } catch (error) {
      faults.push(error instanceof Fault ? error : hookRefused(`${folder}/${name}`, "it cannot be looked at", error));
    }
  }
  return { hooks, faults };
}

async function namesIn(folder: string, faults: Fault[]): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).filter((name) => hookName(name) !== undefined).sort();
  } catch (error) {
    if (!isMissing(error)) faults.push(hookRefused(folder, "the folder cannot be read", error));
    return [];
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}

/** What a file of the folder is called as a hook; undefined for what is none. */
const hookName: (file: string) => string | undefined = isWindows
  ? windowsHookName
  : (file) => (NAME.test(file) ? file : undefined);

/** @throws Fault `hook-refused` unless the file there may be run */
const requireRunnable: (path: string) => Promise<void> = isWindows ? requireRunnableOnWindows : requireRunnableByMode;

async function requireRunnableByMode(path: string): Promise<void> {
  const real = await fs.realpath(path);
  const status = await fs.stat(real);
  if (!status.isFile()) throw hookRefused(path, "it is no file");
  refuseForeign(path, real, status);
  if ((status.mode & 0o100) === 0) throw hookRefused(path, "it is not executable");
  await fs.access(real, constants.X_OK);
  for (const start of [path, real]) {
    for (let above = dirname(start); ; above = dirname(above)) {
      refuseForeign(path, above, await fs.stat(above));
      if (above === "/") break;
    }
  }
}

function refuseForeign(hook: string, path: string, { uid, mode }: Stats): void {
  const own = process.getuid?.() ?? 0;
  const what = path === hook ? "it" : path;
  if (uid !== 0 && uid !== own) throw hookRefused(hook, `${what} belongs to neither root nor the agent's user`);
  // In a sticky folder nobody can exchange another's file.
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0)
    throw hookRefused(hook, `${what} is writable by others`);
}
