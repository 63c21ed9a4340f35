import { integer, type Row } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

/** Wrong passwords of one name, or from one address. */
export interface WrongPasswords {
  readonly count: number;
  readonly lastMicros: number;
  /** Nobody is looked at until then. */
  readonly lockedMicros: number;
}

/** Kept for names that nobody has like for those of users, so that they tell nothing; by a digest, since what is typed there may be a password. */
export class WrongPasswordRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  of(subject: string): WrongPasswords | undefined {
    const row = this.#database.get("SELECT * FROM wrong_passwords WHERE subject = ?", subject);
    return row === undefined ? undefined : wrongOf(row);
  }

  put(subject: string, { count, lastMicros, lockedMicros }: WrongPasswords): void {
    const row = { subject, count, last_micros: lastMicros, locked_micros: lockedMicros };
    upsert(this.#database, { table: "wrong_passwords", key: "subject", row });
  }

  forget(subject: string): void {
    this.#database.run("DELETE FROM wrong_passwords WHERE subject = ?", subject);
  }

  /** Forgets those of before a time, and the oldest beyond `kept`. */
  prune(beforeMicros: number, kept: number): void {
    this.#database.run("DELETE FROM wrong_passwords WHERE last_micros < ?", beforeMicros);
    this.#database.run(
      "DELETE FROM wrong_passwords WHERE last_micros < (SELECT last_micros FROM wrong_passwords ORDER BY last_micros DESC LIMIT 1 OFFSET ?)",
      kept,
    );
  }
}

function wrongOf(row: Row): WrongPasswords {
  return {
    count: integer(row, "count"),
    lastMicros: integer(row, "last_micros"),
    lockedMicros: integer(row, "locked_micros"),
  };
}
