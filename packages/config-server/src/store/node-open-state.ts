import type { Trace } from "@leeward/daemon";
import { type Files, readFile, type World } from "@leeward/world";
import { isStateInHome } from "../config.ts";
import { stateElsewhere, stateMoved } from "../faults.ts";
import { SHARED_KEY_NAME } from "../trust/trust-files.ts";
import { parseDatabaseUrl } from "./postgres/database-url.ts";
import { connectPostgres, type PostgresDatabase } from "./postgres/node-postgres-database.ts";
import { openStore, type Store, storeOf } from "./store.ts";

/** The state's file in the home, where no database is named. */
export const STATE_NAME = "state.db";
const SECRET_BYTES_MAX = 64 * 1024;
/** How often a server that waits looks whether it may serve. */
const LOOK_MS = 1_000;

/** Where the state is, as the settings say. */
export interface DatabaseSettings {
  /** As `parseDatabaseUrl`, or as `isStateInHome`. */
  readonly database: string;
  /** Paths; empty for none. */
  readonly databasePasswordFile: string;
  readonly databaseCaFile: string;
}

export interface StateOptions {
  readonly world: Pick<World, "files" | "clock">;
  readonly home: string;
  readonly settings: DatabaseSettings;
  readonly trace: Trace;
  /** Told once, when another server has the database. */
  readonly waiting: (name: string) => void;
}

/**
 * Opens the state, and with a database waits until no other server has it.
 * @throws Fault `state-newer`, `state-damaged`, `state-elsewhere`, `state-moved`, `database-url-invalid`, `database-unreachable`, `database-untrusted`, `database-denied`, `database-lost`,
 * the signal's reason, and what reading files throws
 */
export async function openState(options: StateOptions, signal: AbortSignal): Promise<Store> {
  const { world, home, settings, trace } = options;
  const file = `${home}/${STATE_NAME}`;
  if (isStateInHome(settings.database)) {
    await requireOwnState(world.files, home);
    return openStore(file);
  }
  if ((await world.files.status(file)) !== undefined) throw stateElsewhere(file);
  const database = await connect(world.files, settings);
  try {
    await untilLocked(database, options, signal);
    database.migrate((versions) => {
      const { name } = database;
      trace.info("The database's schema is brought up to date: this may take minutes.", {
        database: name,
        ...versions,
      });
    });
    trace.info("This server has the database.", { database: database.name });
    return storeOf(database);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

/** A connection to the database of the settings. @throws Fault `database-url-invalid`, `database-unreachable`, `database-untrusted`, `database-denied` */
export async function connect(files: Files, settings: DatabaseSettings): Promise<PostgresDatabase> {
  const { database, databasePasswordFile, databaseCaFile } = settings;
  const address = parseDatabaseUrl(database);
  return connectPostgres({
    address,
    ...(databasePasswordFile !== "" && { password: (await textOf(files, databasePasswordFile)).trimEnd() }),
    ...(databaseCaFile !== "" && { caPem: await textOf(files, databaseCaFile) }),
  });
}

async function untilLocked(
  database: PostgresDatabase,
  { world, trace, waiting }: StateOptions,
  signal: AbortSignal,
): Promise<void> {
  if (database.takeLock()) return;
  database.requireKnown();
  trace.info("Another server has the database: this one waits until it has gone.", { database: database.name });
  waiting(database.name);
  do await world.clock.sleep(LOOK_MS, signal);
  while (!database.takeLock());
}

/** A home whose state was in a database does not begin on nothing because nobody names that any more. @throws Fault `state-moved` */
async function requireOwnState(files: Files, home: string): Promise<void> {
  const isThere = async (name: string): Promise<boolean> => (await files.status(`${home}/${name}`)) !== undefined;
  if ((await isThere(SHARED_KEY_NAME)) && !(await isThere(STATE_NAME))) throw stateMoved(home);
}

async function textOf(files: Files, path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(files, path, SECRET_BYTES_MAX));
}
