import type { Row } from "./column.ts";
import type { Database, SqlValue } from "./database.ts";

/** Where a page of a list that is newest first begins, and how long it is at most. */
export interface NewestQuery {
  readonly limit: number;
  /** Of which machines they have to be; of any, or none, when left out. */
  readonly machineIds?: readonly string[] | undefined;
  /** The last of the page before this one. */
  readonly after?: { readonly micros: number; readonly id: string } | undefined;
}

/** Which rows are wanted: `select` up to its WHERE, and columns with the values that they are to have; undefined wants any. */
export interface Wanted {
  readonly select: string;
  readonly where?: Readonly<Record<string, SqlValue | undefined>>;
  /** Further conditions, without values. */
  readonly only?: readonly string[];
  /** A column of times that is to be empty, or no earlier. */
  readonly notBefore?: { readonly column: string; readonly micros: number } | undefined;
  /** The column of its time; `created_micros` when left out. */
  readonly time?: string;
}

/** Rows of a table with a time and an `id`, newest first. What is inserted or removed meanwhile moves no other row to another page. */
export function newestPage(database: Database, wanted: Wanted, { limit, machineIds, after }: NewestQuery): Row[] {
  const { select, where = {}, only = [], notBefore, time = "created_micros" } = wanted;
  if (machineIds?.length === 0) return [];
  const conditions: string[] = [...only];
  const values: SqlValue[] = [];
  for (const [column, value] of Object.entries(where)) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  if (notBefore !== undefined) {
    conditions.push(`(${notBefore.column} IS NULL OR ${notBefore.column} >= ?)`);
    values.push(notBefore.micros);
  }
  if (machineIds !== undefined) {
    conditions.push(`machine_id IN (${machineIds.map(() => "?").join(", ")})`);
    values.push(...machineIds);
  }
  if (after !== undefined) {
    conditions.push(`(${time} < ? OR (${time} = ? AND id > ?))`);
    values.push(after.micros, after.micros, after.id);
  }
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return database.all(`${select}${filter} ORDER BY ${time} DESC, id LIMIT ?`, ...values, limit);
}
