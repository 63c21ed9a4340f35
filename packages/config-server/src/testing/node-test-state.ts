// Where tests keep a config server's state: in a file, or with LEEWARD_TEST_POSTGRES=FOLDER in databases of the server whose socket lies there, so that
// the same tests run on both.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { silentTrace } from "@leeward/daemon";
import { nodeClock, nodeFiles } from "@leeward/world";
import { restoreConfigServer } from "../main.ts";
import { type DatabaseSettings, openState, STATE_NAME } from "../store/node-open-state.ts";
import { openStore, type Store } from "../store/store.ts";

const run = promisify(execFile);
const FOLDER = process.env["LEEWARD_TEST_POSTGRES"] ?? "";

/** The setting of a server in `home`; the same home has the same database. */
export async function testDatabase(home: string): Promise<Pick<DatabaseSettings, "database">> {
  if (FOLDER === "") return { database: "" };
  const name = `t${createHash("sha256").update(home).digest("hex").slice(0, 24)}`;
  const ask = (sql: string) => run("psql", ["-h", FOLDER, "-U", "postgres", "-d", "postgres", "-AtXq", "-c", sql]);
  const { stdout } = await ask(`SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (stdout.trim() === "") await ask(`CREATE DATABASE ${name}`);
  return { database: `postgres://postgres@/${name}?host=${FOLDER}` };
}

/** Makes a home from a backup, as it was, with a state of its own. */
export async function restoreTest(from: string, home: string): Promise<void> {
  const settings = { ...(await testDatabase(home)), databasePasswordFile: "", databaseCaFile: "" };
  await restoreConfigServer({ from, home, settings, kind: "server" });
}

/** The state of a server in `home`, while it does not run. */
export async function openTestStore(home: string): Promise<Store> {
  const { database } = await testDatabase(home);
  if (database === "") return openStore(`${home}/${STATE_NAME}`);
  const settings = { database, databasePasswordFile: "", databaseCaFile: "" };
  const world = { clock: nodeClock, files: nodeFiles({ io: "thread-pool" }) };
  return openState(
    { world, home, settings, trace: silentTrace, waiting: () => undefined },
    new AbortController().signal,
  );
}
