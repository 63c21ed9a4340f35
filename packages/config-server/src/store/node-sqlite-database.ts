// The config server's state in one SQLite file. Invariant: whatever a transaction settled survives any crash (WAL, synchronous=FULL), and
// nothing of one that failed is there. The worst outcome of a fault here is a removed machine or a used token that counts again.
import { chmodSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { assert, Fault } from "@leeward/base";
import type { Row } from "./column.ts";
import { type Database, migrate, type SchemaKeeper, type SqlValue } from "./database.ts";

const BUSY_MS_MAX = 5_000;

/** Opens the database, makes it when there is none, and brings its schema up to date. @throws Fault `state-newer`, `state-damaged` */
export function openSqlite(path: string): Database {
  const database = new SqliteDatabase(path);
  try {
    migrate(keeperOf(database, path));
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

class SqliteDatabase implements Database {
  readonly isShared = false;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(path: string) {
    this.#sqlite = damagedUnless(path, () => {
      const sqlite = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: BUSY_MS_MAX });
      sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
      // What was a secret in clear is not left behind in a page that is written anyway.
      sqlite.exec("PRAGMA secure_delete = FAST;");
      return sqlite;
    });
    chmodSync(path, 0o600);
  }

  all(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#prepared(sql).all(...values);
  }

  get(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.#prepared(sql).get(...values);
  }

  run(sql: string, ...values: readonly SqlValue[]): number {
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

  check(): void {
    // A file is not lost behind anyone's back.
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

function keeperOf(database: Database, path: string): SchemaKeeper {
  return {
    name: path,
    version: () => Number(damagedUnless(path, () => database.get("PRAGMA user_version"))?.["user_version"] ?? 0),
    setVersion: (version) => void database.run(`PRAGMA user_version = ${version}`),
    change: (statement) => void database.run(statement),
    transaction: (work) => database.transaction(work),
  };
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
