import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const SECONDS_MAX = 600;
const SAID_CHARACTERS_MAX = 4_000;

export interface ProgramOptions {
  /** What it reads from its standard input: text, or an open file. */
  readonly input?: string | { readonly descriptor: number };
  /** It is ended after that. */
  readonly secondsMax?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ProgramResult {
  /** null after a signal, its own limit among them. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function tryProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { input } = options;
  const child = spawn(path, args, {
    env: { ...process.env, ...options.environment },
    stdio: [typeof input === "string" ? "pipe" : (input?.descriptor ?? "ignore"), "pipe", "pipe"],
  });
  // The limit that spawn offers goes on counting, and holds this process, when the program cannot be started.
  const limit = setTimeout(() => child.kill("SIGKILL"), (options.secondsMax ?? SECONDS_MAX) * 1_000);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("close", resolve);
  if (typeof input === "string") {
    // It may end without having read everything; its exit code says what that means.
    child.stdin?.on("error", () => undefined).end(input);
  }
  const said = Promise.all([streamText(child.stdout), streamText(child.stderr)]);
  try {
    const [code, [stdout, stderr]] = await Promise.all([promise, said]);
    return { code, stdout, stderr };
  } finally {
    clearTimeout(limit);
  }
}

/** Runs a program that must succeed; what it wrote to its standard output. */
export async function runProgram(path: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const result = await tryProgram(path, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(`${path} ${args.join(" ")}: ${failureOf(result)}`);
}

/** How a program failed, with the end of what it said. */
export function failureOf({ code, stdout, stderr }: ProgramResult): string {
  const said = `${stdout}${stderr}`.trim().slice(-SAID_CHARACTERS_MAX);
  return `${code === null ? "ended by a signal, or by its time limit" : `exit code ${code}`}\n${said}`;
}

async function streamText(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? "" : text(stream);
}
