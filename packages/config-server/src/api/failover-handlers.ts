import type { Failover } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { Begun } from "../failover/failovers.ts";
import { broughtOf } from "../failover/reverse-progress.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { Handlers } from "./handler.ts";
import { findLiveMachine, findMachine } from "./lookup.ts";
import { createdMicrosOf, newestPageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { jobView } from "./views.ts";

type FailoverRoute =
  | "planFailover"
  | "unplannedFailover"
  | "commitFailover"
  | "cancelFailover"
  | "changeFailoverPoint"
  | "reprotect"
  | "failBack"
  | "testFailover"
  | "listFailovers"
  | "showFailover"
  | "readReplicaConsole"
  | "cleanupFailover";

/** Failovers of machines. */
export function failoverHandlers(services: Services): Handlers<FailoverRoute> {
  const { store, failovers, jobs } = services;
  const view = (row: FailoverRow): Failover => failoverView(row, services);
  const begun = ({ failover, job }: Begun) => ({ failover: view(failover), job: jobView(job, jobs) });
  return {
    testFailover: async ({ params, body }, { actor }) =>
      begun(failovers.beginTest(findMachine(store, params.machine), body, actor)),
    planFailover: async ({ params, body }, { actor }) =>
      begun(failovers.beginPlanned(findLiveMachine(store, params.machine), body, actor)),
    unplannedFailover: async ({ params, body }, { actor }) =>
      begun(failovers.beginUnplanned(findLiveMachine(store, params.machine), body, actor)),
    commitFailover: async ({ params }, { actor }) => view(failovers.commit(failovers.find(params.failover), actor)),
    cancelFailover: async ({ params, body }, { actor }) =>
      begun(failovers.beginCancel(failovers.find(params.failover), body.notes, actor)),
    changeFailoverPoint: async ({ params, body }, { actor }) =>
      begun(failovers.beginPointChange(failovers.find(params.failover), body.at, actor)),
    reprotect: async ({ params, body }, by) =>
      begun(await failovers.beginReprotect(failovers.find(params.failover), body, by)),
    failBack: async ({ params, body }, { actor }) =>
      begun(failovers.beginFailback(failovers.find(params.failover), body, actor)),
    listFailovers: async ({ query }, { within }) => {
      const machine = query?.machine === undefined ? undefined : findMachine(store, query.machine);
      return newestPageOf(query, {
        within,
        rows: (page) => store.failovers.list(machine?.id, page),
        microsOf: createdMicrosOf,
        view,
      });
    },
    showFailover: async ({ params }) => view(failovers.find(params.failover)),
    readReplicaConsole: async ({ params }, { signal }) => {
      const row = failovers.find(params.failover);
      return { failover: row.id, text: await failovers.console(row, signal) };
    },
    cleanupFailover: async ({ params, body }, { actor }) =>
      begun(failovers.beginCleanup(failovers.find(params.failover), body.notes, actor)),
  };
}

function failoverView(row: FailoverRow, { store, reports }: Services): Failover {
  const { settings, chosen } = row;
  const status = reports.of(row.masterTargetId)?.status;
  const replicas = status?.kind === "masterTargetStatus" ? status.value.replicas : [];
  // What was said before the point was changed is of another machine.
  const replica = replicas.find(({ replicaId, pointId }) => replicaId === row.id && pointId === chosen?.pointId);
  const uriOf = (id: string): string | undefined => replica?.disks.find(({ diskId }) => diskId === id)?.nbdUri;
  const nameOf = (id: string): string | undefined => store.disks.byId(id)?.name;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    machine: row.machineId,
    machineName: store.members.byId(row.machineId)?.name ?? row.machineId,
    at: settings.at,
    point: chosen?.pointId ?? null,
    pointTime: maybeTime(chosen?.timeMicros),
    masterTarget: row.masterTargetId,
    host: settings.host,
    cpus: settings.cpus,
    memoryMib: settings.memoryMib,
    firmware: settings.firmware,
    diskBus: settings.diskBus,
    network: settings.network,
    cpuShare: settings.cpuShare === 0 ? null : settings.cpuShare,
    disks: (chosen?.diskIds ?? []).map((disk) => ({ disk, name: nameOf(disk) ?? disk, nbdUri: uriOf(disk) ?? null })),
    missingDisks: (chosen?.missingDiskIds ?? []).map((disk) => ({ disk, name: nameOf(disk) ?? null })),
    replica: replica === undefined ? null : { state: replica.state, why: replica.why === "" ? null : replica.why },
    forced: row.facts.forced === true,
    fence: row.facts.fence ?? null,
    epoch: row.facts.fence === undefined ? null : (row.facts.epoch?.to ?? null),
    proof: row.facts.proof ?? null,
    reverse: broughtOf({ reports }, row).map(({ diskId, ...progress }) => ({
      disk: diskId,
      name: nameOf(diskId) ?? diskId,
      ...progress,
    })),
    newDisks: (row.facts.newDisks ?? []).map(({ diskId, path }) => ({
      disk: diskId,
      name: nameOf(diskId) ?? diskId,
      path,
    })),
    lastPoint: row.facts.lastPointId ?? null,
    notes: row.notes,
    actor: row.actor,
    error: row.error,
    createdAt: formatTime(row.createdMicros),
    startedAt: maybeTime(row.startedMicros),
    endedAt: maybeTime(row.endedMicros),
  };
}

function maybeTime(micros: number | null | undefined): string | null {
  return micros === null || micros === undefined ? null : formatTime(micros);
}
