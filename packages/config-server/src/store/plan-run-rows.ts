import { ErrorItem, PlanKind, PlanRun, PlanRunState, PlanStep, PlanStepState } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

export type PlanCleanup = PlanRun["cleanup"];

/** One time that a plan was run. */
export interface PlanRunRow {
  readonly id: string;
  readonly planId: string;
  readonly planName: string;
  readonly kind: PlanKind;
  readonly state: PlanRunState;
  readonly cleanup: PlanCleanup;
  /** In the place of what the plan says of each machine. */
  readonly at: string | null;
  readonly forced: boolean;
  readonly jobId: string;
  readonly actor: string;
  readonly createdMicros: number;
  readonly endedMicros: number | null;
}

/** What becomes known of a step on its way. */
export const PlanStepFacts = Type.Object({
  machineId: Type.Optional(Type.String()),
  failoverId: Type.Optional(Type.String()),
  jobId: Type.Optional(Type.String()),
  said: Type.Optional(Type.String()),
  notes: Type.Optional(Type.String()),
});
export type PlanStepFacts = Static<typeof PlanStepFacts>;

export interface PlanRunStepRow {
  readonly runId: string;
  readonly definition: PlanStep;
  readonly state: PlanStepState;
  readonly facts: PlanStepFacts;
  readonly error: ErrorItem | null;
  readonly begunMicros: number | null;
  readonly endedMicros: number | null;
}

export interface PlanStepDraft {
  readonly definition: PlanStep;
  readonly facts: PlanStepFacts;
}

/** What becomes known with a change of state. */
export interface PlanStepChange {
  readonly facts?: PlanStepFacts;
  readonly error?: ErrorItem;
  readonly begunMicros?: number;
  readonly endedMicros?: number;
}

const KINDS: readonly PlanKind[] = PlanKind.enum;
const RUN_STATES: readonly PlanRunState[] = PlanRunState.enum;
const STEP_STATES: readonly PlanStepState[] = PlanStepState.enum;
const CLEANUPS: readonly PlanCleanup[] = PlanRun.properties.cleanup.enum;

