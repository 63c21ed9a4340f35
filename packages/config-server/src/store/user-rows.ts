import type { Role } from "@leeward/api";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";

export type UserKind = "local" | "oidc";
const ROLES: readonly Role[] = ["viewer", "operator", "administrator"];
const KINDS: readonly UserKind[] = ["local", "oidc"];

/** A person. */
export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly kind: UserKind;
  readonly role: Role;
  /** Of a local user, in the form that Argon2 writes. */
  readonly passwordHash: string | null;
  /** Of a provider's user: who vouches, and for whom. */
  readonly issuer: string | null;
  readonly subject: string | null;
  /** Ids of the machines that the user is limited to; null for no limit. */
  readonly scope: readonly string[] | null;
  readonly disabled: boolean;
  readonly createdMicros: number;
  readonly createdBy: string;
  /** Whose doing it was: `user:ID` or `token:ID`; null when nobody's. */
  readonly creator: string | null;
  /** Who set the password since, as `creator` says; null when nobody but the user did. */
  readonly passwordSetter: string | null;
  readonly lastSignInMicros: number | null;
}

export type UserDraft = Omit<UserRow, "disabled" | "passwordSetter" | "lastSignInMicros">;
export type UserEdit = Pick<UserRow, "role" | "passwordHash" | "passwordSetter" | "disabled" | "scope">;

/** People who may sign in. Names are compared without regard to case. */
export class UserRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: UserDraft): void {
    this.#database.run(
      `INSERT INTO users (id, name, folded_name, kind, role, password_hash, issuer, subject, scope, disabled, created_micros, created_by, creator)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
      draft.id,
      draft.name,
      foldedName(draft.name),
      draft.kind,
      draft.role,
      draft.passwordHash,
      draft.issuer,
      draft.subject,
      scopeText(draft.scope),
      draft.createdMicros,
      draft.createdBy,
      draft.creator,
    );
  }

  list(): UserRow[] {
    return this.#database.all("SELECT * FROM users ORDER BY folded_name").map(userOf);
  }

  byId(id: string): UserRow | undefined {
    return maybe(this.#database.get("SELECT * FROM users WHERE id = ?", id));
  }

  byName(name: string): UserRow | undefined {
    return maybe(this.#database.get("SELECT * FROM users WHERE folded_name = ?", foldedName(name)));
  }

  bySubject(issuer: string, subject: string): UserRow | undefined {
    return maybe(this.#database.get("SELECT * FROM users WHERE issuer = ? AND subject = ?", issuer, subject));
  }

  edit(id: string, { role, passwordHash, passwordSetter, disabled, scope }: UserEdit): void {
    this.#database.run(
      "UPDATE users SET role = ?, password_hash = ?, password_setter = ?, disabled = ?, scope = ? WHERE id = ?",
      role,
      passwordHash,
      passwordSetter,
      disabled ? 1 : 0,
      scopeText(scope),
      id,
    );
  }

  signedIn(id: string, nowMicros: number): void {
    this.#database.run("UPDATE users SET last_sign_in_micros = ? WHERE id = ?", nowMicros, id);
  }

  remove(id: string): void {
    this.#database.run("DELETE FROM users WHERE id = ?", id);
  }
}

/** By which names are compared. */
export function foldedName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** Ids with commas between them. */
export function scopeText(scope: readonly string[] | null): string | null {
  return scope === null ? null : scope.join(",");
}

export function scopeOf(text: string | null): readonly string[] | null {
  return text === null ? null : text.split(",");
}

function maybe(row: Row | undefined): UserRow | undefined {
  return row === undefined ? undefined : userOf(row);
}

function userOf(row: Row): UserRow {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    kind: word(row, "kind", KINDS),
    role: word(row, "role", ROLES),
    passwordHash: maybeText(row, "password_hash"),
    issuer: maybeText(row, "issuer"),
    subject: maybeText(row, "subject"),
    scope: scopeOf(maybeText(row, "scope")),
    disabled: integer(row, "disabled") === 1,
    createdMicros: integer(row, "created_micros"),
    createdBy: text(row, "created_by"),
    creator: maybeText(row, "creator"),
    passwordSetter: maybeText(row, "password_setter"),
    lastSignInMicros: maybeInteger(row, "last_sign_in_micros"),
  };
}
