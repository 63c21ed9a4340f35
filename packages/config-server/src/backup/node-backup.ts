// A backup of the config server: one SQLite file, which is a consistent copy of the state with a table of files beside it (authority, identity, the
// public half of the recovery key). The recovery key's private half and the operator's token are never in it. Whoever has a backup can sign
// certificates: it is as secret as the home.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Fault, randomId } from "@leeward/base";
import { type Files, readFile, replaceFile, type World } from "@leeward/world";
import { BACKUP_FILE_BYTES_MAX } from "../limits.ts";
import { SCHEMA_VERSION } from "../store/node-database.ts";
import type { Store } from "../store/store.ts";
import { FIRST, parseSuccession, SUCCESSION_NAME } from "../trust/succession.ts";

export const STATE_NAME = "state.db";
/** Folder of what is being made; it is emptied at every start. */
export const MAKING_NAME = "making";
const MAGIC = 0x4c_57_42_31;
/** Of each authority that there is. */
const AUTHORITY_FILES = ["ca.key", "ca.pem", "crl.pem", "issued.json"];
const AUTHORITY_FOLDER = /^authority(-[0-9]{1,6})?$/;
/** Nothing else of a home is taken or given. */
const FILES: readonly string[] = [
  SUCCESSION_NAME,
  "identity/key.pem",
  "identity/ca.pem",
  "identity/crl.pem",
  "identity/certificate.pem",
  "recovery/recovery-public.pem",
  "config.yaml",
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

/**
 * Restores a backup into a home that is empty or not there. Order: files → state → the home's format, whose presence says that it is whole; a
 * crash before it leaves a home that is not empty and is refused until it is removed.
 * @throws Fault `home-not-empty`, `backup-damaged`, `backup-newer`, `file-missing`
 */
export async function restoreBackup(
  files: Files,
  restore: { from: string; home: string; writeFormat: () => Promise<void> },
): Promise<void> {
  const { from, home, writeFormat } = restore;
  if ((await files.status(from)) === undefined) throw missing(from);
  await files.makeFolder(home);
  if ((await files.list(home)).length > 0) throw notEmpty(home);
  const contents = readBackup(from);
  const folders = [...contents.keys()].filter((name) => name.includes("/")).map((name) => name.split("/")[0] ?? "");
  for (const folder of new Set([...folders, "identity", "recovery"])) await files.makeFolder(`${home}/${folder}`);
  for (const [name, content] of contents) {
    const slash = name.lastIndexOf("/");
    const folder = slash === -1 ? home : `${home}/${name.slice(0, slash)}`;
    await replaceFile(files, folder, name.slice(slash + 1), content);
  }
  copyState(from, `${home}/${STATE_NAME}`);
  await files.syncFolder(home);
  await writeFormat();
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
  const database = new DatabaseSync(to);
  try {
    database.exec(`
      BEGIN;
      DROP TABLE backup_files;
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
