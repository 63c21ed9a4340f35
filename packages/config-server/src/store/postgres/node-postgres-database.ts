// The config server's state in a PostgreSQL database, for several config servers of which one serves.
//
// Invariant: all statements go over one connection, which holds the database's lock (an advisory lock of its session): who has lost it can
// write nothing any more, and whoever has it is the only one. What a transaction settled is durable at the server before the next statement.
import { assert } from "@leeward/base";
import { databaseNotEmpty, databaseTaken } from "../../faults.ts";
import type { Row } from "../column.ts";
import {
  type Database,
  knownVersion,
  migrate,
  type SchemaKeeper,
  type SchemaVersions,
  type SqlValue,
} from "../database.ts";
import type { DatabaseAddress } from "./database-url.ts";
import { type ConnectionBrief, PostgresConnection } from "./node-postgres-connection.ts";
import { copyFromSqlite, copyToSqlite } from "./node-table-copy.ts";
import { numbered, schemaStatement } from "./postgres-sql.ts";

const CONNECT_MS_MAX = 10_000;
const STATEMENT_MS_MAX = 15_000;
/** "lw" and the first version of the lock. */
const LOCK = 0x6c_77_00_01;

export interface PostgresOptions {
  readonly address: DatabaseAddress;
  readonly password?: string;
  /** PEM of the authorities that vouch for it; the public ones without it. */
  readonly caPem?: string;
}

/**
 * A connection that may become the database's only writer.
 * @throws Fault `database-unreachable`, `database-untrusted`, `database-denied`
 */
export function connectPostgres(options: PostgresOptions): PostgresDatabase {
  const { address } = options;
  const connection = new PostgresConnection(address.name, clientOf(options));
  try {
    // A server that has gone without a word is given up by the database after this many seconds, and its lock with it.
    connection.ask(
      "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2; SET tcp_user_timeout = 15000; SET synchronous_commit = on",
      [],
      true,
    );
    return new PostgresDatabase(connection, address.name);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}

function clientOf({ address, password, caPem }: PostgresOptions): ConnectionBrief["client"] {
  const { host, port, user, database, tls } = address;
  return {
    host,
    port,
    user,
    database,
    ...(password !== undefined && { password }),
    ssl: tls && { rejectUnauthorized: true, servername: host, ...(caPem !== undefined && { ca: caPem }) },
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    application_name: "leeward",
  };
}

export class PostgresDatabase implements Database {
  readonly isShared = true;
  /** How it is named to people. */
  readonly name: string;
  readonly #connection: PostgresConnection;
  #depth = 0;

  constructor(connection: PostgresConnection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  /** Takes the lock that lets one server write, for as long as the connection lasts; false while another has it. @throws Fault `database-lost` */
  takeLock(): boolean {
    return this.get("SELECT pg_try_advisory_lock(?) AS taken", LOCK)?.["taken"] === true;
  }

  /** Brings the schema up to date, however long that takes; for who has the lock. `begun` is told before. @throws Fault `state-newer`, `database-lost` */
  migrate(begun?: (versions: SchemaVersions) => void): void {
    migrate(this.#keeper(), begun);
  }

  /** Whether there is no installation in it. */
  isEmpty(): boolean {
    if (this.#version() === 0) return true;
    return this.get("SELECT 1 FROM facts WHERE name = 'serverId'") === undefined;
  }

  /** @throws Fault `state-newer` */
  requireKnown(): void {
    knownVersion(this.#keeper());
  }

  /** @throws Fault `database-not-empty` */
  requireEmpty(): void {
    if (!this.isEmpty()) throw databaseNotEmpty(this.name);
  }

  /** Makes the state of a file of SQLite that of this database, which is empty. @throws Fault `database-taken`, `database-not-empty` */
  fill(path: string): void {
    if (!this.takeLock()) throw databaseTaken(this.name);
    this.requireEmpty();
    this.transaction(() => {
      this.migrate();
      copyFromSqlite(path, this);
    });
  }

  all(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#connection.ask(numbered(sql), values).rows;
  }

  get(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#connection.ask(numbered(sql), values).changed;
  }

  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#connection.ask("BEGIN");
    this.#depth += 1;
    try {
      const result = work();
      assert(!(result instanceof Promise), "a transaction is synchronous");
      // One in which a statement was refused is rolled back, and that is no error to PostgreSQL.
      const { command } = this.#connection.ask("COMMIT");
      assert(command === "COMMIT", "who goes on after a refused statement has not settled anything");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  check(): void {
    this.get("SELECT 1");
  }

  copyTo(path: string): void {
    this.transaction(() => copyToSqlite(this, path));
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #rollBack(): void {
    try {
      this.#connection.ask("ROLLBACK");
    } catch {
      // Of a connection that is lost the server rolls back by itself.
    }
  }

  /** Of the schema; 0 where there is none. */
  #version(): number {
    if (this.get("SELECT to_regclass('schema_version') IS NULL AS missing")?.["missing"] === true) return 0;
    return Number(this.get("SELECT max(version) AS version FROM schema_version")?.["version"] ?? 0);
  }

  #keeper(): SchemaKeeper {
    const change = (sql: string): void => void this.#connection.ask(sql, [], true);
    return {
      name: `The ${this.name}`,
      version: () => this.#version(),
      setVersion: (version) => {
        change("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)");
        this.run("INSERT INTO schema_version (version) VALUES (?)", version);
      },
      change: (statement) => change(schemaStatement(statement)),
      // How long a step takes is for how many rows there are to say, and it has to be done before anything else.
      transaction: (work) =>
        this.#connection.patiently(() =>
          this.transaction(() => {
            change("SET LOCAL statement_timeout = 0");
            return work();
          }),
        ),
    };
  }
}