export class PlanRunRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(row: PlanRunRow, steps: readonly PlanStepDraft[]): void {
    this.#database.run(
      `INSERT INTO plan_runs (id, plan_id, plan_name, kind, state, cleanup, at, forced, job_id, actor, created_micros)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.planId,
      row.planName,
      row.kind,
      row.state,
      row.cleanup,
      row.at,
      row.forced ? 1 : 0,
      row.jobId,
      row.actor,
      row.createdMicros,
    );
    const sql =
      "INSERT INTO plan_run_steps (run_id, number, name, definition, state, facts) VALUES (?, ?, ?, ?, 'waiting', ?)";
    for (const [number, { definition, facts }] of steps.entries())
      this.#database.run(sql, row.id, number, definition.name, JSON.stringify(definition), JSON.stringify(facts));
  }

  byId(id: string): PlanRunRow | undefined {
    const row = this.#database.get("SELECT * FROM plan_runs WHERE id = ?", id);
    return row === undefined ? undefined : runOf(row);
  }

  /** Newest first; of the plans with an id or of a name, or all. */
  list(of: { readonly planId?: string; readonly planName?: string }, query: NewestQuery): PlanRunRow[] {
    const wanted = { select: "SELECT * FROM plan_runs", where: { plan_id: of.planId, plan_name: of.planName } };
    return newestPage(this.#database, wanted, query).map(runOf);
  }

  newestOf(planId: string): PlanRunRow | undefined {
    const sql = "SELECT * FROM plan_runs WHERE plan_id = ? ORDER BY created_micros DESC, id LIMIT 1";
    const row = this.#database.get(sql, planId);
    return row === undefined ? undefined : runOf(row);
  }

  /** Those that go on. */
  underWay(): PlanRunRow[] {
    return this.#database.all("SELECT * FROM plan_runs WHERE ended_micros IS NULL ORDER BY created_micros").map(runOf);
  }

  /** One of the plan that goes on. */
  underWayOf(planId: string): PlanRunRow | undefined {
    const row = this.#database.get("SELECT * FROM plan_runs WHERE plan_id = ? AND ended_micros IS NULL", planId);
    return row === undefined ? undefined : runOf(row);
  }

  /** False when it is not in the state `from` any more. */
  move(
    id: string,
    {
      from,
      to,
      endedMicros,
    }: { readonly from: PlanRunState; readonly to: PlanRunState; readonly endedMicros: number | null },
  ): boolean {
    const sql = "UPDATE plan_runs SET state = ?, ended_micros = ? WHERE id = ? AND state = ?";
    return this.#database.run(sql, to, endedMicros, id, from) === 1;
  }

  moveCleanup(id: string, { from, to }: { readonly from: PlanCleanup; readonly to: PlanCleanup }): boolean {
    return this.#database.run("UPDATE plan_runs SET cleanup = ? WHERE id = ? AND cleanup = ?", to, id, from) === 1;
  }

  /** In the order of the plan. */
  stepsOf(runId: string): PlanRunStepRow[] {
    return this.#database.all("SELECT * FROM plan_run_steps WHERE run_id = ? ORDER BY number", runId).map(stepOf);
  }

  /** Those of all runs that wait for a person, longest first. */
  asking(): PlanRunStepRow[] {
    return this.#database
      .all("SELECT * FROM plan_run_steps WHERE state = 'asking' ORDER BY begun_micros, run_id, number")
      .map(stepOf);
  }

  step(runId: string, name: string): PlanRunStepRow | undefined {
    const row = this.#database.get("SELECT * FROM plan_run_steps WHERE run_id = ? AND name = ?", runId, name);
    return row === undefined ? undefined : stepOf(row);
  }

  statesOf(runId: string): Map<string, PlanStepState> {
    const rows = this.#database.all("SELECT name, state FROM plan_run_steps WHERE run_id = ?", runId);
    return new Map(rows.map((row) => [text(row, "name"), word(row, "state", STEP_STATES)]));
  }

  /** Moves it on; false when it is not in the state `from` any more. */
  moveStep(
    { runId, name }: { readonly runId: string; readonly name: string },
    { from, to }: { readonly from: PlanStepState; readonly to: PlanStepState },
    { facts, error, begunMicros, endedMicros }: PlanStepChange,
  ): boolean {
    const sql = `UPDATE plan_run_steps SET state = ?, facts = coalesce(?, facts), error = coalesce(?, error), begun_micros = coalesce(begun_micros, ?),
       ended_micros = coalesce(?, ended_micros) WHERE run_id = ? AND name = ? AND state = ?`;
    const factsJson = facts === undefined ? null : JSON.stringify(facts);
    const errorJson = error === undefined ? null : JSON.stringify(error);
    const values = [factsJson, errorJson, begunMicros ?? null, endedMicros ?? null];
    return this.#database.run(sql, to, ...values, runId, name, from) === 1;
  }
}

function runOf(row: Row): PlanRunRow {
  return {
    id: text(row, "id"),
    planId: text(row, "plan_id"),
    planName: text(row, "plan_name"),
    kind: word(row, "kind", KINDS),
    state: word(row, "state", RUN_STATES),
    cleanup: word(row, "cleanup", CLEANUPS),
    at: maybeText(row, "at"),
    forced: integer(row, "forced") === 1,
    jobId: text(row, "job_id"),
    actor: text(row, "actor"),
    createdMicros: integer(row, "created_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}

function stepOf(row: Row): PlanRunStepRow {
  const definition: unknown = JSON.parse(text(row, "definition"));
  const facts: unknown = JSON.parse(text(row, "facts"));
  const error: unknown = JSON.parse(maybeText(row, "error") ?? "null");
  assert(Check(PlanStep, definition), "a run's step was checked before it was stored");
  assert(Check(PlanStepFacts, facts), "a step's facts were checked before they were stored");
  assert(error === null || Check(ErrorItem, error), "a step's error is an error item");
  return {
    runId: text(row, "run_id"),
    definition,
    state: word(row, "state", STEP_STATES),
    facts,
    error,
    begunMicros: maybeInteger(row, "begun_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}
