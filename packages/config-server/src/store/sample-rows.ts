import { integer, maybeInteger, type Row, text } from "./column.ts";
import type { Database, SqlValue } from "./database.ts";

/** One minute of one disk; null where nothing was heard. */
export interface MinuteSample {
  readonly diskId: string;
  /** Since 1970. */
  readonly minute: number;
  readonly rpoMs: number | null;
  /** Bytes per second that applications wrote. */
  readonly churn: number | null;
  readonly logBytes: number | null;
  readonly journalBytes: number | null;
}

/** One hour of one disk: medians, and what was most, of the minutes that were heard. */
export interface HourSample {
  readonly diskId: string;
  /** Since 1970. */
  readonly hour: number;
  /** In how many minutes churn was heard. */
  readonly minutes: number;
  readonly rpoMs: number | null;
  readonly rpoMsMax: number | null;
  readonly churn: number | null;
  readonly churnP95: number | null;
  readonly churnMax: number | null;
  /** In those minutes. */
  readonly writtenBytes: number;
  readonly logBytes: number | null;
  readonly journalBytes: number | null;
}

/** A disk as the tables name it, and up to which hour its minutes were gathered into hours. */
export interface SampleSeries {
  readonly number: number;
  readonly diskId: string;
  /** Since 1970; hours before it are done. */
  readonly rolledHour: number;
}

/** Rows of one statement: few lengths of statement are prepared, and few round trips made. */
const ROWS_PER_STATEMENT = 250;
const DISKS_PER_STATEMENT = 250;
const MINUTE_COLUMNS = ["series", "minute", "rpo_ms", "churn", "log_bytes", "journal_bytes"] as const;
const HOUR_COLUMNS = [
  ...["series", "hour", "minutes", "rpo_ms", "rpo_ms_max", "churn", "churn_p95", "churn_max", "written_bytes"],
  ...["log_bytes", "journal_bytes"],
] as const;

