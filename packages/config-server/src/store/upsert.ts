import type { Database, SqlValue } from "./database.ts";

/** Puts a row in the place of the one that has the same `key`, or beside the others. Columns as this program names them, unquoted. */
export function upsert(
  database: Database,
  {
    table,
    key,
    row,
  }: { readonly table: string; readonly key: string; readonly row: Readonly<Record<string, SqlValue>> },
): void {
  const columns = Object.keys(row);
  const names = columns.map((column) => `"${column}"`).join(", ");
  const places = columns.map(() => "?").join(", ");
  const news = columns.filter((column) => column !== key).map((column) => `"${column}" = excluded."${column}"`);
  database.run(
    `INSERT INTO ${table} (${names}) VALUES (${places}) ON CONFLICT ("${key}") DO UPDATE SET ${news.join(", ")}`,
    ...Object.values(row),
  );
}
