// PostgreSQL servers of tests: each on a data folder of its own, reached by a Unix socket in that folder, and over TLS where a test asks for it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { peer } from "@leeward/nbd/testing";

const run = promisify(execFile);
const BINARIES = "/usr/lib/postgresql";
/** The server refuses to run as root. */
const USER = "postgres";
const PORT = 5_432;
const START_MS_MAX = 60_000;
const LOOK_MS = 50;

export const postgres = peer("postgres");

/** What a server shows over TLS on a port of loopback. */
export interface PostgresTls {
  readonly port: number;
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface PostgresSettings {
  readonly tls?: PostgresTls;
  /** False where nothing but a loss of power would tell: then a machine with slow disks is not waited for. True by default. */
  readonly fsync?: boolean;
}

export class PostgresServer implements AsyncDisposable {
  /** The folder of its data and its socket. */
  readonly folder: string;
  /** The socket's name has it, too. */
  readonly #port: number;
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;

  private constructor(folder: string, { tls, fsync = true }: PostgresSettings) {
    this.folder = folder;
    this.#port = tls?.port ?? PORT;
    const settings = [
      ...(tls === undefined ? ["listen_addresses="] : ["listen_addresses=127.0.0.1", `port=${tls.port}`, "ssl=on"]),
      `unix_socket_directories=${folder}`,
      `fsync=${fsync ? "on" : "off"}`,
      "max_wal_size=64MB",
      "min_wal_size=32MB",
    ];
    const args = ["-D", folder, ...settings.flatMap((setting) => ["-c", setting])];
    this.#child = spawn("runuser", ["-u", USER, "--", postgres.path, ...args], { stdio: "ignore" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#child.once("error", reject).once("exit", () => resolve());
    this.#exit = promise;
  }

  /** Makes a new cluster and starts its server. Over its socket everybody is let in, over TLS who has the password. */
  static async create(folder: string, settings: PostgresSettings = {}): Promise<PostgresServer> {
    const { tls } = settings;
    await mkdir(folder, { recursive: true });
    await run("chown", [USER, folder]);
    const initdb = await binary("initdb");
    const trust = ["--auth-local", "trust", "--auth-host", "scram-sha-256"];
    await run("runuser", ["-u", USER, "--", initdb, "-D", folder, ...trust, "-E", "UTF8", "--no-sync"]);
    if (tls !== undefined) {
      await own(`${folder}/server.key`, tls.keyPem);
      await own(`${folder}/server.crt`, tls.certificatePem);
    }
    return PostgresServer.open(folder, settings);
  }

  /** Starts the server of a cluster, which recovers when it was not stopped. */
  static async open(folder: string, settings: PostgresSettings = {}): Promise<PostgresServer> {
    const server = new PostgresServer(folder, settings);
    for (let waited = 0; ; waited += LOOK_MS) {
      const answer = await server.ask("SELECT 1").catch((error: unknown) => error);
      if (answer === "1") return server;
      if (waited >= START_MS_MAX) throw new Error(`PostgreSQL does not start in ${folder}`, { cause: answer });
      await delay(LOOK_MS);
    }
  }

  /** What a statement answers, as bare text. */
  async ask(sql: string, database = USER): Promise<string> {
    const { stdout } = await run("psql", [...this.clientArguments(database), "-c", sql]);
    return stdout.trim();
  }

  /** What psql needs to be told to reach it, and to say no more than what is asked. */
  clientArguments(database = USER): string[] {
    return ["-h", this.folder, "-p", String(this.#port), "-U", USER, "-d", database, "-AtXq"];
  }

  /** Where a database of it is, as the config server takes it. */
  url(database = USER): string {
    return `postgres://${USER}@/${database}?host=${this.folder}`;
  }

  /** Stops it at once, as a shutdown in a hurry does; everything committed is durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    const stop = [await binary("pg_ctl"), "stop", "-D", this.folder, "-m", "immediate"];
    await run("runuser", ["-u", USER, "--", ...stop]).catch(() => undefined);
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
}

async function own(path: string, content: string): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o600);
  const { stdout } = await run("id", ["-u", USER]);
  await chown(path, Number(stdout), 0);
}

/** Debian keeps each release's programs in a folder of its own. */
async function binary(name: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", `ls -d ${BINARIES}/*/bin/${name} | sort -V | tail -n 1`]);
  if (stdout.trim() === "") throw new Error(`no ${name} below ${BINARIES}`);
  return stdout.trim();
}
