import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

/** A point that is served as a disk, as it is remembered across a restart. */
export interface OpenedRecord {
  readonly id: string;
  readonly machineId: string;
  readonly diskId: string;
  readonly pointId: string;
  readonly socketPath: string;
  readonly writable: boolean;
  /** The replica machine whose disk it is; empty for one that a person opened. */
  readonly owner: string;
  /** Its owner is halted: nobody is served, so that nothing is written any more. */
  readonly withheld: boolean;
}

const FILE = "opened.json";
const BYTES_MAX = 1 << 20;
const TEXTS = ["id", "machineId", "diskId", "pointId", "socketPath"] as const;

/** The opened points, durable: what was opened is served again after a restart, on the same socket, with what was written into it. */
export class OpenedStore {
  readonly #files: Files;
  readonly #folder: string;
  #records: readonly OpenedRecord[];

  private constructor(files: Files, folder: string, records: readonly OpenedRecord[]) {
    this.#files = files;
    this.#folder = folder;
    this.#records = records;
  }

  /** @throws Fault `opened-damaged` */
  static async open(files: Files, folder: string): Promise<OpenedStore> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) return new OpenedStore(files, folder, []);
    return new OpenedStore(files, folder, parsed(await readFile(files, path, BYTES_MAX), path));
  }

  all(): readonly OpenedRecord[] {
    return this.#records;
  }

  /** Durable when it settles. One call at a time. */
  async replace(records: readonly OpenedRecord[]): Promise<void> {
    await replaceFile(this.#files, this.#folder, FILE, new TextEncoder().encode(`${JSON.stringify(records)}\n`));
    this.#records = records;
  }
}

function parsed(bytes: Uint8Array, path: string): OpenedRecord[] {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (!Array.isArray(document) || !document.every(isRecord)) throw damaged(path, undefined);
  return document.map((each) => ({ ...each, owner: each.owner ?? "", withheld: each.withheld ?? false }));
}

/** What was written before points had owners has none; before their owners could be halted, none was withheld. */
type StoredRecord = Omit<OpenedRecord, "owner" | "withheld"> & Partial<Pick<OpenedRecord, "owner" | "withheld">>;

function isRecord(value: unknown): value is StoredRecord {
  if (typeof value !== "object" || value === null) return false;
  const owner: unknown = Reflect.get(value, "owner");
  const withheld: unknown = Reflect.get(value, "withheld");
  return (
    (owner === undefined || typeof owner === "string") &&
    (withheld === undefined || typeof withheld === "boolean") &&
    TEXTS.every((name) => typeof Reflect.get(value, name) === "string") &&
    typeof Reflect.get(value, "writable") === "boolean"
  );
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "opened-damaged",
    kind: "corruption",
    message: `${path} does not hold the list of opened points.`,
    remedy: "Remove the file and open the points again; overlays lie under overlays/ by id.",
    detail: { path },
    cause,
  });
}
