import { DrillSettings } from "@leeward/api";
import { assert } from "@leeward/base";
import { Check } from "typebox/value";
import { integer, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

export interface DrillScheduleRow {
  readonly machineId: string;
  readonly everySeconds: number;
  /** When a drill may begin, as people write it. */
  readonly window: string;
  readonly settings: DrillSettings;
  readonly actor: string;
  readonly setMicros: number;
  /** Up to when it was looked whether a window went by without a drill that was due. */
  readonly lookedMicros: number;
}

export class DrillScheduleRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(row: DrillScheduleRow): void {
    upsert(this.#database, {
      table: "drill_schedules",
      key: "machine_id",
      row: {
        machine_id: row.machineId,
        every_seconds: row.everySeconds,
        window: row.window,
        settings: JSON.stringify(row.settings),
        actor: row.actor,
        set_micros: row.setMicros,
        looked_micros: row.lookedMicros,
      },
    });
  }

  of(machineId: string): DrillScheduleRow | undefined {
    const row = this.#database.get("SELECT * FROM drill_schedules WHERE machine_id = ?", machineId);
    return row === undefined ? undefined : scheduleOf(row);
  }

  list(): DrillScheduleRow[] {
    return this.#database.all("SELECT * FROM drill_schedules ORDER BY machine_id").map(scheduleOf);
  }

  remove(machineId: string): void {
    this.#database.run("DELETE FROM drill_schedules WHERE machine_id = ?", machineId);
  }
}

function scheduleOf(row: Row): DrillScheduleRow {
  const settings: unknown = JSON.parse(text(row, "settings"));
  assert(Check(DrillSettings, settings), "a drill's settings were checked before they were stored");
  return {
    machineId: text(row, "machine_id"),
    everySeconds: integer(row, "every_seconds"),
    window: text(row, "window"),
    settings,
    actor: text(row, "actor"),
    setMicros: integer(row, "set_micros"),
    lookedMicros: integer(row, "looked_micros"),
  };
}
