import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/**
 * A process that does not outlive this one: the kernel ends it when this one ends, however that happens. It is ended by its number, and
 * only while it is ours to end. What it says goes to a file.
 */
export class MortalProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #output: string;
  readonly #name: string;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;

  private constructor(child: ChildProcess, pid: number, { name, output }: { name: string; output: string }) {
    this.pid = pid;
    this.#child = child;
    this.#name = name;
    this.#output = output;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once("exit", () => resolve());
    this.ended = promise;
  }

  static async start(name: string, args: readonly string[], output: string): Promise<MortalProcess> {
    const descriptor = openSync(output, "w", 0o600);
    try {
      // setpriv becomes the program itself: the number stays.
      const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", name, ...args], {
        stdio: ["ignore", descriptor, descriptor],
      });
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      child.once("spawn", resolve).once("error", reject);
      await promise;
      if (child.pid === undefined) throw new Error(`${name} has no process`);
      return new MortalProcess(child, child.pid, { name, output });
    } finally {
      closeSync(descriptor);
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it said, for whoever reads why something failed. */
  said(): string {
    return `${this.#name}: ${readFileSync(this.#output, "utf8").trim().slice(-4_000)}`;
  }

  /** Ends it at once, and settles when it is gone. */
  async kill(): Promise<void> {
    if (this.isRunning) this.#child.kill("SIGKILL");
    await this.ended;
  }
}
