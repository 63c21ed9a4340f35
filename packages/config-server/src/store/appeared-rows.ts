import { integer, text } from "./column.ts";
import type { Database } from "./database.ts";

/** A device that has appeared on a machine, and about which nothing has been decided yet. */
export interface AppearedRow {
  readonly machineId: string;
  readonly path: string;
}

/** The devices that wait to be protected by themselves, in the order in which they appeared. */
export class AppearedRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One that waits already keeps its place. */
  add({ machineId, path }: AppearedRow): void {
    this.#database.run(
      "INSERT INTO appeared_devices (machine_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
      machineId,
      path,
    );
  }

  countOf(machineId: string): number {
    const row = this.#database.get("SELECT count(*) AS waiting FROM appeared_devices WHERE machine_id = ?", machineId);
    return row === undefined ? 0 : integer(row, "waiting");
  }

  remove({ machineId, path }: AppearedRow): void {
    this.#database.run("DELETE FROM appeared_devices WHERE machine_id = ? AND path = ?", machineId, path);
  }

  list(): AppearedRow[] {
    return this.#database
      .all("SELECT machine_id, path FROM appeared_devices ORDER BY number")
      .map((row) => ({ machineId: text(row, "machine_id"), path: text(row, "path") }));
  }
}
