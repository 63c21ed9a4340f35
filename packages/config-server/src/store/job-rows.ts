import { ErrorItem, Job, JobResult, JobState } from "@leeward/api";
import { assert } from "@leeward/base";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

export interface JobRow {
  readonly id: string;
  readonly kind: Job["kind"];
  readonly subject: string;
  readonly machineId: string;
  /** Empty for what is about the whole machine. */
  readonly diskId: string;
  /** What the job was asked to do, as its kind understands it. */
  readonly input: unknown;
  readonly state: JobState;
  readonly error: ErrorItem | null;
  readonly result: JobResult | null;
  readonly createdMicros: number;
  readonly startedMicros: number | null;
  readonly endedMicros: number | null;
}

export type JobDraft = Pick<JobRow, "id" | "kind" | "subject" | "machineId" | "diskId" | "input" | "createdMicros">;

export interface JobQuery extends Partial<Pick<JobRow, "state" | "kind" | "subject" | "machineId">> {
  /** Those that ended then or later, or have not ended. */
  readonly sinceMicros?: number;
}

export interface JobPruning {
  readonly beforeMicros: number;
  readonly kept: number;
  readonly atOnce: number;
}

export interface JobEnd {
  readonly state: "succeeded" | "failed" | "cancelled";
  readonly error: ErrorItem | null;
  readonly result: JobResult | null;
  readonly nowMicros: number;
}

const KINDS: readonly Job["kind"][] = Job.properties.kind.enum;
const STATES: readonly JobState[] = JobState.enum;

export class JobRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: JobDraft): void {
    this.#database.run(
      "INSERT INTO jobs (id, kind, subject, machine_id, disk_id, input, state, created_micros) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)",
      draft.id,
      draft.kind,
      draft.subject,
      draft.machineId,
      draft.diskId,
      JSON.stringify(draft.input),
      draft.createdMicros,
    );
  }

  byId(id: string): JobRow | undefined {
    const row = this.#database.get("SELECT * FROM jobs WHERE id = ?", id);
    return row === undefined ? undefined : jobOf(row);
  }

  /** Newest first, those alone that are of what is said. */
  list(of: JobQuery, query: NewestQuery): JobRow[] {
    const { state, kind, subject, machineId: machine_id, sinceMicros } = of;
    const notBefore = sinceMicros === undefined ? undefined : { column: "ended_micros", micros: sinceMicros };
    const wanted = { select: "SELECT * FROM jobs", where: { state, kind, subject, machine_id }, notBefore };
    return newestPage(this.#database, wanted, query).map(jobOf);
  }

  /** The newest of a kind for a disk, however it ended. */
  newestOf(diskId: string, kind: JobRow["kind"]): JobRow | undefined {
    const sql = "SELECT * FROM jobs WHERE disk_id = ? AND kind = ? ORDER BY created_micros DESC, id LIMIT 1";
    const row = this.#database.get(sql, diskId, kind);
    return row === undefined ? undefined : jobOf(row);
  }

  /** Those that have not ended, oldest first. */
  unfinished(): JobRow[] {
    const sql = "SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY created_micros, id";
    return this.#database.all(sql).map(jobOf);
  }

  /** Those of a kind that were asked for a machine, however they ended. */
  ofMachine(machineId: string, kind: JobRow["kind"]): JobRow[] {
    return this.#database.all("SELECT * FROM jobs WHERE machine_id = ? AND kind = ?", machineId, kind).map(jobOf);
  }

  /** Says of a job how far it is, in its own words, for when it is taken up again. */
  note(id: string, input: unknown): void {
    this.#database.run("UPDATE jobs SET input = ? WHERE id = ?", JSON.stringify(input), id);
  }

  start(id: string, nowMicros: number): boolean {
    const sql =
      "UPDATE jobs SET state = 'running', started_micros = coalesce(started_micros, ?) WHERE id = ? AND state IN ('queued', 'running')";
    return this.#database.run(sql, nowMicros, id) === 1;
  }

  /** Ends the job; false when it has ended already: the first end counts. */
  end(id: string, end: JobEnd): boolean {
    const sql = `UPDATE jobs SET state = ?, error = ?, result = ?, ended_micros = ? WHERE id = ? AND state IN ('queued', 'running')`;
    const error = end.error === null ? null : JSON.stringify(end.error);
    const result = end.result === null ? null : JSON.stringify(end.result);
    return this.#database.run(sql, end.state, error, result, end.nowMicros, id) === 1;
  }

  /**
   * Drops those that ended before a time and are beyond the newest `kept`, oldest first and no more than `atOnce`; whether there may be more of them. What
   * is still asked for stays: the newest of each kind of a disk, failovers' of a machine that has one, and what a plan's run or a push names.
   */
  prune({ beforeMicros, kept, atOnce }: JobPruning): boolean {
    const newest =
      "SELECT ended_micros FROM jobs WHERE ended_micros IS NOT NULL ORDER BY ended_micros DESC LIMIT 1 OFFSET ?";
    const row = this.#database.get(newest, kept);
    if (row === undefined) return false;
    const before = Math.min(beforeMicros, integer(row, "ended_micros") + 1);
    return this.#database.run(`DELETE FROM jobs WHERE id IN (${DROPPED})`, before, atOnce) === atOnce;
  }
}

const DROPPED = `SELECT id FROM jobs WHERE ended_micros < ?
  AND (disk_id = '' OR EXISTS (SELECT 1 FROM jobs AS later
    WHERE later.disk_id = jobs.disk_id AND later.kind = jobs.kind AND later.created_micros > jobs.created_micros))
  AND NOT (kind LIKE 'failover-%' AND EXISTS (SELECT 1 FROM failovers
    WHERE failovers.machine_id = jobs.machine_id AND failovers.ended_micros IS NULL))
  AND NOT EXISTS (SELECT 1 FROM plan_runs WHERE plan_runs.job_id = jobs.id)
  AND NOT EXISTS (SELECT 1 FROM pushes WHERE pushes.job_id = jobs.id)
  ORDER BY ended_micros LIMIT ?`;

function jobOf(row: Row): JobRow {
  const input: unknown = JSON.parse(text(row, "input"));
  return {
    id: text(row, "id"),
    kind: word(row, "kind", KINDS),
    subject: text(row, "subject"),
    machineId: text(row, "machine_id"),
    diskId: text(row, "disk_id"),
    input,
    state: word(row, "state", STATES),
    error: errorOf(maybeText(row, "error")),
    result: resultOf(maybeText(row, "result")),
    createdMicros: integer(row, "created_micros"),
    startedMicros: maybeInteger(row, "started_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}

function errorOf(json: string | null): ErrorItem | null {
  if (json === null) return null;
  const value: unknown = JSON.parse(json);
  assert(Check(ErrorItem, value), "a job's error is an error item");
  return value;
}

function resultOf(json: string | null): JobResult | null {
  if (json === null) return null;
  const value: unknown = JSON.parse(json);
  assert(Check(JobResult, value), "a job's result was checked before it was stored");
  return value;
}
