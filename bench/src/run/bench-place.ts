import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where a suite works, and all that it started. Disposing it ends and removes everything, newest first, also what was still being
 * started; afterwards nothing new is taken, so that a suite that is interrupted cannot leave anything behind.
 */
export class BenchPlace implements AsyncDisposable {
  readonly folder: string;
  readonly #undo: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.#undo.push(() => rm(folder, { recursive: true, force: true }));
  }

  static async open(): Promise<BenchPlace> {
    return new BenchPlace(await mkdtemp(join(tmpdir(), "leeward-bench-")));
  }

  /** Waits for something that needs an end; `end` is called at the latest when the place is left. The second answer ends it at once. */
  async take<T>(
    starting: Promise<T>,
    end: (thing: T) => Promise<unknown>,
  ): Promise<{ thing: T; end: () => Promise<void> }> {
    let ended: Promise<unknown> | undefined;
    const endOnce = async (): Promise<void> => {
      ended ??= starting.then(end, () => undefined);
      await ended;
    };
    this.#undo.push(endOnce);
    const thing = await starting;
    if (this.#closing !== undefined) throw new Error("interrupted");
    return { thing, end: endOnce };
  }

  /** Starts a program that is ended with the place. */
  start(command: string, args: readonly string[]): ChildProcess {
    if (this.#closing !== undefined) throw new Error("interrupted");
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()));
    this.#undo.push(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exit;
    });
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) await undo();
  }
}
