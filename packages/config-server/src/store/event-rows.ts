import { Event, type Severity } from "@leeward/api";
import { assert, formatTime } from "@leeward/base";
import { Check } from "typebox/value";
import { EVENTS_PRUNED_MAX } from "../limits.ts";
import { integer, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";

export interface EventDraft {
  readonly severity: Severity;
  /** Kebab-case: "disk-protected". */
  readonly kind: string;
  /** A name or id that it is about; null when it is about the whole. */
  readonly subject: string | null;
  /** Who did it: "token t1 (operator)", "agent web", "config-server". */
  readonly actor: string;
  readonly address: string | null;
  readonly message: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface EventQuery {
  /** `newest` goes from the newest on back. */
  readonly order: "oldest" | "newest";
  /** The last event of the page before this one, in that order. */
  readonly afterId?: number | undefined;
  readonly sinceMicros?: number | undefined;
  readonly untilMicros?: number | undefined;
  readonly severities: readonly Severity[];
  readonly kind?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  /** Names of the machines that they have to be of: subjects are MACHINE, or MACHINE/WHAT. Of anything when left out. */
  readonly machineNames?: readonly string[] | undefined;
  readonly limit: number;
}

const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

export class EventRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: EventDraft, nowMicros: number): void {
    this.#database.run(
      `INSERT INTO events (micros, severity, kind, subject, machine_name, actor, address, message, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      nowMicros,
      draft.severity,
      draft.kind,
      draft.subject,
      draft.subject?.split("/")[0] ?? null,
      draft.actor,
      draft.address,
      draft.message,
      JSON.stringify(draft.detail),
    );
  }

  list({ order, severities, machineNames, limit, ...query }: EventQuery): Event[] {
    if (machineNames?.length === 0) return [];
    const [sign, direction] = order === "newest" ? ["<", "DESC"] : [">", "ASC"];
    const conditions = [
      [`id ${sign} ?`, query.afterId],
      ["micros >= ?", query.sinceMicros],
      ["micros < ?", query.untilMicros],
      ["kind = ?", query.kind],
      ["actor = ?", query.actor],
      ["subject = ?", query.subject],
    ] as const;
    const asked = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
    const places = severities.map(() => "?").join(", ");
    const names = machineNames === undefined ? [] : [`machine_name IN (${machineNames.map(() => "?").join(", ")})`];
    // By the index of names, not by that of ids, whatever else is asked: what one call reads is bounded by what there is of these machines.
    const by = machineNames === undefined ? "id" : "+id";
    const where = [`severity IN (${places})`, ...asked.map(({ sql }) => sql), ...names].join(" AND ");
    const values = [...severities, ...asked.map(({ value }) => value), ...(machineNames ?? []), limit];
    return this.#database
      .all(`SELECT * FROM events WHERE ${where} ORDER BY ${by} ${direction} LIMIT ?`, ...values)
      .map(eventOf);
  }

  lastId(): number {
    return Number(this.#database.get("SELECT max(id) AS last FROM events")?.["last"] ?? 0);
  }

  /** Drops the oldest beyond `kept`, no more than EVENTS_PRUNED_MAX at once; whether there are more of them. */
  prune(kept: number): boolean {
    const ends = this.#database.get("SELECT min(id) AS first, max(id) AS last FROM events");
    const [first, beyond] = [Number(ends?.["first"] ?? 0), Number(ends?.["last"] ?? 0) - kept];
    const through = Math.min(beyond, first + EVENTS_PRUNED_MAX - 1);
    if (through < first) return false;
    this.#database.run("DELETE FROM events WHERE id <= ?", through);
    return through < beyond;
  }
}

function eventOf(row: Row): Event {
  const detail: unknown = JSON.parse(text(row, "detail"));
  assert(Check(Event.properties.detail, detail), "an event's detail is flat");
  return {
    id: integer(row, "id"),
    time: formatTime(integer(row, "micros")),
    severity: word(row, "severity", SEVERITIES),
    kind: text(row, "kind"),
    subject: maybeText(row, "subject"),
    actor: text(row, "actor"),
    address: maybeText(row, "address"),
    message: text(row, "message"),
    detail,
  };
}
