import { integer, text } from "./column.ts";
import type { Database } from "./database.ts";

/** Something that was told of a disk and stands. */
export interface AlertRow {
  readonly diskId: string;
  readonly code: string;
  readonly sinceMicros: number;
}

export class AlertRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ diskId, code, sinceMicros }: AlertRow): void {
    this.#database.run(
      "INSERT INTO standing_alerts (disk_id, code, since_micros) VALUES (?, ?, ?)",
      diskId,
      code,
      sinceMicros,
    );
  }

  /** Undefined while it does not stand. */
  sinceOf(diskId: string, code: string): number | undefined {
    const row = this.#database.get(
      "SELECT since_micros FROM standing_alerts WHERE disk_id = ? AND code = ?",
      diskId,
      code,
    );
    return row === undefined ? undefined : integer(row, "since_micros");
  }

  remove({ diskId, code }: Pick<AlertRow, "diskId" | "code">): void {
    this.#database.run("DELETE FROM standing_alerts WHERE disk_id = ? AND code = ?", diskId, code);
  }

  list(): AlertRow[] {
    return this.#database.all("SELECT * FROM standing_alerts ORDER BY since_micros, disk_id, code").map((row) => ({
      diskId: text(row, "disk_id"),
      code: text(row, "code"),
      sinceMicros: integer(row, "since_micros"),
    }));
  }
}
