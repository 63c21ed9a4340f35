import { PlanStep } from "@leeward/api";
import { assert } from "@leeward/base";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { integer, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";

export interface RecoveryPlanRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The document as it was written. */
  readonly text: string;
  readonly steps: readonly PlanStep[];
  /** Who wrote it as it is. */
  readonly actor: string;
  readonly createdMicros: number;
  readonly changedMicros: number;
}

/** What a new document brings. */
export type RecoveryPlanChange = Pick<RecoveryPlanRow, "description" | "text" | "steps" | "actor" | "changedMicros">;

const Steps = Type.Array(PlanStep);

/** Recovery plans; what members are told to do is in `PlanRows`. */
export class RecoveryPlanRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(row: RecoveryPlanRow): void {
    this.#database.run(
      `INSERT INTO recovery_plans (id, name, description, text, steps, actor, created_micros, changed_micros)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.name,
      row.description,
      row.text,
      JSON.stringify(row.steps),
      row.actor,
      row.createdMicros,
      row.changedMicros,
    );
  }

  change(id: string, { description, text, steps, actor, changedMicros }: RecoveryPlanChange): void {
    const sql =
      "UPDATE recovery_plans SET description = ?, text = ?, steps = ?, actor = ?, changed_micros = ? WHERE id = ?";
    this.#database.run(sql, description, text, JSON.stringify(steps), actor, changedMicros, id);
  }

  remove(id: string): void {
    this.#database.run("DELETE FROM recovery_plans WHERE id = ?", id);
  }

  list(): RecoveryPlanRow[] {
    return this.#database.all("SELECT * FROM recovery_plans ORDER BY name").map(planOf);
  }

  find(nameOrId: string): RecoveryPlanRow | undefined {
    const sql = "SELECT * FROM recovery_plans WHERE id = ? OR name = ? ORDER BY id <> ? LIMIT 1";
    const row = this.#database.get(sql, nameOrId, nameOrId, nameOrId);
    return row === undefined ? undefined : planOf(row);
  }
}

function planOf(row: Row): RecoveryPlanRow {
  const steps: unknown = JSON.parse(text(row, "steps"));
  assert(Check(Steps, steps), "a plan's steps were checked before they were stored");
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    description: text(row, "description"),
    text: text(row, "text"),
    steps,
    actor: text(row, "actor"),
    createdMicros: integer(row, "created_micros"),
    changedMicros: integer(row, "changed_micros"),
  };
}
