import { Event, type Severity } from "@leeward/api";
import { assert, formatTime } from "@leeward/base";
import { Check } from "typebox/value";
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
  readonly afterId: number;
  readonly sinceMicros: number;
  readonly severities: readonly Severity[];
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
      "INSERT INTO events (micros, severity, kind, subject, actor, address, message, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      nowMicros,
      draft.severity,
      draft.kind,
      draft.subject,
      draft.actor,
      draft.address,
      draft.message,
      JSON.stringify(draft.detail),
    );
  }

  /** Oldest first; without an `afterId` the newest `limit` of them. */
  list(query: EventQuery): Event[] {
    const places = query.severities.map(() => "?").join(", ");
    const newest = query.afterId === 0 && query.sinceMicros === 0;
    const rows = this.#database.all(
      `SELECT * FROM events WHERE id > ? AND micros >= ? AND severity IN (${places}) ORDER BY id ${newest ? "DESC" : "ASC"} LIMIT ?`,
      query.afterId,
      query.sinceMicros,
      ...query.severities,
      query.limit,
    );
    const events = rows.map(eventOf);
    return newest ? events.toReversed() : events;
  }

  lastId(): number {
    return Number(this.#database.get("SELECT max(id) AS last FROM events")?.["last"] ?? 0);
  }

  /** Drops the oldest beyond `kept`. */
  prune(kept: number): void {
    this.#database.run("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", kept);
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
