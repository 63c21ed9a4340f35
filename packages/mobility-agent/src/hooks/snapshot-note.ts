import { Fault, isFault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import type { AskedSnapshot } from "./hook.ts";

const FILE = "snapshot.json";
const BYTES_MAX = 64 * 1024;
/** The longest time that a timer can measure, milliseconds. */
const LIMIT_MS_MAX = 2 ** 31 - 1;
const TEXTS = ["hook", "machine", "snapshotId", "diskId", "diskName", "diskPath", "path"] as const;

/** A snapshot that a hook was asked for, and which one. */
export interface NotedSnapshot extends AskedSnapshot {
  /** The hook's name. */
  readonly hook: string;
  /** As the hook was told it. */
  readonly machine: string;
  /** How long a call of the hook may take, milliseconds, as it was when the snapshot was asked for. */
  readonly limitMs: number;
}

/**
 * FOLDER/snapshot.json: durable before a hook is asked for a snapshot, removed once the hook has removed that. So whatever ends the agent in between, whoever
 * reads it knows what may be left, also when the disk is not protected any more. It says all that the hook is told,
 * and how long it may take: what was made is removed in the same way when the configuration is another by then.
 */
export class SnapshotNote {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** undefined when nothing can be left. @throws Fault `snapshot-note-damaged`, and what the files throw */
  async read(): Promise<NotedSnapshot | undefined> {
    const path = `${this.#folder}/${FILE}`;
    if ((await this.#files.status(path)) === undefined) return undefined;
    const noted = decoded(new TextDecoder().decode(await readFile(this.#files, path, BYTES_MAX)));
    if (noted === undefined) throw noteDamaged(path);
    return noted;
  }

  /** Durable when it settles. */
  async write(noted: NotedSnapshot): Promise<void> {
    const text = `${JSON.stringify(noted)}\n`;
    await replaceFile(this.#files, this.#folder, FILE, new TextEncoder().encode(text));
  }

  async remove(): Promise<void> {
    await this.#files.remove(`${this.#folder}/${FILE}`);
    await this.#files.syncFolder(this.#folder);
  }
}

function decoded(text: string): NotedSnapshot | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isFault(error)) throw error;
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const fields = new Map(Object.entries(parsed));
  const [hook, machine, snapshotId, diskId, diskName, diskPath, path] = TEXTS.map((key) => {
    const value: unknown = fields.get(key);
    return typeof value === "string" ? value : undefined;
  });
  const limitMs: unknown = fields.get("limitMs");
  if (hook === undefined || machine === undefined || snapshotId === undefined || diskId === undefined) return undefined;
  if (diskName === undefined || diskPath === undefined || path === undefined) return undefined;
  if (typeof limitMs !== "number" || !(limitMs > 0 && limitMs <= LIMIT_MS_MAX)) return undefined;
  return { hook, machine, limitMs, snapshotId, diskId, diskName, diskPath, path };
}

function noteDamaged(path: string): Fault {
  return new Fault({
    code: "snapshot-note-damaged",
    kind: "corruption",
    message: `What ${path} says of the snapshot that was made last cannot be read; no other is made while that one may be left.`,
    remedy: "Remove what is left of the disk's snapshots by hand, and then that file.",
    detail: { path },
  });
}
