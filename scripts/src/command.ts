import { spawn } from "node:child_process";
import { ROOT } from "./repository.ts";

export interface Outcome {
  readonly ok: boolean;
  /** What it said on stdout and stderr, in order; empty when it spoke to the terminal itself. */
  readonly said: string;
  readonly seconds: number;
}

export interface CommandOptions {
  /** `terminal`: it speaks for itself; `kept`: what it says is kept. Default: kept. */
  readonly output?: "terminal" | "kept";
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command from the repository's root until it ends. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const begun = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...options.environment },
    stdio: [
      "ignore",
      options.output === "terminal" ? "inherit" : "pipe",
      options.output === "terminal" ? "inherit" : "pipe",
    ],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on("error", (error) => resolve(error.message));
  child.on("close", (code, signal) => resolve(code === 0 ? "" : `ended with ${signal ?? `exit code ${code}`}`));
  const ended = await promise;
  return { ok: ended === "", said: said.trim() || ended, seconds: (performance.now() - begun) / 1_000 };
}

/** A program of the workspace's tools. */
export function tool(name: string): string {
  return `${ROOT}/scripts/node_modules/.bin/${name}`;
}
