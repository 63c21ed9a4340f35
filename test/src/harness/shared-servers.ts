// Config servers on one PostgreSQL database, each a process with a home of its own: one serves, the others wait for it to go.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer } from "@leeward/config-server/testing";
import { eventually } from "./eventually.ts";
import { Daemon, leewardJson } from "./leeward-process.ts";
import { freePort } from "./tcp-proxy.ts";

export class SharedServers implements AsyncDisposable {
  readonly folder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #running = new Map<string, Daemon>();
  #database: PostgresServer;

  private constructor(folder: string, ports: ReadonlyMap<string, number>, database: PostgresServer) {
    this.folder = folder;
    this.#ports = ports;
    this.#database = database;
  }

  /** With a database that nobody serves yet. */
  static async create(names: readonly string[]): Promise<SharedServers> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-two-"));
    // The database's server has a user of its own, who has to get through.
    await chmod(folder, 0o711);
    const ports = new Map<string, number>();
    for (const name of names) ports.set(name, await freePort());
    return new SharedServers(folder, ports, await PostgresServer.create(join(folder, "cluster")));
  }

  get database(): PostgresServer {
    return this.#database;
  }

  homeOf(name: string): string {
    return join(this.folder, name);
  }

  urlOf(name: string): string {
    return `https://127.0.0.1:${this.#ports.get(name)}`;
  }

  /** What a command prints that is run beside a server. */
  ask(name: string, ...args: readonly string[]): Promise<unknown> {
    return leewardJson([...args, "--home", this.homeOf(name)]);
  }

  /** Settles once it serves. */
  async start(name: string): Promise<Daemon> {
    // Its own address comes first: commands of its machine go there.
    const advertise = [name, ...this.#ports.keys()].map((each) => `127.0.0.1:${this.#ports.get(each)}`);
    const place = ["--home", this.homeOf(name), "--listen", "127.0.0.1", "--api-port", String(this.#ports.get(name))];
    const daemon = await Daemon.start([
      "config-server",
      "start",
      ...place,
      "--database",
      this.#database.url(),
      "--advertise",
      ...advertise,
    ]);
    this.#running.set(name, daemon);
    return daemon;
  }

  /** Makes the home of a further server out of a backup that `from` makes. The backup's file. */
  async join(name: string, from: string): Promise<string> {
    const backup = join(this.folder, "backup");
    await this.ask(from, "config-server", "backup", "--to", backup);
    await this.ask(name, "config-server", "join", "--from", backup, "--database", this.#database.url());
    return backup;
  }

  /** Starts `name` while another one serves. Its end is that it serves, once that one has gone. */
  async wait(name: string): Promise<{ readonly takeover: Promise<Daemon> }> {
    const takeover = this.start(name);
    takeover.catch(() => undefined);
    await eventually(`server ${name} waits`, async () => ((await this.#connected()) === 2 ? true : undefined));
    return { takeover };
  }

  /** Ends the one that serves as a power cut of its process would. */
  async kill(name: string): Promise<void> {
    await this.#running.get(name)?.kill();
    this.#running.delete(name);
  }

  /** The database's server goes, in a hurry, and `meanwhile` it is not there. */
  async withoutDatabase(meanwhile: () => Promise<void>): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
    await meanwhile();
    this.#database = await PostgresServer.open(join(this.folder, "cluster"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#running.values()) await daemon.stop();
    await this.#database[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Connections of config servers to the database: of the one that serves, and of those that wait. */
  async #connected(): Promise<number> {
    return Number(await this.#database.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leeward'"));
  }
}
