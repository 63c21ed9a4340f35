import { text } from "./column.ts";
import type { Database } from "./database.ts";

/** Single facts about the installation. */
export type FactName =
  | "serverId"
  | "createdMicros"
  | "recoveryKeyErasedMicros"
  /** When the newest backup was made, microseconds. */
  | "backupMicros"
  /** The webhookUrl of the configuration that was made a channel of, sealed. */
  | "webhookUrlTaken"
  | "workingHours"
  /** "yes" while what destroys needs somebody else's approval. */
  | "secondPerson"
  /** "yes" from a restore on until runs that were under way in the backup have been given up. */
  | "planRunsRestored";

export class FactRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(name: FactName): string | undefined {
    const row = this.#database.get("SELECT value FROM facts WHERE name = ?", name);
    return row === undefined ? undefined : text(row, "value");
  }

  set(name: FactName, value: string): void {
    this.#database.run(
      "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name,
      value,
    );
  }
}
