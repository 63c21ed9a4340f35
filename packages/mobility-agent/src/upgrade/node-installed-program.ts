import { execFile } from "node:child_process";
import { chmod, mkdir, open, readdir, readFile, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { fileFault } from "@leeward/world";
import type { ExaminedVersion, InstalledProgram } from "./installed-program.ts";
import { upgradeUnfit } from "./upgrade-faults.ts";

const execute = promisify(execFile);
const UNPACK_MS_MAX = 600_000;
const EXAMINE_MS_MAX = 120_000;
const SAID_CHARACTERS = 1_000;
const CURRENT = "current";
const TRIAL = "trial-";
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Where the script that everybody starts lies; undefined when what runs was not installed, a checkout for one. */
export async function openInstalledProgram(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<InstalledProgram | undefined> {
  const script = environment["LEEWARD_PROGRAM"] ?? "";
  const folder = dirname(script);
  if (!script.startsWith("/") || !(await isThere(join(folder, "VERSION")))) return undefined;
  return programIn(folder);
}

/** The program in a folder, as install.sh and packages put it there. */
export function programIn(folder: string): InstalledProgram {
  const versions = join(folder, "versions");
  const link = (name: string, version: string): Promise<void> =>
    told(folder, () => exchangeLink(folder, name, `versions/${version}`));
  return {
    folder,
    unpack: (archive, version) => told(versions, () => unpack({ archive, version, versions })),
    examine: (version, home) => examine(join(versions, version, "leeward"), { version, home }),
    async tryOut(version) {
      await link(TRIAL + (await presentBoot()), version);
    },
    async keep(version) {
      await link(CURRENT, version);
      await told(folder, () => removeTrials(folder));
    },
    putBack: () => told(folder, () => removeTrials(folder)),
    prune: () => told(folder, () => prune(folder)),
  };
}

async function unpack(of: {
  readonly archive: string;
  readonly version: string;
  readonly versions: string;
}): Promise<void> {
  const { archive, version, versions } = of;
  const [aside, place] = [join(versions, `.${version}.new`), join(versions, version)];
  await rm(aside, { recursive: true, force: true });
  await rm(place, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  // Everybody on the machine may use the commands, whatever mask the agent has.
  for (const each of [versions, aside]) await chmod(each, 0o755);
  const member = `leeward-${version}-linux-x64/program`;
  const args = ["-xzf", archive, "-C", aside, "--no-same-owner", "--strip-components=2", member];
  await asked(version, "tar", args, UNPACK_MS_MAX);
  // Links come to rest on it: all of it is on the disk before it has its name.
  await asked(version, "sync", ["-f", aside], UNPACK_MS_MAX);
  await rename(aside, place);
  await syncFolder(versions);
  await syncFolder(dirname(versions));
}

async function examine(
  script: string,
  of: { readonly version: string; readonly home: string },
): Promise<ExaminedVersion> {
  const said = await asked(of.version, script, ["--version"], EXAMINE_MS_MAX);
  const check = ["agent", "start", "--check", "--json", "--home", of.home];
  const document = parsed(of.version, await asked(of.version, script, check, EXAMINE_MS_MAX));
  const homeFormat: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "homeFormat") : undefined;
  return { version: said.trim(), homeFormat: typeof homeFormat === "number" ? homeFormat : undefined };
}

function parsed(version: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw upgradeUnfit(version, "what it says of its settings is not JSON");
  }
}

/** What a program said. @throws Fault `upgrade-unfit` with what it said when it failed */
async function asked(version: string, program: string, args: readonly string[], timeout: number): Promise<string> {
  try {
    return (await execute(program, [...args], { timeout, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } })).stdout;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const why = said === "" ? String(error) : said.slice(-SAID_CHARACTERS);
    throw upgradeUnfit(version, `${basename(program)} failed: ${why}`);
  }
}

async function exchangeLink(folder: string, name: string, target: string): Promise<void> {
  const aside = join(folder, `.${name}.new`);
  await rm(aside, { force: true });
  await symlink(target, aside);
  await rename(aside, join(folder, name));
  await syncFolder(folder);
}

async function removeTrials(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith(TRIAL)) await rm(join(folder, name));
  await syncFolder(folder);
}

async function prune(folder: string): Promise<void> {
  const versions = join(folder, "versions");
  if (!(await isThere(versions))) return;
  const links = (await readdir(folder)).filter((name) => name === CURRENT || name.startsWith(TRIAL));
  const used = new Set(await Promise.all(links.map(async (name) => basename(await readlink(join(folder, name))))));
  for (const name of await readdir(versions))
    if (!used.has(name)) await rm(join(versions, name), { recursive: true, force: true });
}

async function presentBoot(): Promise<string> {
  return (await readFile(BOOT_ID, "utf8")).trim();
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What the system refuses is a Fault about `path`. */
async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "errno" in error && "code" in error && typeof error.code === "string")
      throw fileFault(error.code, path, error);
    throw error;
  }
}
