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

  /**
   * Forgets those of before a time, and beyond `kept` those that count least, the oldest of them first: many names that are tried once push out nothing
   * that was tried often. A lock that stands is never forgotten; locks are bounded by how many passwords can be looked at while they last.
   */
  prune(of: { readonly beforeMicros: number; readonly nowMicros: number; readonly kept: number }): void {
    this.#database.run("DELETE FROM wrong_passwords WHERE last_micros < ?", of.beforeMicros);
    const least = `SELECT subject FROM wrong_passwords WHERE locked_micros <= ? ORDER BY count DESC, last_micros DESC LIMIT ? OFFSET ?`;
    const sql = `DELETE FROM wrong_passwords WHERE subject IN (${least})`;
    // SQLite takes no OFFSET without a LIMIT.
    this.#database.run(sql, of.nowMicros, Number.MAX_SAFE_INTEGER, of.kept);
  }
}

function wrongOf(row: Row): WrongPasswords {
  return {
    count: integer(row, "count"),
    lastMicros: integer(row, "last_micros"),
    lockedMicros: integer(row, "locked_micros"),
  };
}
