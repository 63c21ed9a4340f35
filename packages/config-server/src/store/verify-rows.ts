import { integer, maybeInteger, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

/** How much was compared, of a pass or a job. */
export interface VerifyTally {
  readonly comparedBytes: number;
  /** What was being written, and so could not be compared. */
  readonly skippedBytes: number;
  readonly differingBytes: number;
  readonly repairedBytes: number;
}

export const NOTHING_VERIFIED: VerifyTally = { comparedBytes: 0, skippedBytes: 0, differingBytes: 0, repairedBytes: 0 };

/** How far a disk's comparison with its replica is. */
export interface VerifyRow extends VerifyTally {
  readonly diskId: string;
  /** When the pass under way began; null when none is. */
  readonly begunMicros: number | null;
  /** Everything before it was looked at in this pass. */
  readonly offset: number;
  /** The last pass that went over the whole disk; null when none did. */
  readonly lastBegunMicros: number | null;
  readonly lastEndedMicros: number | null;
  readonly lastDifferingBytes: number;
  /** What that pass found and could not repair. */
  readonly lastUnrepairedBytes: number;
}

export class VerifyRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A disk that was never looked at has a row of nothing. */
  of(diskId: string): VerifyRow {
    const row = this.#database.get("SELECT * FROM verify_passes WHERE disk_id = ?", diskId);
    return row === undefined ? { diskId, ...NEVER_VERIFIED } : verifyOf(row);
  }

  /** As `of`, of all disks at one moment. */
  ofAll(): (diskId: string) => VerifyRow {
    const rows = new Map(this.#database.all("SELECT * FROM verify_passes").map((row) => [text(row, "disk_id"), row]));
    return (diskId) => {
      const row = rows.get(diskId);
      return row === undefined ? { diskId, ...NEVER_VERIFIED } : verifyOf(row);
    };
  }

  put(row: VerifyRow): void {
    upsert(this.#database, {
      table: "verify_passes",
      key: "disk_id",
      row: {
        disk_id: row.diskId,
        begun_micros: row.begunMicros,
        offset: row.offset,
        compared_bytes: row.comparedBytes,
        skipped_bytes: row.skippedBytes,
        differing_bytes: row.differingBytes,
        repaired_bytes: row.repairedBytes,
        last_begun_micros: row.lastBegunMicros,
        last_ended_micros: row.lastEndedMicros,
        last_differing_bytes: row.lastDifferingBytes,
        last_unrepaired_bytes: row.lastUnrepairedBytes,
      },
    });
  }
}

const NEVER_VERIFIED = {
  ...NOTHING_VERIFIED,
  begunMicros: null,
  offset: 0,
  lastBegunMicros: null,
  lastEndedMicros: null,
  lastDifferingBytes: 0,
  lastUnrepairedBytes: 0,
} as const;

/** The tally with one window more. */
export function addedTally(one: VerifyTally, other: VerifyTally): VerifyTally {
  return {
    comparedBytes: one.comparedBytes + other.comparedBytes,
    skippedBytes: one.skippedBytes + other.skippedBytes,
    differingBytes: one.differingBytes + other.differingBytes,
    repairedBytes: one.repairedBytes + other.repairedBytes,
  };
}

function verifyOf(row: Row): VerifyRow {
  return {
    diskId: text(row, "disk_id"),
    begunMicros: maybeInteger(row, "begun_micros"),
    offset: integer(row, "offset"),
    comparedBytes: integer(row, "compared_bytes"),
    skippedBytes: integer(row, "skipped_bytes"),
    differingBytes: integer(row, "differing_bytes"),
    repairedBytes: integer(row, "repaired_bytes"),
    lastBegunMicros: maybeInteger(row, "last_begun_micros"),
    lastEndedMicros: maybeInteger(row, "last_ended_micros"),
    lastDifferingBytes: integer(row, "last_differing_bytes"),
    lastUnrepairedBytes: integer(row, "last_unrepaired_bytes"),
  };
}
