import { integer, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

export type DiskRowState = "protected" | "kept" | "deleting" | "deleted";
/** The rung of the ladder by which changes are seen. */
export type Capture = "splitter" | "tracker" | "rescan";
const CAPTURES: readonly Capture[] = ["splitter", "tracker", "rescan"];
const STATES: readonly DiskRowState[] = ["protected", "kept", "deleting", "deleted"];

/** A disk that is protected, or was: what should be of it. */
export interface DiskRow {
  readonly id: string;
  readonly machineId: string;
  readonly name: string;
  readonly path: string;
  readonly capture: Capture;
  readonly policy: string;
  readonly processServerId: string;
  readonly masterTargetId: string;
  readonly keyId: string;
  /** The term of the forwarding lease; rises whenever another process server gets it. */
  readonly term: number;
  readonly state: DiskRowState;
  readonly createdMicros: number;
}

/** Where a disk's history goes on after a failback. */
export interface DiskOrigin {
  readonly failoverId: string;
  readonly branch: string;
  readonly sequence: number;
  /** Of the point that stands there. */
  readonly timeMicros: number;
}

export interface WrappedKeyRow {
  /** `recovery`, or the id of a server. */
  readonly recipient: string;
  readonly jwe: string;
}

export class DiskRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(disk: DiskRow, wrappedKeys: readonly WrappedKeyRow[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO disks (id, machine_id, name, path, capture, policy, process_server_id, master_target_id, key_id, term, state, created_micros)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        disk.id,
        disk.machineId,
        disk.name,
        disk.path,
        disk.capture,
        disk.policy,
        disk.processServerId,
        disk.masterTargetId,
        disk.keyId,
        disk.term,
        disk.state,
        disk.createdMicros,
      );
      for (const { recipient, jwe } of wrappedKeys) {
        this.#database.run(
          "INSERT INTO wrapped_keys (disk_id, recipient, jwe) VALUES (?, ?, ?)",
          disk.id,
          recipient,
          jwe,
        );
      }
    });
  }

  /** All whose points may still be somewhere, oldest first. */
  list(): DiskRow[] {
    return this.#database.all("SELECT * FROM disks WHERE state <> 'deleted' ORDER BY created_micros, id").map(diskOf);
  }

  /** All in that state, oldest first. */
  inState(state: DiskRowState): DiskRow[] {
    return this.#database.all("SELECT * FROM disks WHERE state = ? ORDER BY created_micros, id", state).map(diskOf);
  }

  /** How many disks whose points may still be somewhere each server of that role has as its own. */
  countsOf(role: "process-server" | "master-target"): Map<string, number> {
    const server = role === "process-server" ? "process_server_id" : "master_target_id";
    const sql = `SELECT ${server} AS id, count(*) AS disks FROM disks WHERE state <> 'deleted' GROUP BY ${server}`;
    return new Map(this.#database.all(sql).map((row) => [text(row, "id"), integer(row, "disks")]));
  }

  ofMachine(machineId: string): DiskRow[] {
    const sql = "SELECT * FROM disks WHERE machine_id = ? AND state <> 'deleted' ORDER BY created_micros, id";
    return this.#database.all(sql, machineId).map(diskOf);
  }

  byId(id: string): DiskRow | undefined {
    const row = this.#database.get("SELECT * FROM disks WHERE id = ?", id);
    return row === undefined ? undefined : diskOf(row);
  }

  /** By id, else by name: the protected one before those that were unprotected, and of these the newest. */
  find(machineId: string, nameOrId: string): DiskRow | undefined {
    const row = this.#database.get(
      `SELECT * FROM disks WHERE machine_id = ? AND state <> 'deleted' AND (id = ? OR name = ?)
       ORDER BY id = ? DESC, state = 'protected' DESC, created_micros DESC LIMIT 1`,
      machineId,
      nameOrId,
      nameOrId,
      nameOrId,
    );
    return row === undefined ? undefined : diskOf(row);
  }

  /** Moves the disk on; false when it is not in one of the states `from` any more. */
  setState(id: string, to: DiskRowState, from: readonly DiskRowState[]): boolean {
    const places = from.map(() => "?").join(", ");
    return (
      this.#database.run(`UPDATE disks SET state = ? WHERE id = ? AND state IN (${places})`, to, id, ...from) === 1
    );
  }

  /** Another device is the disk from now on. */
  setPath(diskId: string, path: string): void {
    this.#database.run("UPDATE disks SET path = ? WHERE id = ?", path, diskId);
  }

  /** The disk goes on from there; what was said before counts no more. */
  setOrigin(diskId: string, { failoverId, branch, sequence, timeMicros }: DiskOrigin): void {
    upsert(this.#database, {
      table: "disk_origins",
      key: "disk_id",
      row: { disk_id: diskId, failover_id: failoverId, branch, sequence, time_micros: timeMicros },
    });
  }

  originOf(diskId: string): DiskOrigin | undefined {
    const row = this.#database.get("SELECT * FROM disk_origins WHERE disk_id = ?", diskId);
    return row === undefined ? undefined : originOfRow(row);
  }

  /** Of all disks that have one, by disk. */
  origins(): ReadonlyMap<string, DiskOrigin> {
    const rows = this.#database.all("SELECT * FROM disk_origins");
    return new Map(rows.map((row) => [text(row, "disk_id"), originOfRow(row)]));
  }

  /** One more recipient has the data key. */
  putWrappedKey(diskId: string, { recipient, jwe }: WrappedKeyRow): void {
    const sql =
      "INSERT INTO wrapped_keys (disk_id, recipient, jwe) VALUES (?, ?, ?) ON CONFLICT (disk_id, recipient) DO UPDATE SET jwe = excluded.jwe";
    this.#database.run(sql, diskId, recipient, jwe);
  }

  wrappedKeys(diskId: string): WrappedKeyRow[] {
    return this.#database
      .all(
        "SELECT recipient, jwe FROM wrapped_keys WHERE disk_id = ? ORDER BY recipient = 'recovery' DESC, recipient",
        diskId,
      )
      .map(wrappedKeyOf);
  }

  /** Of all disks, by disk, each in the order of `wrappedKeys`. */
  allWrappedKeys(): ReadonlyMap<string, readonly WrappedKeyRow[]> {
    const keys = new Map<string, WrappedKeyRow[]>();
    const sql = "SELECT disk_id, recipient, jwe FROM wrapped_keys ORDER BY recipient = 'recovery' DESC, recipient";
    for (const row of this.#database.all(sql)) {
      const diskId = text(row, "disk_id");
      const ofDisk = keys.get(diskId);
      if (ofDisk === undefined) keys.set(diskId, [wrappedKeyOf(row)]);
      else ofDisk.push(wrappedKeyOf(row));
    }
    return keys;
  }
}

function wrappedKeyOf(row: Row): WrappedKeyRow {
  return { recipient: text(row, "recipient"), jwe: text(row, "jwe") };
}

function originOfRow(row: Row): DiskOrigin {
  return {
    failoverId: text(row, "failover_id"),
    branch: text(row, "branch"),
    sequence: integer(row, "sequence"),
    timeMicros: integer(row, "time_micros"),
  };
}

function diskOf(row: Row): DiskRow {
  return {
    id: text(row, "id"),
    machineId: text(row, "machine_id"),
    name: text(row, "name"),
    path: text(row, "path"),
    capture: word(row, "capture", CAPTURES),
    policy: text(row, "policy"),
    processServerId: text(row, "process_server_id"),
    masterTargetId: text(row, "master_target_id"),
    keyId: text(row, "key_id"),
    term: integer(row, "term"),
    state: word(row, "state", STATES),
    createdMicros: integer(row, "created_micros"),
  };
}
