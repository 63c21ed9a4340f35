// Drills by schedule. What is due is derived from the drills that are stored, so that a restart neither forgets one nor makes it twice. One that cannot begin
// now (a failover stands, others are under way) is tried until its window ends; a window that goes by without it is told, once.
import type { DrillScheduleChange } from "@leeward/api";
import { isFault, MICROS_PER_MS } from "@leeward/base";
import { isInWindow, normalTimeWindow, parseTimeWindow, systemZone, type Trace } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import { type Actor, type EventLog, SELF } from "../events/event-log.ts";
import { DRILL_LOOK_MS, DRILL_WINDOW_LOOK_MS } from "../limits.ts";
import { workingHoursOf } from "../plans/installation.ts";
import type { DrillScheduleRow } from "../store/drill-schedule-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { requireCheckable } from "./drill-checks.ts";
import { drillScheduleUnknown } from "./drill-faults.ts";
import type { Drills } from "./drills.ts";
import { drillDueMicros, windowGoneBy } from "./schedule.ts";

export interface DrillSchedulesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly drills: Drills;
}

const ALWAYS = "always";

export class DrillSchedules {
  readonly #options: DrillSchedulesOptions;
  /** Why one that is due did not begin, when it was tried last; for the trace, which is told of each reason once. */
  readonly #waiting = new Map<string, string>();
  /** When it was looked last for windows that have gone by; of the monotonic clock. */
  readonly #scanned = new Map<string, number>();

  constructor(options: DrillSchedulesOptions) {
    this.#options = options;
  }

  /** @throws Fault `drill-settings-invalid`, `time-window-invalid` */
  set(
    machine: MemberRow,
    { everySeconds, window = ALWAYS, ...settings }: DrillScheduleChange,
    actor: Actor,
  ): DrillScheduleRow {
    const { store, clock, events } = this.#options;
    requireCheckable(settings);
    const nowMicros = clock.wallMicros();
    const at = { setMicros: nowMicros, lookedMicros: nowMicros };
    const row = {
      machineId: machine.id,
      everySeconds,
      window: normalTimeWindow(window),
      settings,
      actor: actor.name,
      ...at,
    };
    store.transaction(() => {
      store.drillSchedules.put(row);
      const message = `Drills of ${machine.name} are to be made every ${everySeconds} s, ${row.window}: ${settings.checks.join(", ")}.`;
      const detail = { everySeconds, window: row.window };
      events.add(actor, { severity: "info", kind: "drill-schedule-set", subject: machine.name, message, detail });
    });
    return row;
  }

  /** @throws Fault `drill-schedule-unknown` */
  find(machine: MemberRow): DrillScheduleRow {
    const row = this.#options.store.drillSchedules.of(machine.id);
    if (row === undefined) throw drillScheduleUnknown(machine.name);
    return row;
  }

  /** The schedule that there was. @throws Fault `drill-schedule-unknown` */
  remove(machine: MemberRow, actor: Actor): DrillScheduleRow {
    const { store, events } = this.#options;
    const row = this.find(machine);
    store.transaction(() => {
      store.drillSchedules.remove(machine.id);
      const message = `Drills of ${machine.name} are not made by schedule any more.`;
      events.add(actor, { severity: "info", kind: "drill-schedule-removed", subject: machine.name, message });
    });
    return row;
  }

  dueMicros(row: DrillScheduleRow): number {
    return drillDueMicros(row, this.#options.store.drills.newestOf(row.machineId)?.createdMicros);
  }

  /** Begins what is due, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store } = this.#options;
    try {
      for (;;) {
        for (const row of store.drillSchedules.list()) this.#look(row);
        await clock.sleep(DRILL_LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #look(row: DrillScheduleRow): void {
    const { store, clock } = this.#options;
    const machine = store.members.byId(row.machineId);
    const nowMicros = clock.wallMicros();
    const dueMicros = this.dueMicros(row);
    if (machine === undefined || machine.removedMicros !== null || dueMicros > nowMicros) return;
    const window = parseTimeWindow(row.window, workingHoursOf(store.facts));
    const isOpenAt = (micros: number): boolean => isInWindow(window, micros, systemZone());
    this.#tellMissed(row, { machine, dueMicros, nowMicros, isOpenAt });
    if (isOpenAt(nowMicros)) this.#begin(row, machine);
  }

  #tellMissed(
    row: DrillScheduleRow,
    of: { machine: MemberRow; dueMicros: number; nowMicros: number; isOpenAt: (micros: number) => boolean },
  ): void {
    const { store, events, clock } = this.#options;
    const { machine, dueMicros, nowMicros, isOpenAt } = of;
    const at = clock.monotonicMicros();
    if (at < (this.#scanned.get(row.machineId) ?? 0)) return;
    this.#scanned.set(row.machineId, at + DRILL_WINDOW_LOOK_MS * MICROS_PER_MS);
    const gone = windowGoneBy({ fromMicros: Math.max(dueMicros, row.lookedMicros), toMicros: nowMicros }, isOpenAt);
    if (gone === undefined) return;
    store.transaction(() => {
      store.drillSchedules.put({ ...row, lookedMicros: nowMicros });
      const why = this.#waiting.get(row.machineId) ?? "the config server did not run, or could not begin it";
      const message = `A drill of ${machine.name} was due, and the window for it (${row.window}) went by: ${why}`;
      events.add(SELF, { severity: "warning", kind: "drill-missed", subject: machine.name, message });
    });
  }

  #begin(row: DrillScheduleRow, machine: MemberRow): void {
    const { drills, trace } = this.#options;
    try {
      drills.begin(machine, { at: "latest", ...row.settings }, { actor: SELF, scheduled: true });
      this.#waiting.delete(row.machineId);
    } catch (error) {
      if (!isFault(error)) throw error;
      if (this.#waiting.get(row.machineId) === error.message) return;
      this.#waiting.set(row.machineId, error.message);
      trace.warn("A drill that is due cannot begin now.", { fault: error, machine: machine.id });
    }
  }
}
