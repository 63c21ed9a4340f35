import { Fault } from "@leeward/base";
import type { Row } from "./column.ts";
import { MIGRATIONS } from "./migrations.ts";

/** What a statement is given in the place of a `?`. Numbers are whole, up to 2^53. */
export type SqlValue = string | number | null | Uint8Array;

/**
 * Statements over the state, in the SQL that SQLite and PostgreSQL share; all of them synchronous, so that nothing comes between the
 * steps of a transaction.
 */
export interface Database extends Disposable {
  /** Whether other processes may have it after this one. */
  readonly isShared: boolean;
  all(sql: string, ...values: readonly SqlValue[]): Row[];
  /** The first row, or undefined. */
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  /** How many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** All of the work or nothing of it; one inside another is part of it. */
  transaction<T>(work: () => T): T;
  /** Whether it still answers. @throws Fault `database-lost` */
  check(): void;
  /** Writes a whole and consistent copy to a file of SQLite that does not exist. */
  copyTo(path: string): void;
}

/** The version of the schema that this software writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Where a database keeps the version of its schema, and how it takes a step of it. */
export interface SchemaKeeper {
  /** How the database is named to people: a path, or an address without secrets. */
  readonly name: string;
  /** 0 for a database without anything of ours. */
  version(): number;
  /** In the transaction of the step. */
  setVersion(version: number): void;
  change(statement: string): void;
  transaction<T>(work: () => T): T;
}

/** The version of the schema, which is one that this software knows. @throws Fault `state-newer` */
export function knownVersion(keeper: Pick<SchemaKeeper, "name" | "version">): number {
  const { name } = keeper;
  const version = keeper.version();
  if (version <= SCHEMA_VERSION) return version;
  throw new Fault({
    code: "state-newer",
    kind: "operator",
    message: `${name} has version ${version}; this software knows up to ${SCHEMA_VERSION}. It was left untouched.`,
    remedy: "Start it with the newer software that wrote it.",
    detail: { path: name, version },
  });
}

export interface SchemaVersions {
  readonly from: number;
  readonly to: number;
}

/** Brings the schema up to date, a transaction for each step; `begun` is told before, when there is anything to do. @throws Fault `state-newer` */
export function migrate(keeper: SchemaKeeper, begun?: (versions: SchemaVersions) => void): void {
  const version = knownVersion(keeper);
  if (version < SCHEMA_VERSION) begun?.({ from: version, to: SCHEMA_VERSION });
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    keeper.transaction(() => {
      for (const statement of step.split(";\n").filter((each) => each.trim() !== "")) keeper.change(statement);
      keeper.setVersion(index + 1);
    });
  }
}
