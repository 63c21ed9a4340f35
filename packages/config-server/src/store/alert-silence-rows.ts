import { text } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

/** Until when nobody is told of alerts, by what those are of: a silence outlives the alert that it was asked for. */
export class AlertSilenceRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(alertKey: string, untilMicros: number): void {
    const row = { alert_key: alertKey, until_micros: untilMicros };
    upsert(this.#database, { table: "alert_silences", key: "alert_key", row });
  }

  remove(alertKey: string): void {
    this.#database.run("DELETE FROM alert_silences WHERE alert_key = ?", alertKey);
  }

  /** The keys of those that are over, the one that ended first before the others. */
  over(nowMicros: number): string[] {
    return this.#database
      .all("SELECT alert_key FROM alert_silences WHERE until_micros <= ? ORDER BY until_micros, alert_key", nowMicros)
      .map((row) => text(row, "alert_key"));
  }
}
