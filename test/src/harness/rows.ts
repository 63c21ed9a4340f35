import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const WRITER = fileURLToPath(new URL("row-writer.ts", import.meta.url));

/** So that a disk of a few hundred MiB is not full before its test has ended. */
const PAUSE_MS = 5;

/** An application that commits rows to a SQLite database, in a process of its own; and what it was told. */
export class RowWriter implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  begun = 0;
  acknowledged = 0;
  /** The longest time between two acknowledgements so far, ms. */
  pauseMsMax = 0;
  #saidMs = performance.now();

  private constructor(database: string, pauseMs: number) {
    const args = ["--no-warnings", WRITER, database, String(pauseMs)];
    this.#child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#child.once("error", reject).once("close", () => resolve());
    this.#exit = promise;
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Settles when rows are being committed; `pauseMs` milliseconds lie between two. */
  static async start(database: string, pauseMs = PAUSE_MS): Promise<RowWriter> {
    const writer = new RowWriter(database, pauseMs);
    await writer.moreThan(writer.acknowledged);
    return writer;
  }

  /** Settles when more rows than so many were acknowledged. */
  async moreThan(count: number, limitMs?: number): Promise<void> {
    const isCommitted = (): true | undefined => {
      if (this.acknowledged > count) return true;
      if (this.#child.exitCode !== null) throw new Error(`the writer of rows exited ${this.#child.exitCode}`);
      return undefined;
    };
    await eventually(`row ${count + 1} is committed`, isCommitted, limitMs);
  }

  /** Ends it as a power cut of its process would; all that it said until then is known. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#exit;
  }

  #take(line: string): void {
    const [what, number] = line.split(" ");
    if (what === "begun") this.begun = Number(number);
    else this.#acknowledge(Number(number));
  }

  #acknowledge(number: number): void {
    this.acknowledged = number;
    const nowMs = performance.now();
    this.pauseMsMax = Math.max(this.pauseMsMax, nowMs - this.#saidMs);
    this.#saidMs = nowMs;
  }
}

/** The newest row of a database that passes its own check; every row before it is there. */
export function newestRow(path: string): number {
  const database = new DatabaseSync(path);
  try {
    const check = database.prepare("PRAGMA integrity_check").get();
    if (check?.["integrity_check"] !== "ok") throw new Error(`${path}: ${JSON.stringify(check)}`);
    const rows = database.prepare("SELECT count(*) AS count, coalesce(max(number), 0) AS newest FROM rows").get();
    if (rows?.["count"] !== rows?.["newest"]) throw new Error(`${path} has a hole: ${JSON.stringify(rows)}`);
    return Number(rows?.["newest"]);
  } finally {
    database.close();
  }
}
