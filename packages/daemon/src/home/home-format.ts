// The version of a home folder. Invariant: a home is read and written only by software that knows its version. A newer one is refused
// untouched; an older one is migrated step by step after a copy was made beside it.
//
// Order: copy the home to HOME.before-vN, sync → run a step → write format.json with the step's version → next step. A crash between any two leaves the
// last version that was reached, and the copy; the next start goes on from there. A step must stand being run twice.
import { dirname } from "node:path";
import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { copyFolder } from "./copy-folder.ts";

const FORMAT_NAME = "format.json";
const FORMAT_BYTES_MAX = 4_096;

export interface HomeFormat {
  /** Which daemon the home belongs to. */
  readonly role: string;
  /** Rises whenever what lies in the home changes its meaning. */
  readonly version: number;
}

/** Takes a home from `version` - 1 to `version`. */
export interface Migration {
  readonly version: number;
  migrate(files: Files, home: string): Promise<void>;
}

export interface HomeOptions extends HomeFormat {
  readonly migrations: readonly Migration[];
}

/**
 * Makes the home's format that of this software: a home without a format is begun, an older one is migrated.
 * @throws Fault `home-newer`, `home-foreign`, `home-format-damaged`, `home-migration-missing`
 */
export async function adoptHome(files: Files, home: string, options: HomeOptions): Promise<void> {
  await files.makeFolder(home);
  const found = await readFormat(files, home);
  if (found === undefined) return writeFormat(files, home, options);
  if (found.role !== options.role) throw foreign(home, found.role, options.role);
  if (found.version > options.version) throw newer(home, { found: found.version, known: options.version });
  if (found.version < options.version) await migrate(files, { home, from: found.version }, options);
}

async function migrate(files: Files, at: { home: string; from: number }, options: HomeOptions): Promise<void> {
  const steps = options.migrations
    .filter((step) => step.version > at.from && step.version <= options.version)
    .toSorted((a, b) => a.version - b.version);
  if (steps.length !== options.version - at.from) throw migrationMissing(at.home, at.from);
  const copy = `${at.home}.before-v${options.version}`;
  // A copy that is there already is of an earlier attempt, and holds the state before the first step.
  if ((await files.status(`${copy}/${FORMAT_NAME}`)) === undefined) {
    await files.removeFolder(copy);
    await copyFolder(files, { from: at.home, to: copy, last: FORMAT_NAME });
    await files.syncFolder(dirname(copy));
  }
  for (const step of steps) {
    await step.migrate(files, at.home);
    await writeFormat(files, at.home, { role: options.role, version: step.version });
  }
}

/** The format of a home; undefined when it has none. @throws Fault `home-format-damaged` */
export async function readFormat(files: Files, home: string): Promise<HomeFormat | undefined> {
  const path = `${home}/${FORMAT_NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  const format = parseFormat(new TextDecoder().decode(await readFile(files, path, FORMAT_BYTES_MAX)));
  if (format !== undefined) return format;
  throw new Fault({
    code: "home-format-damaged",
    kind: "corruption",
    message: `${path} does not say which format the home has.`,
    remedy: "Check the file system; put the file back from a backup of the home, or from a home of the same release.",
    detail: { path },
  });
}

function parseFormat(text: string): HomeFormat | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null || !("role" in document) || !("version" in document))
      return undefined;
    const { role, version } = document;
    return typeof role === "string" && typeof version === "number" && Number.isInteger(version) && version > 0
      ? { role, version }
      : undefined;
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
}

function writeFormat(files: Files, home: string, { role, version }: HomeFormat): Promise<void> {
  return replaceFile(files, home, FORMAT_NAME, new TextEncoder().encode(`${JSON.stringify({ role, version })}\n`));
}

function newer(home: string, versions: { found: number; known: number }): Fault {
  return new Fault({
    code: "home-newer",
    kind: "operator",
    message: `${home} has format ${versions.found}; this software knows up to ${versions.known}. It was left untouched.`,
    remedy: "Start it with the newer software that wrote it.",
    detail: { home, ...versions },
  });
}

function foreign(home: string, found: string, wanted: string): Fault {
  return new Fault({
    code: "home-foreign",
    kind: "operator",
    message: `${home} is the home of a ${found}, not of a ${wanted}.`,
    remedy: "Give each daemon the home of its own.",
    detail: { home, found, wanted },
  });
}

function migrationMissing(home: string, from: number): Fault {
  return new Fault({
    code: "home-migration-missing",
    kind: "operator",
    message: `${home} has format ${from}, which this software cannot migrate any more.`,
    remedy: "Migrate it with a release in between.",
    detail: { home, from },
  });
}
