import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const RUN_MS_MAX = 60_000;

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end in `folder`; one that takes a minute is ended. */
export async function runTool(path: string, args: readonly string[], folder: string): Promise<ToolRun> {
  const child = spawn(path, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], timeout: RUN_MS_MAX });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("close", resolve);
  const [code, stdout, stderr] = await Promise.all([promise, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