/** What was sampled of disks. A disk has a small number there: of four thousand disks there are millions of rows. */
export class SampleRows {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  series(): SampleSeries[] {
    return this.#database.all("SELECT * FROM sample_series ORDER BY number").map((row) => ({
      number: integer(row, "number"),
      diskId: text(row, "disk_id"),
      rolledHour: integer(row, "rolled_hour"),
    }));
  }

  /** One transaction. A minute that a disk has already stays as it is: the clock was set back. */
  putMinutes(samples: readonly MinuteSample[]): void {
    this.#database.transaction(() => {
      this.#name(samples);
      const rows = samples.map((sample) => [
        ...[this.#numbers.get(sample.diskId) ?? 0, sample.minute, sample.rpoMs],
        ...[sample.churn, sample.logBytes, sample.journalBytes],
      ]);
      this.#insert("minute_samples", MINUTE_COLUMNS, rows);
    });
  }

  /** Stores the hours of a series up to `rolledHour`, and drops what is older than is kept. */
  roll(
    { number }: SampleSeries,
    hours: readonly HourSample[],
    through: { readonly rolledHour: number; readonly firstMinute: number; readonly firstHour: number },
  ): void {
    this.#database.transaction(() => {
      const rows = hours.map((hour) => [
        ...[number, hour.hour, hour.minutes, hour.rpoMs, hour.rpoMsMax, hour.churn, hour.churnP95, hour.churnMax],
        ...[hour.writtenBytes, hour.logBytes, hour.journalBytes],
      ]);
      this.#insert("hour_samples", HOUR_COLUMNS, rows);
      this.#database.run("UPDATE sample_series SET rolled_hour = ? WHERE number = ?", through.rolledHour, number);
      this.#database.run("DELETE FROM minute_samples WHERE series = ? AND minute < ?", number, through.firstMinute);
      this.#database.run("DELETE FROM hour_samples WHERE series = ? AND hour < ?", number, through.firstHour);
    });
  }

  /** Forgets a series of which nothing is kept any more. */
  removeEmpty({ number, diskId }: SampleSeries): void {
    this.#database.run(
      `DELETE FROM sample_series WHERE number = ?
         AND NOT EXISTS (SELECT 1 FROM minute_samples WHERE series = ?) AND NOT EXISTS (SELECT 1 FROM hour_samples WHERE series = ?)`,
      number,
      number,
      number,
    );
    this.#numbers.delete(diskId);
  }

  /** Of the disks, from the minute `from` on and before `to`, by disk and time. */
  minutes(diskIds: readonly string[], { from, to }: { readonly from: number; readonly to: number }): MinuteSample[] {
    return this.#ofDisks(diskIds, (places, ids) =>
      this.#database.all(
        `SELECT disk_id, minute_samples.* FROM minute_samples JOIN sample_series ON number = series
         WHERE disk_id IN (${places}) AND minute >= ? AND minute < ? ORDER BY series, minute`,
        ...ids,
        from,
        to,
      ),
    ).map(minuteOf);
  }

  /** Of the disks, from the hour `from` on and before `to`, by disk and time. */
  hours(diskIds: readonly string[], { from, to }: { readonly from: number; readonly to: number }): HourSample[] {
    return this.#ofDisks(diskIds, (places, ids) =>
      this.#database.all(
        `SELECT disk_id, hour_samples.* FROM hour_samples JOIN sample_series ON number = series
         WHERE disk_id IN (${places}) AND hour >= ? AND hour < ? ORDER BY series, hour`,
        ...ids,
        from,
        to,
      ),
    ).map(hourOf);
  }

  #ofDisks(diskIds: readonly string[], read: (places: string, ids: readonly string[]) => Row[]): Row[] {
    const rows: Row[] = [];
    for (let at = 0; at < diskIds.length; at += DISKS_PER_STATEMENT) {
      const ids = diskIds.slice(at, at + DISKS_PER_STATEMENT);
      // One length of statement for them all: an id that is empty is nobody's.
      while (diskIds.length > DISKS_PER_STATEMENT && ids.length < DISKS_PER_STATEMENT) ids.push("");
      for (const row of read(ids.map(() => "?").join(", "), ids)) rows.push(row);
    }
    return rows;
  }

  /** Gives numbers to disks that have none. Looked up once for each disk and process. */
  #name(samples: readonly MinuteSample[]): void {
    const unknown = samples.filter(({ diskId }) => !this.#numbers.has(diskId));
    if (unknown.length === 0) return;
    const known = new Set(this.series().map(({ diskId }) => diskId));
    for (const { diskId, minute } of unknown) {
      if (known.has(diskId)) continue;
      const hour = Math.floor(minute / 60);
      this.#database.run("INSERT INTO sample_series (disk_id, rolled_hour) VALUES (?, ?)", diskId, hour);
    }
    for (const { diskId, number } of this.series()) this.#numbers.set(diskId, number);
  }

  #insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): void {
    const one = `(${columns.map(() => "?").join(", ")})`;
    const into = `INSERT INTO ${table} (${columns.join(", ")}) VALUES `;
    let at = 0;
    while (at < rows.length) {
      const count = rows.length - at >= ROWS_PER_STATEMENT ? ROWS_PER_STATEMENT : 1;
      const places = Array.from({ length: count }, () => one).join(", ");
      this.#database.run(`${into}${places} ON CONFLICT DO NOTHING`, ...rows.slice(at, at + count).flat());
      at += count;
    }
  }
}

function minuteOf(row: Row): MinuteSample {
  return {
    diskId: text(row, "disk_id"),
    minute: integer(row, "minute"),
    rpoMs: maybeInteger(row, "rpo_ms"),
    churn: maybeInteger(row, "churn"),
    logBytes: maybeInteger(row, "log_bytes"),
    journalBytes: maybeInteger(row, "journal_bytes"),
  };
}

function hourOf(row: Row): HourSample {
  return {
    diskId: text(row, "disk_id"),
    hour: integer(row, "hour"),
    minutes: integer(row, "minutes"),
    rpoMs: maybeInteger(row, "rpo_ms"),
    rpoMsMax: maybeInteger(row, "rpo_ms_max"),
    churn: maybeInteger(row, "churn"),
    churnP95: maybeInteger(row, "churn_p95"),
    churnMax: maybeInteger(row, "churn_max"),
    writtenBytes: integer(row, "written_bytes"),
    logBytes: maybeInteger(row, "log_bytes"),
    journalBytes: maybeInteger(row, "journal_bytes"),
  };
}
