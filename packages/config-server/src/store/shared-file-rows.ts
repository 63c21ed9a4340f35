import { text } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

/** A file of the installation's trust that several servers share. */
export interface SharedFileRow {
  /** Relative to the home. */
  readonly name: string;
  /** As only the servers' homes can open it. */
  readonly sealed: string;
}

export class SharedFileRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): SharedFileRow[] {
    return this.#database
      .all("SELECT * FROM shared_files ORDER BY name")
      .map((row) => ({ name: text(row, "name"), sealed: text(row, "sealed") }));
  }

  put({ name, sealed }: SharedFileRow): void {
    upsert(this.#database, { table: "shared_files", key: "name", row: { name, sealed } });
  }

  remove(name: string): void {
    this.#database.run("DELETE FROM shared_files WHERE name = ?", name);
  }
}
