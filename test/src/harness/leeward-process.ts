import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CHECKOUT = fileURLToPath(new URL("../../../leeward", import.meta.url));

/** That of the checkout, or another one that is to be tested by the same means: an installed one. */
function executable(env: NodeJS.ProcessEnv): string {
  return env["LEEWARD_EXECUTABLE"] ?? process.env["LEEWARD_EXECUTABLE"] ?? CHECKOUT;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the executable to its end, as a script would. */
export async function leeward(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const child = spawn(executable(env), args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)]);
  return { code, stdout, stderr };
}

/** As `leeward`, for commands that must succeed and print one JSON document. */
export async function leewardJson(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await leeward([...args, "--json"]);
  if (code !== 0) throw new Error(`leeward ${args.join(" ")} exited ${code}: ${stderr.trim() || stdout.trim()}`);
  return JSON.parse(stdout);
}

/** A daemon in the foreground, as systemd would run it. */
export class Daemon {
  readonly ready: ReadyDocument;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number>;
  readonly #trace: string[];

  private constructor(child: ChildProcess, ready: ReadyDocument, started: { exit: Promise<number>; trace: string[] }) {
    this.#child = child;
    this.ready = ready;
    this.#exit = started.exit;
    this.#trace = started.trace;
  }

  /** Settles when the daemon says that it is ready; rejects with its trace when it ends before. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Daemon> {
    const child = spawn(executable(env), [...args, "--json"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const trace: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      trace.push(line);
      if (trace.length > 2_000) trace.splice(0, 1_000);
    });
    const exit = exitOf(child);
    const ready = Promise.withResolvers<ReadyDocument>();
    createInterface({ input: child.stdout }).on("line", (line) => {
      const document: unknown = JSON.parse(line);
      if (isReady(document)) ready.resolve(document);
    });
    const ended = exit.then((code): never => {
      throw new Error(`leeward ${args.join(" ")} exited ${code} before it was ready:\n${trace.slice(-40).join("\n")}`);
    });
    return new Daemon(child, await Promise.race([ready.promise, ended]), { exit, trace });
  }

  get pid(): number {
    return this.ready.pid;
  }

  /** The newest lines of its trace. */
  trace(lines = 60): string {
    return this.#trace.slice(-lines).join("\n");
  }

  /** The lines of its newest trace that have the text in them. */
  traceOf(text: string): readonly string[] {
    return this.#trace.filter((line) => line.includes(text));
  }

  /** The exit code, once it has ended; -1 after a signal. */
  ended(): number | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode ?? (signalCode === null ? undefined : -1);
  }

  /** Asks it to drain and end; the exit code. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    return this.#exit;
  }

  /** Stops its process where it is: it answers nobody, and nobody is told that it is gone. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it as a power cut of its process would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
}

export interface ReadyDocument {
  readonly event: "ready";
  readonly role: string;
  readonly pid: number;
  readonly apiUrl: string | null;
  readonly processes: Readonly<Record<string, number>>;
}

export function isReady(document: unknown): document is ReadyDocument {
  return (
    typeof document === "object" &&
    document !== null &&
    "event" in document &&
    document.event === "ready" &&
    "pid" in document &&
    typeof document.pid === "number" &&
    "processes" in document &&
    typeof document.processes === "object"
  );
}

/** The exit code; -1 after a signal. */
function exitOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject).once("exit", (code) => resolve(code ?? -1));
  return promise;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
