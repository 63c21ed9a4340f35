import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

/** As it is stored: whether it has expired is a matter of the clock. */
export type StoredApprovalState = "open" | "approved" | "refused" | "used";
const STATES: readonly StoredApprovalState[] = ["open", "approved", "refused", "used"];

/** A call that somebody asked for and that needs a second person. */
export interface ApprovalRow {
  readonly id: string;
  /** The route's name. */
  readonly action: string;
  /** Of the whole call: another call is another approval. */
  readonly callDigest: string;
  readonly subject: string | null;
  readonly summary: string;
  readonly machineId: string | null;
  /** `user:ID` or `token:ID`. */
  readonly asker: string;
  readonly askedBy: string;
  readonly askedMicros: number;
  readonly expiresMicros: number;
  readonly state: StoredApprovalState;
  readonly decidedBy: string | null;
  readonly decidedMicros: number | null;
}

export type ApprovalDraft = Omit<ApprovalRow, "state" | "decidedBy" | "decidedMicros">;

export class ApprovalRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: ApprovalDraft): void {
    this.#database.run(
      `INSERT INTO approvals (id, action, call_digest, subject, summary, machine_id, asker, asked_by, asked_micros, expires_micros, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')`,
      draft.id,
      draft.action,
      draft.callDigest,
      draft.subject,
      draft.summary,
      draft.machineId,
      draft.asker,
      draft.askedBy,
      draft.askedMicros,
      draft.expiresMicros,
    );
  }

  byId(id: string): ApprovalRow | undefined {
    const row = this.#database.get("SELECT * FROM approvals WHERE id = ?", id);
    return row === undefined ? undefined : approvalOf(row);
  }

  /** Newest first. */
  list(query: NewestQuery): ApprovalRow[] {
    const wanted = { select: "SELECT * FROM approvals", time: "asked_micros" };
    return newestPage(this.#database, wanted, query).map(approvalOf);
  }

  /** The newest that is open or approved for this call of this asker, and has not expired. */
  standing(of: Pick<ApprovalRow, "asker" | "callDigest">, nowMicros: number): ApprovalRow | undefined {
    const row = this.#database.get(
      `SELECT * FROM approvals WHERE asker = ? AND call_digest = ? AND state IN ('open', 'approved') AND expires_micros > ?
       ORDER BY asked_micros DESC LIMIT 1`,
      of.asker,
      of.callDigest,
      nowMicros,
    );
    return row === undefined ? undefined : approvalOf(row);
  }

  /** Whether the asker made such a call with an approval whose time is not over yet. */
  wasUsed({ asker, action }: Pick<ApprovalRow, "asker" | "action">, nowMicros: number): boolean {
    const sql = "SELECT 1 FROM approvals WHERE asker = ? AND action = ? AND state = 'used' AND expires_micros > ?";
    return this.#database.get(sql, asker, action, nowMicros) !== undefined;
  }

  /** False when it was not open any more. */
  decide(
    id: string,
    decision: {
      readonly state: "approved" | "refused";
      readonly by: string;
      readonly nowMicros: number;
      readonly expiresMicros: number;
    },
  ): boolean {
    const changed = this.#database.run(
      "UPDATE approvals SET state = ?, decided_by = ?, decided_micros = ?, expires_micros = ? WHERE id = ? AND state = 'open' AND expires_micros > ?",
      decision.state,
      decision.by,
      decision.nowMicros,
      decision.expiresMicros,
      id,
      decision.nowMicros,
    );
    return changed === 1;
  }

  /** Takes it for one call; false when it is not there to be taken. */
  use(id: string): boolean {
    return this.#database.run("UPDATE approvals SET state = 'used' WHERE id = ? AND state = 'approved'", id) === 1;
  }

  /** The call was refused: nothing was done with it. */
  giveBack(id: string): void {
    this.#database.run("UPDATE approvals SET state = 'approved' WHERE id = ? AND state = 'used'", id);
  }

  /** Drops what was asked before a time. */
  prune(beforeMicros: number): void {
    this.#database.run("DELETE FROM approvals WHERE asked_micros < ?", beforeMicros);
  }
}

function approvalOf(row: Row): ApprovalRow {
  return {
    id: text(row, "id"),
    action: text(row, "action"),
    callDigest: text(row, "call_digest"),
    subject: maybeText(row, "subject"),
    summary: text(row, "summary"),
    machineId: maybeText(row, "machine_id"),
    asker: text(row, "asker"),
    askedBy: text(row, "asked_by"),
    askedMicros: integer(row, "asked_micros"),
    expiresMicros: integer(row, "expires_micros"),
    state: word(row, "state", STATES),
    decidedBy: maybeText(row, "decided_by"),
    decidedMicros: maybeInteger(row, "decided_micros"),
  };
}
