import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { SCRIPT_OUTPUT_BYTES_MAX } from "../limits.ts";
import type { CheckOptions, CheckResult } from "./check.ts";

export interface ScriptCheck {
  readonly path: string;
  readonly args?: readonly string[];
  /** Added to PATH alone: of the daemon's own environment nothing is handed on. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const OUTPUT_MS = 250;

/** Runs the script once: passes when it ends with 0 within the limit. At the limit it is ended with all that it started in its process group. */
export async function scriptCheck(options: CheckOptions, check: ScriptCheck): Promise<CheckResult> {
  const { clock, limitSeconds, signal } = options;
  signal.throwIfAborted();
  const begun = clock.monotonicMicros();
  const child = spawn(check.path, check.args ?? [], {
    cwd: "/",
    detached: true,
    env: { PATH, ...check.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const outputs = [bounded(child.stdout), bounded(child.stderr)];
  const how = await endOf(child, limitSeconds * 1_000, signal);
  // Also what it left in the background: a check leaves nothing behind.
  endGroup(child);
  await Promise.race([Promise.all(outputs.map(({ ended }) => ended)), delay(OUTPUT_MS)]);
  const said = outputs.map(({ text }) => text()).join("");
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  signal.throwIfAborted();
  const seconds = (clock.monotonicMicros() - begun) / 1_000_000;
  return { name: "script", ok: how === "exit code 0", seconds, said: `${how}\n${said}`.trim() };
}

async function endOf(child: ChildProcess, limitMs: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(`it could not be started: ${error.message}`));
  child.once("exit", (code, by) => resolve(code === null ? `ended by ${by}` : `exit code ${code}`));
  const limit = setTimeout(() => resolve("it did not end within its limit"), limitMs);
  const onAbort = (): void => resolve("it was to be ended");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Right after its leader's end at the latest: the kernel gives a number again only when it has gone through all others. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

/** The first bytes of a stream; the rest is read and dropped, so that who writes is not held up. */
function bounded(stream: Readable): { readonly text: () => string; readonly ended: Promise<void> } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on("data", (chunk: Buffer) => {
    const kept = chunk.subarray(0, SCRIPT_OUTPUT_BYTES_MAX - bytes);
    bytes += kept.length;
    if (kept.length > 0) chunks.push(kept);
  });
  stream.once("close", resolve).on("error", () => resolve());
  return { text: () => Buffer.concat(chunks).toString("utf8"), ended: promise };
}
