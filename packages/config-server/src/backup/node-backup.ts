// A backup of the config server: one SQLite file, which is a consistent copy of the state with a table of files beside it (authority, identity, the
// public half of the recovery key). The recovery key's private half and the operator's token are never in it. Whoever has a backup can sign
// certificates: it is as secret as the home.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Fault, randomId } from "@leeward/base";
import { CONFIG_NAME } from "@leeward/daemon";
import { type Files, readFile, replaceFile, type World } from "@leeward/world";
import { isStateInHome } from "../config.ts";
import { databaseEmpty } from "../faults.ts";
import { BACKUP_FILE_BYTES_MAX } from "../limits.ts";
import { SCHEMA_VERSION } from "../store/database.ts";
import { connect, type DatabaseSettings, STATE_NAME } from "../store/node-open-state.ts";
import { openSqlite } from "../store/node-sqlite-database.ts";
import type { PostgresDatabase } from "../store/postgres/node-postgres-database.ts";
import { SAMPLE_TABLES } from "../store/sample-tables.ts";
import { SharedFileRows } from "../store/shared-file-rows.ts";
import type { Store } from "../store/store.ts";
import { requireSharedKey } from "../trust/shared-trust.ts";
import { FIRST, parseSuccession, SUCCESSION_NAME } from "../trust/succession.ts";
import { AUTHORITY_FILES, AUTHORITY_FOLDER, RECOVERY_PUBLIC_NAME, SHARED_KEY_NAME } from "../trust/trust-files.ts";
import { databaseSettings, withSettings } from "./restored-config.ts";

/** Folder of what is being made; it is emptied at every start. */
export const MAKING_NAME = "making";
const MAGIC = 0x4c_57_42_31;
/** Nothing else of a home is taken or given. */
const FILES: readonly string[] = [
  SUCCESSION_NAME,
  "identity/key.pem",
  "identity/ca.pem",
  "identity/crl.pem",
  "identity/certificate.pem",
  RECOVERY_PUBLIC_NAME,
  SHARED_KEY_NAME,
  CONFIG_NAME,
];
/** How far versions and terms are raised at a restore, beyond whatever was given out after the backup was made. */
const RAISE = 1_000_000;

export interface BackupMade {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a backup into the home's folder for what is being made. Who has taken it removes it. */
export async function writeBackup(of: { world: World; home: string; store: Store }): Promise<BackupMade> {
  const { world, home, store } = of;
  const { files } = world;
  const folder = `${home}/${MAKING_NAME}`;
  await files.makeFolder(folder);
  const path = `${folder}/backup-${randomId(world.random)}`;
  store.copyTo(path);
  await addFiles(files, home, path);
  const bytes = (await files.status(path))?.sizeBytes ?? 0;
  return { path, bytes, sha256: await digestOf(path) };
}

async function addFiles(files: Files, home: string, path: string): Promise<void> {
  const found: (readonly [string, Uint8Array])[] = [];
  const folders = (await files.list(home)).filter((name) => AUTHORITY_FOLDER.test(name));
  const ofAuthorities = folders.flatMap((folder) => AUTHORITY_FILES.map((name) => `${folder}/${name}`));
  for (const name of [...ofAuthorities, ...FILES]) {
    if ((await files.status(`${home}/${name}`)) === undefined) continue;
    found.push([name, await readFile(files, `${home}/${name}`, BACKUP_FILE_BYTES_MAX)]);
  }
  // An authority may have gone while its files were being read.
  requireAuthorities(home, new Map(found));
  const database = new DatabaseSync(path);
  try {
    // By far the most rows, and of no use elsewhere.
    for (const table of SAMPLE_TABLES) database.exec(`DELETE FROM ${table}`);
    database.exec("VACUUM");
    database.exec(
      `PRAGMA application_id = ${MAGIC}; CREATE TABLE backup_files (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT`,
    );
    const insert = database.prepare("INSERT INTO backup_files (name, content) VALUES (?, ?)");
    for (const [name, content] of found) insert.run(name, content);
  } finally {
    database.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) {
    if (chunk instanceof Uint8Array) hash.update(chunk);
  }
  return hash.digest("hex");
}

export interface Restore {
  /** The backup. */
  readonly from: string;
  /** Empty or not there. */
  readonly home: string;
  /** What the home's configuration says in the place of the backup's, for each setting that is not empty. */
  readonly settings: DatabaseSettings;
  /** `server`: the installation as it was. `further-server`: another server of the one whose state the database holds. */
  readonly kind: "server" | "further-server";
  readonly writeFormat: () => Promise<void>;
}

/**
 * Makes a home from a backup. Order: files → state, in the home or in an empty database → the home's format, whose presence says that it is whole; a
 * crash before it leaves a home that is not empty and is refused until it is removed.
 * @throws Fault `home-not-empty`, `backup-damaged`, `backup-newer`, `file-missing`, `config-invalid`, `database-not-empty`, `database-empty`,
 * `database-taken`, `shared-key-wrong`, `state-newer`, and as `connect`
 */
export async function restoreBackup(files: Files, restore: Restore): Promise<void> {
  const { from, home, kind } = restore;
  if ((await files.status(from)) === undefined) throw missing(from);
  await files.makeFolder(home);
  if ((await files.list(home)).length > 0) throw notEmpty(home);
  const contents = readBackup(from);
  const configText = withSettings(contents.get(CONFIG_NAME), restore.settings);
  const settings = databaseSettings(home, configText);
  using database = isStateInHome(settings.database) ? undefined : await connect(files, settings);
  if (kind === "server") database?.requireEmpty();
  else await requireMember(database, contents.get(SHARED_KEY_NAME));
  await writeFiles(files, home, filesFor(kind, contents, configText));
  if (kind === "server") await restoreState(files, { from, home, database });
  await files.syncFolder(home);
  await restore.writeFormat();
}

/** A further server has an identity of its own. */
function filesFor(
  kind: Restore["kind"],
  contents: ReadonlyMap<string, Uint8Array>,
  configText: string,
): Map<string, Uint8Array> {
  const kept = [...contents].filter(([name]) => kind === "server" || !name.startsWith("identity/"));
  return new Map([...kept, [CONFIG_NAME, new TextEncoder().encode(configText)]]);
}

async function writeFiles(files: Files, home: string, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folders = [...contents.keys()].filter((name) => name.includes("/")).map((name) => name.split("/")[0] ?? "");
  for (const folder of new Set([...folders, "identity", "recovery"])) await files.makeFolder(`${home}/${folder}`);
  for (const [name, content] of contents) {
    const slash = name.lastIndexOf("/");
    const folder = slash === -1 ? home : `${home}/${name.slice(0, slash)}`;
    await replaceFile(files, folder, name.slice(slash + 1), content);
  }
}

async function restoreState(
  files: Files,
  { from, home, database }: Pick<Restore, "from" | "home"> & { readonly database: PostgresDatabase | undefined },
): Promise<void> {
  if (database === undefined) return copyState(from, `${home}/${STATE_NAME}`);
  const folder = `${home}/${MAKING_NAME}`;
  await files.makeFolder(folder);
  copyState(from, `${folder}/${STATE_NAME}`);
  database.fill(`${folder}/${STATE_NAME}`);
  await files.removeFolder(folder);
}

/** Before anything is written: a home that could not serve would show it on the day on which it is needed. */
async function requireMember(database: PostgresDatabase | undefined, key: Uint8Array | undefined): Promise<void> {
  if (database === undefined) throw databaseEmpty("setting database, which is not set,");
  database.requireKnown();
  if (database.isEmpty()) throw databaseEmpty(database.name);
  await requireSharedKey(new SharedFileRows(database).list(), key);
}

function readBackup(path: string): Map<string, Uint8Array> {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];
      if (pragma("application_id") !== MAGIC) throw damaged(path, "it is not a backup of a config server");
      if (pragma("integrity_check") !== "ok") throw damaged(path, "its content is damaged");
      if (Number(pragma("user_version")) > SCHEMA_VERSION) throw newer(path);
      return contentsOf(path, database.prepare("SELECT name, content FROM backup_files").all());
    } finally {
      database.close();
    }
  } catch (error) {
    throw error instanceof Fault ? error : damaged(path, "it does not read", error);
  }
}

