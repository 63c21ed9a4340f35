import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { peer } from "@leeward/nbd/testing";
import { eventually } from "../harness/eventually.ts";

const run = promisify(execFile);
const BINARIES = "/usr/lib/postgresql";
/** So that a disk of a few hundred MiB is not full before its test has ended. */
const PAUSE_MS = 5;
/** The server refuses to run as root. */
const USER = "postgres";

export const postgres = peer("postgres");

/** A PostgreSQL server on a data folder of its own, reached by a Unix socket in that folder alone. */
export class PostgresServer implements AsyncDisposable {
  readonly #data: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;

  private constructor(data: string) {
    this.#data = data;
    const settings = [
      "listen_addresses=",
      `unix_socket_directories=${data}`,
      "fsync=on",
      "max_wal_size=64MB",
      "min_wal_size=32MB",
    ];
    const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
    this.#child = spawn("runuser", ["-u", USER, "--", postgres.path, ...args], { stdio: "ignore" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#child.once("error", reject).once("exit", () => resolve());
    this.#exit = promise;
  }

  /** Makes a new cluster with an empty table of numbers. */
  static async create(data: string): Promise<PostgresServer> {
    await mkdir(data, { recursive: true });
    await run("chown", [USER, data]);
    await run("runuser", [
      "-u",
      USER,
      "--",
      await binary("initdb"),
      "-D",
      data,
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--no-sync",
    ]);
    const server = await PostgresServer.open(data);
    await server.ask("CREATE TABLE numbers (number integer PRIMARY KEY, filler text NOT NULL)");
    return server;
  }

  /** Starts the server on a cluster, which recovers when it was not stopped. */
  static async open(data: string): Promise<PostgresServer> {
    const server = new PostgresServer(data);
    await eventually("PostgreSQL answers", () => server.ask("SELECT 1").catch(() => undefined));
    return server;
  }

  async ask(sql: string): Promise<string> {
    const { stdout } = await run("psql", ["-h", this.#data, "-U", USER, "-d", "postgres", "-AtXq", "-c", sql]);
    return stdout.trim();
  }

  /** The newest number of a table that has every one before it, and whose index agrees. */
  async newestNumber(): Promise<number> {
    const [count = "", newest = ""] = (await this.ask("SELECT count(*), coalesce(max(number), 0) FROM numbers")).split(
      "|",
    );
    if (count !== newest) throw new Error(`a number is missing: ${count} rows up to ${newest}`);
    return Number(newest);
  }

  numbers(): Promise<NumberWriter> {
    return NumberWriter.start(["-h", this.#data, "-U", USER, "-d", "postgres", "-AtXq"]);
  }

  /** Stops it at once, as a shutdown in a hurry does; everything committed is durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    await run("runuser", ["-u", USER, "--", await binary("pg_ctl"), "stop", "-D", this.#data, "-m", "immediate"]).catch(
      () => undefined,
    );
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
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

/** Debian keeps each release's programs in a folder of its own. */
async function binary(name: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", `ls -d ${BINARIES}/*/bin/${name} | sort -V | tail -n 1`]);
  if (stdout.trim() === "") throw new Error(`no ${name} below ${BINARIES}`);
  return stdout.trim();
}
