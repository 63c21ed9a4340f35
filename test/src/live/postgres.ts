import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { PostgresServer } from "@leeward/config-server/testing";
import { eventually } from "../harness/eventually.ts";

/** So that a disk of a few hundred MiB is not full before its test has ended. */
const PAUSE_MS = 5;

/** An empty table of numbers. */
export async function makeNumbers(server: PostgresServer): Promise<void> {
  await server.ask("CREATE TABLE numbers (number integer PRIMARY KEY, filler text NOT NULL)");
}

/** The newest number of a table that has every one before it, and whose index agrees. */
export async function newestNumber(server: PostgresServer): Promise<number> {
  const [count = "", newest = ""] = (await server.ask("SELECT count(*), coalesce(max(number), 0) FROM numbers")).split(
    "|",
  );
  if (count !== newest) throw new Error(`a number is missing: ${count} rows up to ${newest}`);
  return Number(newest);
}

/** A client that commits one number after another; and what it was told. */
export class NumberWriter implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  #over = false;
  begun = 0;
  acknowledged = 0;

  private constructor(args: readonly string[]) {
    this.#child = spawn("psql", [...args], { stdio: ["pipe", "pipe", "inherit"] });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#child.once("error", reject).once("exit", () => resolve());
    this.#exit = promise;
    this.#child.stdin?.on("error", () => undefined);
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#next(line));
  }

  static async start(args: readonly string[]): Promise<NumberWriter> {
    const writer = new NumberWriter(args);
    writer.#next("0");
    await writer.moreThan(0);
    return writer;
  }

  async moreThan(count: number): Promise<void> {
    await eventually(`number ${count + 1} is committed`, () => (this.acknowledged > count ? true : undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#child.stdin?.end();
    await this.#exit;
  }

  #next(line: string): void {
    this.acknowledged = Number(line);
    setTimeout(() => this.#insert(), PAUSE_MS);
  }

  #insert(): void {
    if (this.#over) return;
    this.begun = this.acknowledged + 1;
    this.#child.stdin?.write(`INSERT INTO numbers VALUES (${this.begun}, repeat('x', 2000)) RETURNING number;\n`);
  }
}
