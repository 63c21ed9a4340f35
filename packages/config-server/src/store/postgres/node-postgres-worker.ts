// The one connection to PostgreSQL, in a thread of its own: whoever asks waits for it without giving its turn away.
import { workerData } from "node:worker_threads";
import pg from "pg";
import type { Row } from "../column.ts";
import type { SqlValue } from "../database.ts";
import { answerEach } from "./node-awaited-answers.ts";
import type { Answer, Asked, ConnectionBrief, Failure } from "./node-postgres-connection.ts";

/** Statements differ little: each is prepared once, under its number. */
const names = new Map<string, string>();
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `PostgresConnection` starts this thread with comes without a type
const { port, flag, client: how } = workerData as ConnectionBrief;
const NOTHING: Answer = { rows: [], changed: 0, command: "" };

// Numbers of ours are whole and below 2^53; the library gives 64-bit ones as text otherwise.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const client = new pg.Client({ ...how, keepAlive: true });
let lost: Error | undefined;
client.on("error", (error) => {
  lost ??= error;
});
client.on("end", () => {
  lost ??= new Error("the server closed the connection");
});

answerEach(port, flag, answer);

async function answer(asked: Asked): Promise<Answer> {
  try {
    return await done(asked);
  } catch (error) {
    return { error: failureOf(error) };
  }
}

async function done(asked: Asked): Promise<Answer> {
  switch (asked.kind) {
    case "connect":
      await client.connect();
      return NOTHING;
    case "end":
      await client.end();
      return NOTHING;
    case "ask": {
      if (lost !== undefined) throw lost;
      const query = { ...nameOf(asked), text: asked.sql, values: asked.values.map(parameterOf) };
      const { rows, rowCount, command } = await client.query<Row>(query);
      return { rows, changed: rowCount ?? 0, command };
    }
  }
}

/** Texts of PostgreSQL hold no NUL, which peers may well say. */
function parameterOf(value: SqlValue): SqlValue {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD");
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

function nameOf({ sql, isOnce }: Extract<Asked, { kind: "ask" }>): { name?: string } {
  if (isOnce) return {};
  const name = names.get(sql) ?? `s${names.size}`;
  names.set(sql, name);
  return { name };
}

/** What PostgreSQL says of a statement has five signs; classes 08 and 57P are of the connection's end, as is what comes from elsewhere. */
const OF_STATEMENT = /^(?!08|57P)[0-9A-Z]{5}$/;

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : "unknown";
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { message, code, isLost: lost !== undefined || code === undefined || !OF_STATEMENT.test(code) };
}
