// Hooks on Windows: programs (`.exe`) and scripts of PowerShell (`.ps1`), named without their ending; run by the agent as SYSTEM, so that nobody else may be able to
// exchange them.
import { execFile } from "node:child_process";
import { promises as fs } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { accessOf } from "@leeward/daemon";
import { hookRefused } from "./hook.ts";
import { type DANGEROUS, foreignAccess, ownerOf } from "./windows-access.ts";

const run = promisify(execFile);
const NAME = /^([A-Za-z0-9_-]{1,64})\.(exe|ps1)$/i;
const END_MS_MAX = 10_000;
/** Of the system's own, what programs and PowerShell need to start at all. */
const INHERITED = [
  "SystemRoot",
  "SystemDrive",
  "windir",
  "ComSpec",
  "PATHEXT",
  "TEMP",
  "TMP",
  "ProgramData",
  "ProgramFiles",
];

/** The hook's name; undefined for what an editor leaves beside, and for all that is no hook. */
export function windowsHookName(file: string): string | undefined {
  return NAME.exec(file)?.[1];
}

/** What is started, and with what. */
export function windowsHookCommand(path: string, argument: string): readonly [program: string, ...args: string[]] {
  if (!path.toLowerCase().endsWith(".ps1")) return [path, argument];
  const how = ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path, argument];
  return [`${systemFolder()}\\WindowsPowerShell\\v1.0\\powershell.exe`, ...how];
}

/** What a hook sees of the agent's own environment. */
export function windowsHookEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name of INHERITED) kept[name] = process.env[name];
  const system = systemFolder();
  return { ...kept, PATH: `${system};${dirname(system)};${system}\\WindowsPowerShell\\v1.0` };
}

function systemFolder(): string {
  return `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32`;
}

/** @throws Fault `hook-refused` unless the file there may be run */
export async function requireRunnableOnWindows(path: string): Promise<void> {
  const real = (await fs.realpath(path)).replaceAll("\\", "/");
  if (!(await fs.stat(real)).isFile()) throw hookRefused(path, "it is no file");
  // What the agent's own user made is its own, whoever that is.
  const own = ownerOf((await accessOf(process.execPath)) ?? "");
  const trusted = new Set(own === undefined ? [] : [own]);
  for (const start of new Set([path.replaceAll("\\", "/"), real])) {
    await requireOwn(path, { at: start, what: "file" }, trusted);
    let what: keyof typeof DANGEROUS = "folder";
    for (let above = dirname(start); ; above = dirname(above)) {
      await requireOwn(path, { at: above, what }, trusted);
      if (above === dirname(above)) break;
      what = "above";
    }
  }
}

async function requireOwn(
  hook: string,
  { at, what }: { readonly at: string; readonly what: keyof typeof DANGEROUS },
  trusted: ReadonlySet<string>,
): Promise<void> {
  const why = foreignAccess((await accessOf(at)) ?? "", what, trusted);
  if (why !== undefined) throw hookRefused(hook, at === hook ? why : `of ${at}, ${why}`);
}

/** Ends a hook's process with all that it started. */
export async function endTree(pid: number): Promise<void> {
  const ending = run(`${systemFolder()}\\taskkill.exe`, ["/pid", String(pid), "/t", "/f"], { timeout: END_MS_MAX });
  await ending.catch(() => {
    // It has ended meanwhile.
  });
}
