import type { Database } from "./database.ts";

const WRITE = /^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)/;

/** The database, whose `onWrite` is told the table of each statement that writes, when it was run; its transaction may still be undone. */
export function watched(database: Database, onWrite: (table: string) => void): Database {
  const tables = new Map<string, string | undefined>();
  const tableOf = (sql: string): string | undefined => {
    if (!tables.has(sql)) tables.set(sql, WRITE.exec(sql)?.[1]);
    return tables.get(sql);
  };
  return {
    isShared: database.isShared,
    all: (sql, ...values) => database.all(sql, ...values),
    get: (sql, ...values) => database.get(sql, ...values),
    run: (sql, ...values) => {
      const changed = database.run(sql, ...values);
      const table = tableOf(sql);
      if (table !== undefined && changed > 0) onWrite(table);
      return changed;
    },
    transaction: (work) => database.transaction(work),
    check: () => database.check(),
    copyTo: (path) => database.copyTo(path),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
