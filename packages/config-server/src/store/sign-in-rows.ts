import { integer, maybeText, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";

/** Somebody who is signed in: a user, or who holds a token. */
export interface SignInRow {
  readonly id: string;
  readonly userId: string | null;
  readonly tokenId: string | null;
  readonly address: string;
  readonly userAgent: string | null;
  readonly signedInMicros: number;
  /** Of the last call, to within a minute. */
  readonly seenMicros: number;
}

export interface SignInDraft extends Omit<SignInRow, "seenMicros"> {
  readonly secretDigest: string;
}

/** Whose sign-ins: of a user or of a token. */
export type SignInOwner = { readonly userId: string } | { readonly tokenId: string };

/** Sign-ins that have not been ended. Only digests of their secrets are kept. */
export class SignInRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: SignInDraft): void {
    this.#database.run(
      `INSERT INTO sign_ins (id, secret_digest, user_id, token_id, address, user_agent, signed_in_micros, seen_micros)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      draft.id,
      draft.secretDigest,
      draft.userId,
      draft.tokenId,
      draft.address,
      draft.userAgent,
      draft.signedInMicros,
      draft.signedInMicros,
    );
  }

  byDigest(secretDigest: string): SignInRow | undefined {
    return maybe(this.#database.get("SELECT * FROM sign_ins WHERE secret_digest = ?", secretDigest));
  }

  byId(id: string): SignInRow | undefined {
    return maybe(this.#database.get("SELECT * FROM sign_ins WHERE id = ?", id));
  }

  /** Newest first. */
  list(): SignInRow[] {
    return this.#database.all("SELECT * FROM sign_ins ORDER BY signed_in_micros DESC, id").map(signInOf);
  }

  /** Newest first. */
  of(owner: SignInOwner): SignInRow[] {
    const [column, id] = columnOf(owner);
    const sql = `SELECT * FROM sign_ins WHERE ${column} = ? ORDER BY signed_in_micros DESC, id`;
    return this.#database.all(sql, id).map(signInOf);
  }

  seen(id: string, nowMicros: number): void {
    this.#database.run("UPDATE sign_ins SET seen_micros = ? WHERE id = ?", nowMicros, id);
  }

  exchangeSecret(id: string, secretDigest: string): void {
    this.#database.run("UPDATE sign_ins SET secret_digest = ? WHERE id = ?", secretDigest, id);
  }

  end(id: string): boolean {
    return this.#database.run("DELETE FROM sign_ins WHERE id = ?", id) === 1;
  }

  /** Ends all of an owner, but the one that is named. */
  endAll(owner: SignInOwner, butId = ""): void {
    const [column, id] = columnOf(owner);
    this.#database.run(`DELETE FROM sign_ins WHERE ${column} = ? AND id <> ?`, id, butId);
  }

  /** Ends those that began, or were seen last, before a time. */
  endBefore({ signedInMicros, seenMicros }: Pick<SignInRow, "signedInMicros" | "seenMicros">): void {
    this.#database.run(
      "DELETE FROM sign_ins WHERE signed_in_micros < ? OR seen_micros < ?",
      signedInMicros,
      seenMicros,
    );
  }
}

function columnOf(owner: SignInOwner): readonly ["user_id" | "token_id", string] {
  return "userId" in owner ? ["user_id", owner.userId] : ["token_id", owner.tokenId];
}

function maybe(row: Row | undefined): SignInRow | undefined {
  return row === undefined ? undefined : signInOf(row);
}

function signInOf(row: Row): SignInRow {
  return {
    id: text(row, "id"),
    userId: maybeText(row, "user_id"),
    tokenId: maybeText(row, "token_id"),
    address: text(row, "address"),
    userAgent: maybeText(row, "user_agent"),
    signedInMicros: integer(row, "signed_in_micros"),
    seenMicros: integer(row, "seen_micros"),
  };
}