function contentsOf(path: string, rows: readonly Readonly<Record<string, unknown>>[]): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const { name, content } of rows) {
    if (typeof name !== "string" || !isBackedUp(name) || !(content instanceof Uint8Array))
      throw damaged(path, "it holds what no backup has");
    contents.set(name, content);
  }
  const needed = FILES.filter((name) => name.startsWith("recovery/"));
  for (const name of needed) {
    if (!contents.has(name)) throw damaged(path, `it lacks ${name}`);
  }
  requireAuthorities(path, contents);
  return contents;
}

function isBackedUp(name: string): boolean {
  const [folder = "", file = ""] = name.split("/");
  return FILES.includes(name) || (AUTHORITY_FOLDER.test(folder) && AUTHORITY_FILES.includes(file));
}

/** All files of each authority that there is have to be there. @throws Fault `backup-damaged` */
function requireAuthorities(path: string, contents: ReadonlyMap<string, Uint8Array>): void {
  const text = contents.get(SUCCESSION_NAME);
  const { present, next } = text === undefined ? FIRST : parseSuccession(path, new TextDecoder().decode(text));
  for (const folder of next === null ? [present] : [present, next.folder]) {
    for (const file of AUTHORITY_FILES) {
      if (!contents.has(`${folder}/${file}`)) throw damaged(path, `it lacks ${folder}/${file}`);
    }
  }
}

/** What daemons were told after the backup was made is not in it: whatever is told from now on is newer than that. */
function copyState(from: string, to: string): void {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    source.prepare("VACUUM INTO ?").run(to);
  } finally {
    source.close();
  }
  // A backup of an older release is brought up to this one.
  openSqlite(to)[Symbol.dispose]();
  const database = new DatabaseSync(to);
  try {
    database.exec(`
      BEGIN;
      DROP TABLE backup_files;
      DELETE FROM shared_files;
      UPDATE plans SET version = version + ${RAISE}, digest = '';
      UPDATE disks SET term = term + ${RAISE};
      INSERT OR REPLACE INTO facts (name, value) VALUES ('planRunsRestored', 'yes');
      COMMIT;
      PRAGMA application_id = 0;
    `);
  } finally {
    database.close();
  }
}

function missing(path: string): Fault {
  return new Fault({
    code: "file-missing",
    kind: "operator",
    message: `${path} does not exist.`,
    remedy: "Check the path; mount what holds it, or restore it from a backup.",
    detail: { path },
  });
}

function notEmpty(home: string): Fault {
  return new Fault({
    code: "home-not-empty",
    kind: "operator",
    message: `${home} is not empty, so nothing was restored into it.`,
    remedy: "Restore into a new folder.",
    detail: { home },
  });
}

function damaged(path: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "backup-damaged",
    kind: "corruption",
    message: `${path} cannot be restored: ${why}.`,
    remedy: "Restore an older backup, or fetch the file again from where it is kept.",
    detail: { path },
    cause,
  });
}

function newer(path: string): Fault {
  return new Fault({
    code: "backup-newer",
    kind: "operator",
    message: `${path} was made by newer software.`,
    remedy: "Restore it with the software that made it, or newer.",
    detail: { path },
  });
}
