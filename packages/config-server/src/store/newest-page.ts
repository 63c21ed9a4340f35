import type { Row } from "./column.ts";
import type { Database, SqlValue } from "./database.ts";

/** Where a page of a list that is newest first begins, and how long it is at most. */
export interface NewestQuery {
  readonly limit: number;
  /** The last of the page before this one. */
  readonly after?: { readonly createdMicros: number; readonly id: string } | undefined;
}

/** Which rows are wanted: `select` up to its WHERE, and columns with the values that they are to have; undefined wants any. */
export interface Wanted {
  readonly select: string;
  readonly where?: Readonly<Record<string, SqlValue | undefined>>;
}

/** Rows of a table with `created_micros` and `id`, newest first. What is inserted or removed meanwhile moves no other row to another page. */
export function newestPage(database: Database, { select, where = {} }: Wanted, { limit, after }: NewestQuery): Row[] {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  for (const [column, value] of Object.entries(where)) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  if (after !== undefined) {
    conditions.push("(created_micros < ? OR (created_micros = ? AND id > ?))");
    values.push(after.createdMicros, after.createdMicros, after.id);
  }
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return database.all(`${select}${filter} ORDER BY created_micros DESC, id LIMIT ?`, ...values, limit);
}
