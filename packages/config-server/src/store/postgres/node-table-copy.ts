import { assert } from "@leeward/base";
import { type Row, text } from "../column.ts";
import type { Database, SqlValue } from "../database.ts";
import { openSqlite } from "../node-sqlite-database.ts";
import { SAMPLE_TABLES } from "../sample-tables.ts";

/** Rows that are fetched at once. */
const ROWS_AT_ONCE = 50;

/** Writes all that PostgreSQL holds to a new file of SQLite, of the same schema. In a transaction of the source's. */
export function copyToSqlite(source: Database, path: string): void {
  using target = openSqlite(path);
  // References go in circles; all of them held in the source.
  target.run("PRAGMA foreign_keys = OFF");
  target.transaction(() => {
    for (const table of tablesOf(target)) {
      if (!SAMPLE_TABLES.includes(table.name)) fill(target, table, fetched(source, table));
    }
  });
  // One file, without others beside it.
  target.get("PRAGMA journal_mode = DELETE");
}

/** Writes all that a file of SQLite holds into `target`, whose schema is the same. In a transaction of the target's. */
export function copyFromSqlite(path: string, target: Database): void {
  using source = openSqlite(path);
  target.run("SET CONSTRAINTS ALL DEFERRED");
  for (const table of tablesOf(source)) {
    fill(target, table, source.all(`SELECT ${namesOf(table)} FROM ${table.name}`));
    if (SAMPLE_TABLES.includes(table.name)) continue;
    for (const { name } of table.columns.filter(({ isCounted }) => isCounted)) countOn(target, table.name, name);
  }
}

interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly isCounted: boolean }[];
}

function tablesOf(sqlite: Database): Table[] {
  const names = sqlite.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
  );
  return names.map((row) => {
    const name = text(row, "name");
    const columns = sqlite.all(`PRAGMA table_info(${name})`).map((column) => ({
      name: text(column, "name"),
      isCounted: column["pk"] === 1 && column["type"] === "INTEGER",
    }));
    return { name, columns };
  });
}

function namesOf({ columns }: Table): string {
  return columns.map(({ name }) => `"${name}"`).join(", ");
}

function* fetched(postgres: Database, table: Table): IterableIterator<Row> {
  postgres.run(`DECLARE copied CURSOR FOR SELECT ${namesOf(table)} FROM ${table.name}`);
  for (;;) {
    const rows = postgres.all(`FETCH ${ROWS_AT_ONCE} FROM copied`);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  postgres.run("CLOSE copied");
}

function fill(target: Database, table: Table, rows: Iterable<Row>): void {
  const places = table.columns.map(() => "?").join(", ");
  target.run(`DELETE FROM ${table.name}`);
  for (const row of rows) {
    const values = table.columns.map(({ name }) => valueOf(row[name]));
    target.run(`INSERT INTO ${table.name} (${namesOf(table)}) VALUES (${places})`, ...values);
  }
}

/** What is counted goes on behind the last. */
function countOn(postgres: Database, table: string, column: string): void {
  const last = Number(postgres.get(`SELECT max("${column}") AS last FROM ${table}`)?.["last"] ?? 0);
  postgres.get(`SELECT setval(pg_get_serial_sequence('${table}', '${column}'), ?, false)`, last + 1);
}

function valueOf(value: unknown): SqlValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  assert(value instanceof Uint8Array, "a column holds text, a number, bytes or nothing");
  return value;
}
