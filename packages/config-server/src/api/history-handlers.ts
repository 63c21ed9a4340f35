import { parseTime } from "@leeward/base";
import { linksOf } from "../history/links.ts";
import { observedOf } from "../history/observed.ts";
import { planProtection } from "../history/planner.ts";
import { pointWay } from "../history/point-way.ts";
import { installationSamples, machineSamples, type SampleSource, sampleRange } from "../history/samples-answer.ts";
import { diskStages } from "../history/stages.ts";
import { timelineOf } from "../history/timeline.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Handlers } from "./handler.ts";
import { findMachine, viewFactsOf } from "./lookup.ts";
import { pageOf } from "./pages.ts";
import type { Services } from "./services.ts";

type HistoryRoute =
  | "listSamples"
  | "installationSamples"
  | "timeline"
  | "listStages"
  | "listLinks"
  | "planProtection"
  | "pointWay";

/** What was, what runs now, and what it needs. */
export function historyHandlers(services: Services): Handlers<HistoryRoute> {
  const { store, world, reports, live } = services;
  const isOnline = (id: string): boolean => live.has(id);
  const protectedDisks = (): DiskRow[] => store.disks.list().filter(({ state }) => state === "protected");
  const sourceFor = (signal: AbortSignal): SampleSource => ({
    rows: store.samples,
    turn: () => world.clock.sleep(0, signal),
  });
  return {
    listSamples: async ({ params, query }, { signal }) => {
      const machine = findMachine(store, params.machine);
      const disks = store.disks.ofMachine(machine.id).filter(({ state }) => state !== "deleted");
      const range = sampleRange(query, { nowMicros: world.clock.wallMicros(), disks: disks.length });
      return machineSamples(sourceFor(signal), disks, range);
    },
    installationSamples: async ({ query }, { signal }) => {
      const disks = protectedDisks();
      const range = sampleRange(query, { nowMicros: world.clock.wallMicros(), disks: disks.length });
      return installationSamples(sourceFor(signal), disks, range);
    },
    timeline: async ({ params, query }, { signal }) => {
      const machine = findMachine(store, params.machine);
      const fromMicros = query?.from === undefined ? 0 : parseTime(query.from);
      const toMicros = query?.to === undefined ? 0 : parseTime(query.to);
      return timelineOf(services, { machine, fromMicros, toMicros }, signal);
    },
    listStages: async ({ query }, { within }) => {
      const machine = query?.machine === undefined ? undefined : findMachine(store, query.machine);
      const disks = protectedDisks().filter(({ machineId }) => machine === undefined || machineId === machine.id);
      return pageOf(query, {
        within,
        rows: disks,
        key: ({ id }) => [id],
        view: (disk) => diskStages(disk, onlineReports(services, disk)),
      });
    },
    listLinks: async ({ query }, { within }) => {
      const members = store.members.list().filter(({ removedMicros }) => removedMicros === null);
      const rows = linksOf({ members, reports, isOnline });
      return pageOf(query, { within, rows, key: ({ from, to, kind }) => [from, to, kind], view: (link) => link });
    },
    planProtection: async ({ query = {} }, { signal }) => {
      const { days, ...what } = query;
      return planProtection(await observedOf(services, { days, source: sourceFor(signal) }), what);
    },
    pointWay: async ({ params }, { signal }) => {
      const machine = findMachine(store, params.machine);
      const { clockOffsetOf } = viewFactsOf(services);
      return pointWay({ ...services, clockOffsetOf }, { machine, pointId: params.point }, signal);
    },
  };
}

/** What those that have a session said of a disk: of others nobody knows it now. */
function onlineReports({ reports, live }: Services, disk: DiskRow): ReturnType<Services["reports"]["ofDisk"]> {
  const { agent, processServer, masterTarget } = reports.ofDisk(disk);
  return {
    agent: live.has(disk.machineId) ? agent : undefined,
    processServer: live.has(disk.processServerId) ? processServer : undefined,
    masterTarget: live.has(disk.masterTargetId) ? masterTarget : undefined,
  };
}
