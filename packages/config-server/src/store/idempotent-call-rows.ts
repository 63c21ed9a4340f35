import { integer, maybeText, text } from "./column.ts";
import type { Database } from "./database.ts";

const CALLS_REMOVED_MAX = 10_000;

/** A call that came with a key of idempotency. */
export interface IdempotentCallRow {
  /** Of the caller and the key, which themselves are nowhere. */
  readonly digest: string;
  readonly callDigest: string;
  readonly createdMicros: number;
  /** As only who has the key can open it; null until the call has succeeded. */
  readonly sealedAnswer: string | null;
}

export class IdempotentCallRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  byDigest(digest: string): IdempotentCallRow | undefined {
    const row = this.#database.get("SELECT * FROM idempotent_calls WHERE digest = ?", digest);
    if (row === undefined) return undefined;
    return {
      digest: text(row, "digest"),
      callDigest: text(row, "call_digest"),
      createdMicros: integer(row, "created_micros"),
      sealedAnswer: maybeText(row, "sealed_answer"),
    };
  }

  insert({ digest, callDigest, createdMicros }: Omit<IdempotentCallRow, "sealedAnswer">): void {
    const sql = "INSERT INTO idempotent_calls (digest, call_digest, created_micros) VALUES (?, ?, ?)";
    this.#database.run(sql, digest, callDigest, createdMicros);
  }

  answered(digest: string, sealedAnswer: string): void {
    this.#database.run("UPDATE idempotent_calls SET sealed_answer = ? WHERE digest = ?", sealedAnswer, digest);
  }

  remove(digest: string): void {
    this.#database.run("DELETE FROM idempotent_calls WHERE digest = ?", digest);
  }

  removeBefore(micros: number): void {
    // So many at once that no statement takes long, after however long a stop.
    const some = "SELECT digest FROM idempotent_calls WHERE created_micros < ? LIMIT ?";
    const sql = `DELETE FROM idempotent_calls WHERE digest IN (${some})`;
    while (this.#database.run(sql, micros, CALLS_REMOVED_MAX) === CALLS_REMOVED_MAX);
  }
}
