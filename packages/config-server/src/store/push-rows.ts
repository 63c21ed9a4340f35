import { PushFindings, PushKind, PushState } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

const Target = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  user: Type.String(),
  hostKey: Type.String(),
  acceptHostKey: Type.Boolean(),
});

/** What was asked for; nothing of it is secret. */
export const PushSettings = Type.Object({
  target: Target,
  jump: Type.Optional(Target),
  server: Type.Object({ host: Type.String(), port: Type.Integer() }),
  data: Type.Object({ host: Type.String(), port: Type.Integer() }),
  version: Type.String(),
  name: Type.String(),
  protectable: Type.Array(Type.String()),
  startCommand: Type.String(),
});
export type PushSettings = Static<typeof PushSettings>;

/** What became known on the way; what is not there has not been come to. */
export const PushFound = Type.Object({
  hostKey: Type.Optional(Type.String()),
  jumpHostKey: Type.Optional(Type.String()),
  findings: Type.Optional(PushFindings),
  name: Type.Optional(Type.String()),
  tokenId: Type.Optional(Type.String()),
  memberId: Type.Optional(Type.String()),
  /** Something may have been changed at the machine. */
  changed: Type.Optional(Type.Boolean()),
  undone: Type.Optional(Type.Boolean()),
  problem: Type.Optional(
    Type.Object({
      code: Type.String(),
      kind: Type.Enum(["transient", "discontinuity", "corruption", "protocol", "operator"]),
      message: Type.String(),
      remedy: Type.String(),
    }),
  ),
});
export type PushFound = Static<typeof PushFound>;

export interface PushRow {
  readonly id: string;
  readonly kind: PushKind;
  readonly host: string;
  readonly port: number;
  readonly processServerId: string;
  readonly state: PushState;
  readonly order: PushSettings;
  readonly found: PushFound;
  /** Null once it has ended. */
  readonly sealed: string | null;
  readonly jobId: string;
  readonly actor: string;
  readonly createdMicros: number;
  readonly endedMicros: number | null;
}

export type PushDraft = Omit<PushRow, "state" | "found" | "endedMicros"> & { readonly sealed: string };

const KINDS: readonly PushKind[] = PushKind.enum;
const STATES: readonly PushState[] = PushState.enum;

export class PushRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: PushDraft): void {
    this.#database.run(
      `INSERT INTO pushes (id, kind, host, port, process_server_id, state, "order", found, sealed, job_id, actor, created_micros)
       VALUES (?, ?, ?, ?, ?, 'looking', ?, '{}', ?, ?, ?, ?)`,
      draft.id,
      draft.kind,
      draft.host,
      draft.port,
      draft.processServerId,
      JSON.stringify(draft.order),
      draft.sealed,
      draft.jobId,
      draft.actor,
      draft.createdMicros,
    );
  }

  byId(id: string): PushRow | undefined {
    const row = this.#database.get("SELECT * FROM pushes WHERE id = ?", id);
    return row === undefined ? undefined : pushOf(row);
  }

  /** Newest first. */
  list(query: Omit<NewestQuery, "machineIds">): PushRow[] {
    return newestPage(this.#database, { select: "SELECT * FROM pushes" }, query).map(pushOf);
  }

  /** Those of a host, newest first. */
  ofHost(host: string, port: number): PushRow[] {
    const sql = "SELECT * FROM pushes WHERE host = ? AND port = ? ORDER BY created_micros DESC, id";
    return this.#database.all(sql, host, port).map(pushOf);
  }

  /** Those that have not ended, oldest first. */
  underWay(): PushRow[] {
    return this.#database
      .all("SELECT * FROM pushes WHERE ended_micros IS NULL ORDER BY created_micros, id")
      .map(pushOf);
  }

  /** Moves it on with what was found; with an end goes what logs in. False when it is not in the state `from` any more. */
  move(
    id: string,
    { from, to }: { readonly from: PushState; readonly to: PushState },
    { found, endedMicros }: { readonly found: PushFound; readonly endedMicros?: number },
  ): boolean {
    const keeps = endedMicros === undefined ? "" : ", sealed = NULL";
    const sql = `UPDATE pushes SET state = ?, found = ?, ended_micros = ?${keeps} WHERE id = ? AND state = ?`;
    return this.#database.run(sql, to, JSON.stringify(found), endedMicros ?? null, id, from) === 1;
  }

  /** Forgets the oldest that have ended, but for so many, and for those that may have left something at their machine. */
  prune(kept: number): void {
    const sql = `DELETE FROM pushes WHERE ended_micros IS NOT NULL AND found NOT LIKE '%"undone":false%'
       AND id NOT IN (SELECT id FROM pushes ORDER BY created_micros DESC, id LIMIT ?)`;
    this.#database.run(sql, kept);
  }
}

function pushOf(row: Row): PushRow {
  const order: unknown = JSON.parse(text(row, "order"));
  const found: unknown = JSON.parse(text(row, "found"));
  assert(Check(PushSettings, order), "a push's order was checked before it was stored");
  assert(Check(PushFound, found), "what a push found was checked before it was stored");
  return {
    id: text(row, "id"),
    kind: word(row, "kind", KINDS),
    host: text(row, "host"),
    port: integer(row, "port"),
    processServerId: text(row, "process_server_id"),
    state: word(row, "state", STATES),
    order,
    found,
    sealed: maybeText(row, "sealed"),
    jobId: text(row, "job_id"),
    actor: text(row, "actor"),
    createdMicros: integer(row, "created_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}
