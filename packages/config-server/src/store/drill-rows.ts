import { DrillOrder, DrillState } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

const DiskDigest = Type.Object({
  diskId: Type.String(),
  name: Type.String(),
  sizeBytes: Type.Integer(),
  /** Of the SHA-256 of its windows, one after another; hex. */
  sha256: Type.String(),
});
export type DiskDigest = Static<typeof DiskDigest>;

/** What a drill has found so far; what is not there has not been come to. Times are of this server's clock. */
export const DrillEvidence = Type.Object({
  point: Type.Optional(
    Type.Object({
      id: Type.String(),
      timeMicros: Type.Integer(),
      validUntilMicros: Type.Integer(),
      consistency: Type.Enum(["crash", "file-system", "application"]),
      diskIds: Type.Array(Type.String()),
      missing: Type.Array(Type.String()),
      /** How old it was when the drill was asked for, by the machine's clock. */
      ageSeconds: Type.Number(),
    }),
  ),
  before: Type.Optional(Type.Array(DiskDigest)),
  after: Type.Optional(Type.Array(DiskDigest)),
  failoverId: Type.Optional(Type.String()),
  orderedMicros: Type.Optional(Type.Integer()),
  startedMicros: Type.Optional(Type.Integer()),
  checks: Type.Optional(
    Type.Array(Type.Object({ ok: Type.Boolean(), decidedMicros: Type.Integer(), said: Type.String() })),
  ),
  screenWhy: Type.Optional(Type.String()),
  cleared: Type.Optional(Type.Object({ micros: Type.Integer(), confirmed: Type.Boolean() })),
  problems: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  interruptions: Type.Array(Type.Object({ micros: Type.Integer(), state: DrillState, why: Type.String() })),
});
export type DrillEvidence = Static<typeof DrillEvidence>;

export interface DrillRow {
  readonly id: string;
  readonly machineId: string;
  readonly masterTargetId: string;
  readonly state: DrillState;
  readonly scheduled: boolean;
  readonly order: DrillOrder;
  readonly actor: string;
  readonly evidence: DrillEvidence;
  readonly createdMicros: number;
  /** Null while it is under way: a machine has one at a time. */
  readonly endedMicros: number | null;
}

export type DrillDraft = Omit<DrillRow, "state" | "evidence" | "endedMicros">;

const NOTHING: DrillEvidence = { problems: [], interruptions: [] };
const COLUMNS = `id, machine_id, master_target_id, state, scheduled, "order", actor, evidence, created_micros, ended_micros`;
const STATES: readonly DrillState[] = DrillState.enum;

export class DrillRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: DrillDraft): void {
    this.#database.run(
      `INSERT INTO drills (id, machine_id, master_target_id, state, scheduled, "order", actor, evidence, created_micros)
       VALUES (?, ?, ?, 'choosing', ?, ?, ?, ?, ?)`,
      draft.id,
      draft.machineId,
      draft.masterTargetId,
      draft.scheduled ? 1 : 0,
      JSON.stringify(draft.order),
      draft.actor,
      JSON.stringify(NOTHING),
      draft.createdMicros,
    );
  }

  byId(id: string): DrillRow | undefined {
    const row = this.#database.get(`SELECT ${COLUMNS} FROM drills WHERE id = ?`, id);
    return row === undefined ? undefined : drillOf(row);
  }

  /** Newest first, of a machine or all. */
  list(machineId: string | undefined, query: NewestQuery): DrillRow[] {
    const wanted = { select: `SELECT ${COLUMNS} FROM drills`, where: { machine_id: machineId } };
    return newestPage(this.#database, wanted, query).map(drillOf);
  }

  /** The newest of a machine, whether it has ended or not. */
  newestOf(machineId: string): DrillRow | undefined {
    const sql = `SELECT ${COLUMNS} FROM drills WHERE machine_id = ? ORDER BY created_micros DESC, id LIMIT 1`;
    const row = this.#database.get(sql, machineId);
    return row === undefined ? undefined : drillOf(row);
  }

  /** Those that have not ended, oldest first. */
  underWay(): DrillRow[] {
    const sql = `SELECT ${COLUMNS} FROM drills WHERE ended_micros IS NULL ORDER BY created_micros, id`;
    return this.#database.all(sql).map(drillOf);
  }

  /** Moves it on with what was found until then; false when it is not in the state `from` any more. */
  move(
    id: string,
    { from, to }: { readonly from: DrillState; readonly to: DrillState },
    { evidence, endedMicros }: { readonly evidence: DrillEvidence; readonly endedMicros?: number },
  ): boolean {
    const sql = "UPDATE drills SET state = ?, evidence = ?, ended_micros = ? WHERE id = ? AND state = ?";
    return this.#database.run(sql, to, JSON.stringify(evidence), endedMicros ?? null, id, from) === 1;
  }

  screenOf(id: string): string | null {
    const row = this.#database.get("SELECT screen_png FROM drills WHERE id = ?", id);
    return row === undefined ? null : maybeText(row, "screen_png");
  }

  putScreen(id: string, pngBase64: string): void {
    this.#database.run("UPDATE drills SET screen_png = ? WHERE id = ?", pngBase64, id);
  }

  /** The signed report, as JSON; null while there is none. */
  reportOf(id: string): string | null {
    const row = this.#database.get("SELECT report FROM drills WHERE id = ?", id);
    return row === undefined ? null : maybeText(row, "report");
  }

  /** The screen is in the report. */
  putReport(id: string, report: string): void {
    this.#database.run("UPDATE drills SET report = ?, screen_png = NULL WHERE id = ?", report, id);
  }

  /** Forgets the oldest that have ended of a machine, but for so many. */
  prune(machineId: string, kept: number): void {
    const sql = `DELETE FROM drills WHERE machine_id = ? AND ended_micros IS NOT NULL AND id NOT IN
       (SELECT id FROM drills WHERE machine_id = ? ORDER BY created_micros DESC, id LIMIT ?)`;
    this.#database.run(sql, machineId, machineId, kept);
  }
}

function drillOf(row: Row): DrillRow {
  const order: unknown = JSON.parse(text(row, "order"));
  const evidence: unknown = JSON.parse(text(row, "evidence"));
  assert(Check(DrillOrder, order), "a drill's order was checked before it was stored");
  assert(Check(DrillEvidence, evidence), "what a drill found was checked before it was stored");
  return {
    id: text(row, "id"),
    machineId: text(row, "machine_id"),
    masterTargetId: text(row, "master_target_id"),
    state: word(row, "state", STATES),
    scheduled: integer(row, "scheduled") === 1,
    order,
    actor: text(row, "actor"),
    evidence,
    createdMicros: integer(row, "created_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}
