import { integer, maybeInteger, maybeText, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";

/** What a disk's target is given of it beforehand. */
export type SeedRow = AwaitedSeed | LoadedSeed;

interface Seed {
  readonly diskId: string;
  /** Its branch in the disk's history. */
  readonly branch: string;
  readonly askedMicros: number;
}

/** It is saved, carried, or being loaded: the disk is not captured yet. */
export interface AwaitedSeed extends Seed {
  readonly state: "awaited";
  /** The disk's data key, for the machine. */
  readonly wrappedKey: string;
}

/** The target holds it up to `sequence`. */
export interface LoadedSeed extends Seed {
  readonly state: "loaded";
  readonly sequence: number;
  readonly diskBytes: number;
}

export class SeedRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  await({ diskId, branch, wrappedKey, askedMicros }: Omit<AwaitedSeed, "state">): void {
    this.#database.run(
      "INSERT INTO seeds (disk_id, branch, wrapped_key, asked_micros) VALUES (?, ?, ?, ?)",
      diskId,
      branch,
      wrappedKey,
      askedMicros,
    );
  }

  /** Of all disks. */
  list(): SeedRow[] {
    return this.#database.all("SELECT * FROM seeds").map(rowOf);
  }

  of(diskId: string): SeedRow | undefined {
    const row = this.#database.get("SELECT * FROM seeds WHERE disk_id = ?", diskId);
    return row === undefined ? undefined : rowOf(row);
  }

  /** False when it is not awaited any more. */
  setLoaded(diskId: string, { sequence, diskBytes }: Pick<LoadedSeed, "sequence" | "diskBytes">): boolean {
    const changed = this.#database.run(
      "UPDATE seeds SET sequence = ?, disk_bytes = ?, wrapped_key = NULL WHERE disk_id = ? AND sequence IS NULL",
      sequence,
      diskBytes,
      diskId,
    );
    return changed === 1;
  }

  /** The disk begins on nothing. False when no seed was awaited. */
  giveUp(diskId: string): boolean {
    return this.#database.run("DELETE FROM seeds WHERE disk_id = ? AND sequence IS NULL", diskId) === 1;
  }
}

function rowOf(row: Row): SeedRow {
  const seed = { diskId: text(row, "disk_id"), branch: text(row, "branch"), askedMicros: integer(row, "asked_micros") };
  const sequence = maybeInteger(row, "sequence");
  if (sequence === null) return { ...seed, state: "awaited", wrappedKey: maybeText(row, "wrapped_key") ?? "" };
  return { ...seed, state: "loaded", sequence, diskBytes: integer(row, "disk_bytes") };
}
