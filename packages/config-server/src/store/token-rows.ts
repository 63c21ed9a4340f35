import type { Token, TokenRole } from "@leeward/api";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { scopeOf, scopeText } from "./user-rows.ts";

export interface TokenRow {
  readonly id: string;
  readonly role: TokenRole;
  readonly createdMicros: number;
  readonly createdBy: string;
  readonly expiresMicros: number | null;
  readonly usedMicros: number | null;
  readonly usedBy: string | null;
  readonly revokedMicros: number | null;
  readonly note: string | null;
  /** The machine whose place its bearer takes; null for one that makes a new member. */
  readonly machineId: string | null;
  /** Ids of the machines that a bearer of the API is limited to; null for no limit. */
  readonly scope: readonly string[] | null;
  /** Whose doing it was: `user:ID` or `token:ID`; null when nobody's. */
  readonly creator: string | null;
}

export interface TokenDraft
  extends Pick<TokenRow, "id" | "role" | "createdMicros" | "createdBy" | "expiresMicros" | "note" | "machineId">,
    Partial<Pick<TokenRow, "scope" | "creator">> {
  readonly secretDigest: string;
}

const ROLES: readonly TokenRole[] = ["agent", "process-server", "master-target", "viewer", "operator", "administrator"];

/** Tokens: of enrolment and of the API. Only digests of their secrets are kept. */
export class TokenRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: TokenDraft): void {
    this.#database.run(
      `INSERT INTO tokens (id, role, secret_digest, created_micros, created_by, expires_micros, note, machine_id, scope, creator)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      draft.id,
      draft.role,
      draft.secretDigest,
      draft.createdMicros,
      draft.createdBy,
      draft.expiresMicros,
      draft.note,
      draft.machineId,
      scopeText(draft.scope ?? null),
      draft.creator ?? null,
    );
  }

  byDigest(secretDigest: string): TokenRow | undefined {
    return maybe(this.#database.get("SELECT * FROM tokens WHERE secret_digest = ?", secretDigest));
  }

  byId(id: string): TokenRow | undefined {
    return maybe(this.#database.get("SELECT * FROM tokens WHERE id = ?", id));
  }

  list(): TokenRow[] {
    return this.#database.all("SELECT * FROM tokens ORDER BY created_micros, id").map(tokenOf);
  }

  /** Takes the token for `memberId`; false when it was used, revoked or has expired by now. */
  use(id: string, use: { readonly memberId: string; readonly nowMicros: number }): boolean {
    const changed = this.#database.run(
      `UPDATE tokens SET used_micros = ?, used_by = ?
       WHERE id = ? AND used_micros IS NULL AND revoked_micros IS NULL AND (expires_micros IS NULL OR expires_micros > ?)`,
      use.nowMicros,
      use.memberId,
      id,
      use.nowMicros,
    );
    return changed === 1;
  }

  revoke(id: string, nowMicros: number): void {
    this.#database.run("UPDATE tokens SET revoked_micros = ? WHERE id = ? AND revoked_micros IS NULL", nowMicros, id);
  }
}

/** Whether the token may still be used, and if not why. */
export function tokenStateOf(row: TokenRow, nowMicros: number): Token["state"] {
  if (row.revokedMicros !== null) return "revoked";
  if (row.usedMicros !== null) return "used";
  return row.expiresMicros !== null && row.expiresMicros <= nowMicros ? "expired" : "valid";
}

function maybe(row: Row | undefined): TokenRow | undefined {
  return row === undefined ? undefined : tokenOf(row);
}

function tokenOf(row: Row): TokenRow {
  return {
    id: text(row, "id"),
    role: word(row, "role", ROLES),
    createdMicros: integer(row, "created_micros"),
    createdBy: text(row, "created_by"),
    expiresMicros: maybeInteger(row, "expires_micros"),
    usedMicros: maybeInteger(row, "used_micros"),
    usedBy: maybeText(row, "used_by"),
    revokedMicros: maybeInteger(row, "revoked_micros"),
    note: maybeText(row, "note"),
    machineId: maybeText(row, "machine_id"),
    scope: scopeOf(maybeText(row, "scope")),
    creator: maybeText(row, "creator"),
  };
}
