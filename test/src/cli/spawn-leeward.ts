import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A command that goes on until it is ended, and what it prints. */
export function spawnLeeward(args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const executable = fileURLToPath(new URL("../../../leeward", import.meta.url));
  return spawn(executable, args, { stdio: ["ignore", "pipe", "inherit"] });
}
