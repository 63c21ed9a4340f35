// The config server's machine: its state is a real SQLite file. A kill leaves the file and its log as the kernel has them at that instant, whatever transaction is
// open; the next life opens a copy of that, and what the dead one still does to its own reaches nobody.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, FailoverServer, openSqlite } from "@leeward/config-server/testing";
import { type SimGround, SimMachine } from "../node-kit.ts";
import { CONTROL_ENDPOINT } from "../sim-control.ts";
import { type MoveWatcher, observedDatabase } from "./observed-database.ts";

/** SQLite keeps what was committed lately beside the file. */
const PARTS = ["", "-wal"] as const;

export interface ConfigServerNodeOptions {
  readonly watcher: MoveWatcher;
  readonly onFailure: (error: unknown) => void;
}

export class ConfigServerNode implements Disposable {
  readonly machine: SimMachine;
  readonly #options: ConfigServerNodeOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "leeward-sim-"));
  readonly #databases: Database[] = [];
  #alive = false;
  /** Undefined while it is down. */
  server: FailoverServer | undefined;

  constructor(ground: SimGround, options: ConfigServerNodeOptions) {
    this.machine = new SimMachine(ground, "config-server", "config-server");
    this.#options = options;
  }

  async start(): Promise<void> {
    const { world, network, signal, isAlive } = this.machine.begin();
    const { watcher, onFailure } = this.#options;
    const database = openSqlite(this.#path(this.#databases.length));
    this.#databases.push(database);
    // The kernel outlives a kill: what was written to a file is there, flushed or not.
    database.run("PRAGMA synchronous = OFF");
    const watched: MoveWatcher = {
      storing: (move) => isAlive() && watcher.storing(move),
      stored: (move) => isAlive() && watcher.stored(move),
      committed: () => isAlive() && watcher.committed(),
    };
    const server = new FailoverServer({ world, database: observedDatabase(database, watched), softwareVersion: "sim" });
    const listener = await network.listen(CONTROL_ENDPOINT);
    this.server = server;
    this.#alive = true;
    server.run(listener.accept(signal), signal).catch((error: unknown) => {
      if (isAlive()) onFailure(error);
    });
  }

  async end(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.server = undefined;
    this.machine.end("kill");
    const [from, to] = [this.#path(this.#databases.length - 1), this.#path(this.#databases.length)];
    for (const part of PARTS) if (existsSync(from + part)) copyFileSync(from + part, to + part);
  }

  [Symbol.dispose](): void {
    for (const database of this.#databases) database[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(life: number): string {
    return join(this.#folder, `state-${life}.db`);
  }
}
