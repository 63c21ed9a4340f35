import { type Drill, type DrillSchedule, SignedDrillReport } from "@leeward/api";
import { assert, formatTime } from "@leeward/base";
import { Check } from "typebox/value";
import { drillNotReported } from "../drills/drill-faults.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import type { DrillScheduleRow } from "../store/drill-schedule-rows.ts";
import { drillScheduleSettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { findLiveMachine, findMachine } from "./lookup.ts";
import { createdMicrosOf, newestPageOf, pageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { jobView } from "./views.ts";

type DrillRoute =
  | "runDrill"
  | "listDrills"
  | "showDrillReport"
  | "listDrillSchedules"
  | "showDrillSchedule"
  | "setDrillSchedule"
  | "removeDrillSchedule";

/** Drills of machines, and their schedules. */
export function drillHandlers(services: Services): Handlers<DrillRoute> {
  const { store, drills, drillSchedules, jobs } = services;
  const scheduleView = (row: DrillScheduleRow): DrillSchedule => drillScheduleView(row, services);
  return {
    runDrill: async ({ params, body }, { actor }) => {
      const { drill, job } = drills.begin(findLiveMachine(store, params.machine), body, { actor, scheduled: false });
      return { drill: drillView(drill, services), job: jobView(job, jobs) };
    },
    listDrills: async ({ query }, { within }) => {
      const machine = query?.machine === undefined ? undefined : findMachine(store, query.machine);
      const view = (row: DrillRow): Drill => drillView(row, services);
      return newestPageOf(query, {
        within,
        rows: (page) => store.drills.list(machine?.id, page),
        microsOf: createdMicrosOf,
        view,
      });
    },
    showDrillReport: async ({ params }) => {
      const row = drills.find(params.id);
      const text = store.drills.reportOf(row.id);
      if (text === null) throw drillNotReported(row.id, row.state);
      const signed: unknown = JSON.parse(text);
      assert(Check(SignedDrillReport, signed), "a drill's report was checked before it was stored");
      return signed;
    },
    listDrillSchedules: async ({ query }, { within }) =>
      pageOf(query, { within, rows: store.drillSchedules.list(), key: (row) => [row.machineId], view: scheduleView }),
    showDrillSchedule: async ({ params }) => scheduleView(drillSchedules.find(findMachine(store, params.machine))),
    setDrillSchedule: async ({ params, body }, { actor, requireSeen }) => {
      const machine = findLiveMachine(store, params.machine);
      const before = store.drillSchedules.of(machine.id);
      requireSeen(before && drillScheduleSettings(scheduleView(before)));
      return scheduleView(drillSchedules.set(machine, body, actor));
    },
    removeDrillSchedule: async ({ params }, { actor }) =>
      scheduleView(drillSchedules.remove(findMachine(store, params.machine), actor)),
  };
}

function drillView(row: DrillRow, { store }: Services): Drill {
  const { at, ...settings } = row.order;
  const { point, failoverId, problems } = row.evidence;
  return {
    id: row.id,
    machine: row.machineId,
    machineName: store.members.byId(row.machineId)?.name ?? row.machineId,
    state: row.state,
    scheduled: row.scheduled,
    actor: row.actor,
    at,
    settings,
    point: point?.id ?? null,
    pointTime: point === undefined ? null : formatTime(point.timeMicros),
    failover: failoverId ?? null,
    problems,
    createdAt: formatTime(row.createdMicros),
    endedAt: row.endedMicros === null ? null : formatTime(row.endedMicros),
  };
}

function drillScheduleView(row: DrillScheduleRow, { store, drillSchedules }: Services): DrillSchedule {
  return {
    machine: row.machineId,
    machineName: store.members.byId(row.machineId)?.name ?? row.machineId,
    everySeconds: row.everySeconds,
    window: row.window,
    settings: row.settings,
    setBy: row.actor,
    setAt: formatTime(row.setMicros),
    dueAt: formatTime(drillSchedules.dueMicros(row)),
  };
}
