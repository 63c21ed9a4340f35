import { type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";

export type FurtherTargetState = "following" | "kept" | "deleting";
const STATES: readonly FurtherTargetState[] = ["following", "kept", "deleting"];

/** A target that a disk goes to beside its main one, or that still has points of it. */
export interface FurtherTargetRow {
  readonly diskId: string;
  readonly targetId: string;
  /** following: the disk goes there while it is protected; kept: its points stay there; deleting: they are to go. */
  readonly state: FurtherTargetState;
}

export class FurtherTargetRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The disk goes to the target from now on, also when it did before. */
  put(diskId: string, targetId: string, addedMicros: number): void {
    this.#database.run(
      `INSERT INTO further_targets (disk_id, target_id, state, added_micros) VALUES (?, ?, 'following', ?)
       ON CONFLICT (disk_id, target_id) DO UPDATE SET state = 'following', added_micros = excluded.added_micros`,
      diskId,
      targetId,
      addedMicros,
    );
  }

  /** Of all disks, in the order in which they were added. */
  list(): FurtherTargetRow[] {
    return this.#database.all("SELECT * FROM further_targets ORDER BY added_micros, target_id").map(rowOf);
  }

  /** Those whose points are to go, of all disks, in the order in which they were added. */
  deleting(): FurtherTargetRow[] {
    return this.#database
      .all("SELECT * FROM further_targets WHERE state = 'deleting' ORDER BY added_micros, target_id")
      .map(rowOf);
  }

  of(diskId: string): FurtherTargetRow[] {
    return this.#database
      .all("SELECT * FROM further_targets WHERE disk_id = ? ORDER BY added_micros, target_id", diskId)
      .map(rowOf);
  }

  setState(diskId: string, targetId: string, to: FurtherTargetState): void {
    this.#database.run(
      "UPDATE further_targets SET state = ? WHERE disk_id = ? AND target_id = ?",
      to,
      diskId,
      targetId,
    );
  }

  /** All points of the disk are to go, wherever they are. */
  deleteAllOf(diskId: string): void {
    this.#database.run("UPDATE further_targets SET state = 'deleting' WHERE disk_id = ?", diskId);
  }

  remove(diskId: string, targetId: string): void {
    this.#database.run("DELETE FROM further_targets WHERE disk_id = ? AND target_id = ?", diskId, targetId);
  }
}

function rowOf(row: Row): FurtherTargetRow {
  return { diskId: text(row, "disk_id"), targetId: text(row, "target_id"), state: word(row, "state", STATES) };
}
