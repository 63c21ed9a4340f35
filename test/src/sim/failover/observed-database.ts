// The config server's database, whose watcher is told of every move of a failover: before it is written, and once it is committed.
import { assert } from "@leeward/base";
import type { Database, FailoverRow } from "@leeward/config-server/testing";

/** A row goes from one state to another; to the same where something became known of it. */
export interface FailoverMove {
  readonly id: string;
  readonly kind: FailoverRow["kind"];
  readonly from: string;
  readonly to: string;
}

export interface MoveWatcher {
  /** Nothing of it is written. */
  storing(move: FailoverMove): void;
  /** It survives whatever comes. */
  stored(move: FailoverMove): void;
  /** Something was committed. */
  committed(): void;
}

const KINDS = ["test", "planned", "unplanned"] as const;
const MOVE = "UPDATE failovers SET state = ";

export function observedDatabase(database: Database, watcher: MoveWatcher): Database {
  let inside = false;
  let moves: FailoverMove[] = [];
  const settle = (): void => {
    const settled = moves;
    moves = [];
    for (const move of settled) watcher.stored(move);
    watcher.committed();
  };
  return {
    isShared: database.isShared,
    all: (sql, ...values) => database.all(sql, ...values),
    get: (sql, ...values) => database.get(sql, ...values),
    run(sql, ...values) {
      const move = sql.startsWith(MOVE) ? moveOf(database, values) : undefined;
      if (move !== undefined) watcher.storing(move);
      const changes = database.run(sql, ...values);
      if (move !== undefined && changes > 0) moves.push(move);
      if (!inside) settle();
      return changes;
    },
    transaction(work) {
      if (inside) return database.transaction(work);
      inside = true;
      try {
        const result = database.transaction(work);
        inside = false;
        settle();
        return result;
      } catch (error) {
        moves = [];
        throw error;
      } finally {
        inside = false;
      }
    },
    check: () => database.check(),
    copyTo: (path) => database.copyTo(path),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

/** What an UPDATE with these values does; undefined where somebody else has moved the row already. */
function moveOf(database: Database, values: readonly unknown[]): FailoverMove | undefined {
  const [to, id, from] = [values[0], values.at(-2), values.at(-1)];
  assert(typeof to === "string" && typeof id === "string" && typeof from === "string", "a move names its states");
  const row = database.get("SELECT kind, state FROM failovers WHERE id = ?", id);
  const kind = KINDS.find((each) => each === row?.["kind"]);
  return kind === undefined || row?.["state"] !== from ? undefined : { id, kind, from, to };
}
