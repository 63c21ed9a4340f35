import type { Alert, AlertSeverity, AlertState } from "@leeward/api";
import { assert } from "@leeward/base";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database, SqlValue } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

/** Something that needs a person, from when it came to hold. */
export interface AlertRow {
  readonly id: string;
  /** What it is of: one alert of a key stands at a time. */
  readonly key: string;
  readonly rule: string;
  readonly code: string;
  readonly severity: AlertSeverity;
  readonly subjectKind: Alert["subjectKind"];
  readonly subjectId: string | null;
  readonly subject: string | null;
  readonly machineId: string | null;
  readonly message: string;
  readonly remedy: string;
  /** Members whose word it rests on. */
  readonly restsOn: readonly string[];
  /** How often it has become something to be told of. */
  readonly noticeNumber: number;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedMicros: number | null;
  readonly note: string | null;
  /** Until when nobody is told of what it is of; null, or over, where somebody is. */
  readonly silencedUntilMicros: number | null;
  readonly openedMicros: number;
  readonly changedMicros: number;
  /** Null while it stands. */
  readonly resolvedMicros: number | null;
}

export interface AlertQuery {
  /** Those that stand, when left out. */
  readonly state?: AlertState;
  readonly severity?: AlertSeverity;
  readonly machineId?: string;
}

/** As it is stored: its silence is a row of its own. */
export type StoredAlert = Omit<AlertRow, "silencedUntilMicros">;

/** Rows of `AlertRow`, up to their WHERE; in a query, `a` and `s` stand for the alert and its silence. */
const SELECT =
  "SELECT a.*, s.until_micros AS silenced_until_micros FROM alerts a LEFT JOIN alert_silences s ON s.alert_key = a.alert_key";
const SEVERITIES: readonly AlertSeverity[] = ["warning", "critical"];
const KINDS: readonly Alert["subjectKind"][] = ["machine", "disk", "server", "plan", "installation"];
const IN_STATE: Record<AlertState | "standing", string> = {
  standing: "resolved_micros IS NULL",
  open: "resolved_micros IS NULL AND acknowledged_micros IS NULL",
  acknowledged: "resolved_micros IS NULL AND acknowledged_micros IS NOT NULL",
  resolved: "resolved_micros IS NOT NULL",
};

export class AlertRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Puts the alert in the place of the one of its id, or beside the others. */
  put(alert: StoredAlert): void {
    const row = columnsOf(alert);
    const names = Object.keys(row);
    const news = names.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
    this.#database.run(
      `INSERT INTO alerts (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})
       ON CONFLICT (id) DO UPDATE SET ${news.join(", ")}`,
      ...Object.values(row),
    );
  }

  byId(id: string): AlertRow | undefined {
    const row = this.#database.get(`${SELECT} WHERE id = ?`, id);
    return row === undefined ? undefined : alertOf(row);
  }

  /** Those that stand, oldest first. */
  standing(): AlertRow[] {
    return this.#database.all(`${SELECT} WHERE resolved_micros IS NULL ORDER BY opened_micros, id`).map(alertOf);
  }

  /** Newest first. */
  list({ state, severity, machineId }: AlertQuery, page: NewestQuery): AlertRow[] {
    const only = [IN_STATE[state ?? "standing"]];
    const where = { severity, machine_id: machineId };
    const wanted = { select: SELECT, where, only, time: "opened_micros" };
    return newestPage(this.#database, wanted, page).map(alertOf);
  }

  /** Of those that stand, how many there are of each rule and severity. */
  counts(): { readonly rule: string; readonly severity: AlertSeverity; readonly count: number }[] {
    return this.#database
      .all("SELECT rule, severity, COUNT(*) AS count FROM alerts WHERE resolved_micros IS NULL GROUP BY rule, severity")
      .map((row) => ({
        rule: text(row, "rule"),
        severity: word(row, "severity", SEVERITIES),
        count: integer(row, "count"),
      }));
  }

  /** Forgets what was resolved, but the newest `kept`. In a transaction. */
  prune(kept: number): void {
    // SQLite takes no OFFSET without a LIMIT.
    const oldest =
      "SELECT id FROM alerts WHERE resolved_micros IS NOT NULL ORDER BY resolved_micros DESC, id LIMIT ? OFFSET ?";
    const gone = this.#database.all(oldest, Number.MAX_SAFE_INTEGER, kept).map((row) => text(row, "id"));
    for (const id of gone) {
      this.#database.run("DELETE FROM alert_tellings WHERE alert_id = ?", id);
      this.#database.run("DELETE FROM alerts WHERE id = ?", id);
    }
  }
}

function columnsOf(alert: StoredAlert): Readonly<Record<string, SqlValue>> {
  return {
    id: alert.id,
    alert_key: alert.key,
    rule: alert.rule,
    code: alert.code,
    severity: alert.severity,
    subject_kind: alert.subjectKind,
    subject_id: alert.subjectId,
    subject: alert.subject,
    machine_id: alert.machineId,
    message: alert.message,
    remedy: alert.remedy,
    rests_on: JSON.stringify(alert.restsOn),
    notice_number: alert.noticeNumber,
    acknowledged_by: alert.acknowledgedBy,
    acknowledged_micros: alert.acknowledgedMicros,
    note: alert.note,
    opened_micros: alert.openedMicros,
    changed_micros: alert.changedMicros,
    resolved_micros: alert.resolvedMicros,
  };
}

export function alertOf(row: Row): AlertRow {
  const restsOn: unknown = JSON.parse(text(row, "rests_on"));
  assert(Array.isArray(restsOn), "what an alert rests on was written as a list");
  return {
    id: text(row, "id"),
    key: text(row, "alert_key"),
    rule: text(row, "rule"),
    code: text(row, "code"),
    severity: word(row, "severity", SEVERITIES),
    subjectKind: word(row, "subject_kind", KINDS),
    subjectId: maybeText(row, "subject_id"),
    subject: maybeText(row, "subject"),
    machineId: maybeText(row, "machine_id"),
    message: text(row, "message"),
    remedy: text(row, "remedy"),
    restsOn: restsOn.map(String),
    noticeNumber: integer(row, "notice_number"),
    acknowledgedBy: maybeText(row, "acknowledged_by"),
    acknowledgedMicros: maybeInteger(row, "acknowledged_micros"),
    note: maybeText(row, "note"),
    silencedUntilMicros: maybeInteger(row, "silenced_until_micros"),
    openedMicros: integer(row, "opened_micros"),
    changedMicros: integer(row, "changed_micros"),
    resolvedMicros: maybeInteger(row, "resolved_micros"),
  };
}
