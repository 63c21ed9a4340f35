// The config server's state in one SQLite file. Invariant: whatever a transaction settled survives any crash (WAL, synchronous=FULL), and
// nothing of one that failed is there. The worst outcome of a fault here is a removed machine or a used token that counts again.
import { chmodSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { assert, Fault } from "@leeward/base";
import type { Row } from "./column.ts";
import { MIGRATIONS } from "./migrations.ts";

const BUSY_MS_MAX = 5_000;

/** Statements over the state; all of them synchronous, so that nothing comes between the steps of a transaction. */
export interface Database extends Disposable {
  all(sql: string, ...values: readonly SQLInputValue[]): Row[];
  /** The only row, or undefined. */
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  /** How many rows it changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** All of the work or nothing of it; one inside another is part of it. */
  transaction<T>(work: () => T): T;
  /** Writes a whole and consistent copy to a file that does not exist. */
  copyTo(path: string): void;
}

/** Opens the database, makes it when there is none, and brings its schema up to date. @throws Fault `state-newer`, `state-damaged` */
export function openDatabase(path: string): Database {
  const database = new OpenDatabase(path);
  try {
    migrate(database, path);
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

/** The version of the schema that this software writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

class OpenDatabase implements Database {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(path: string) {
    this.#sqlite = damagedUnless(path, () => {
      const sqlite = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: BUSY_MS_MAX });
      sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
      return sqlite;
    });
    chmodSync(path, 0o600);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#prepared(sql).all(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#prepared(sql).get(...values);
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#sqlite.exec("BEGIN IMMEDIATE");
    this.#depth += 1;
    try {
      const result = work();
      assert(!(result instanceof Promise), "a transaction is synchronous");
      this.#sqlite.exec("COMMIT");
      return result;
    } catch (error) {
      this.#sqlite.exec("ROLLBACK");
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  copyTo(path: string): void {
    this.run("VACUUM INTO ?", path);
    chmodSync(path, 0o600);
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function migrate(database: Database, path: string): void {
  const version = Number(damagedUnless(path, () => database.get("PRAGMA user_version"))?.["user_version"] ?? 0);
  if (version > MIGRATIONS.length) {
    throw new Fault({
      code: "state-newer",
      kind: "operator",
      message: `${path} has version ${version}; this software knows up to ${MIGRATIONS.length}. It was left untouched.`,
      remedy: "Start it with the newer software that wrote it.",
      detail: { path, version },
    });
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      for (const statement of step.split(";\n").filter((each) => each.trim() !== "")) database.run(statement);
      database.run(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

function damagedUnless<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Fault({
      code: "state-damaged",
      kind: "corruption",
      message: `${path} cannot be read as the config server's state.`,
      remedy: "Restore the config server's newest backup into an empty home.",
      detail: { path },
      cause,
    });
  }
}
