// A test failover's job carries its row forward from the state that it finds, so that it can be taken up after any stop:
//
//   preparing   the point is looked up and stored → starting
//   starting    the master target is asked for the machine, again until it answers → running; a refusal → undoing
//   undoing     the master target is asked to remove what there may be → failed
import type { ErrorItem } from "@leeward/api";
import { errorBodyOf, faultOf } from "@leeward/api";
import { assert, isFault, MICROS_PER_MS } from "@leeward/base";
import type { ReplicaStatus } from "@leeward/proto";
import { type EventLog, SELF } from "../events/event-log.ts";
import { failoverUnknown, jobInterrupted, masterTargetOffline } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import {
  POINT_CHOICE_TRIED_MS_MAX,
  REPLICA_RETRY_MS,
  REPLICA_START_MS_MAX,
  REPLICA_START_TRIED_MS_MAX,
} from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { chosenPoint } from "./choose-point.ts";
import { failoverIdOf } from "./failover-job.ts";
import { replicaOrder } from "./replica-order.ts";
import { type ReplicaRemovalOptions, removeReplicaSurely } from "./replica-removal.ts";
import { moveFailover } from "./transitions.ts";

export interface TestWorkOptions extends ReplicaRemovalOptions {
  readonly events: EventLog;
}

export function testWork(options: TestWorkOptions): JobWork {
  return {
    resumable: true,
    async run(job, signal) {
      const begunMicros = options.clock.monotonicMicros();
      for (;;) {
        const row = failoverOf(options, job);
        if (row.state === "preparing") await prepare(options, row, { begunMicros, signal });
        else if (row.state === "starting") await start(options, row, { begunMicros, signal });
        else if (row.state === "undoing") await undo(options, row, signal);
        else if (row.state === "failed") throw faultOfFailed(row);
        else return null;
      }
    },
    /** Cancelled, or failed where nothing was stored of it: what may be at the target is removed by the server itself. */
    undo(job) {
      const { store, clock } = options;
      const row = store.failovers.byId(failoverIdOf(job));
      const error = store.jobs.byId(job.id)?.error ?? errorBodyOf(jobInterrupted()).error;
      if (row?.state === "preparing") moveFailover(store, row, { to: "failed", error, nowMicros: clock.wallMicros() });
      if (row?.state === "starting") moveFailover(store, row, { to: "undoing", error, nowMicros: clock.wallMicros() });
    },
    progressOf: () => null,
  };
}

/** Since when it is tried, of the monotonic clock; a restart begins to count anew. */
interface Trying {
  readonly begunMicros: number;
  readonly signal: AbortSignal;
}

/** Nothing was begun until now: what is in the way ends it. */
async function prepare(options: TestWorkOptions, row: FailoverRow, { begunMicros, signal }: Trying): Promise<void> {
  const { store, clock, requests } = options;
  const { machineId, settings } = row;
  const value = { machineId, at: settings.at };
  try {
    const point = await requests.ask(targetOf(options, row), { kind: "findPoint", value }, { signal });
    const machine = store.members.byId(machineId)?.name ?? machineId;
    const chosen = chosenPoint(point, { machine, disks: store.disks.ofMachine(machineId), settings });
    moveFailover(store, row, { to: "starting", chosen, nowMicros: clock.wallMicros() });
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    const untilMicros = begunMicros + POINT_CHOICE_TRIED_MS_MAX * MICROS_PER_MS;
    if (error.kind !== "transient" || clock.monotonicMicros() >= untilMicros) throw error;
    await clock.sleep(REPLICA_RETRY_MS, signal);
  }
}

async function start(options: TestWorkOptions, row: FailoverRow, { begunMicros, signal }: Trying): Promise<void> {
  const { store, clock } = options;
  try {
    const status = await askToStart(options, row, signal);
    started(options, row, status);
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    const untilMicros = begunMicros + REPLICA_START_TRIED_MS_MAX * MICROS_PER_MS;
    if (error.kind === "transient" && clock.monotonicMicros() < untilMicros) {
      await clock.sleep(REPLICA_RETRY_MS, signal);
      return;
    }
    moveFailover(store, row, { to: "undoing", error: errorBodyOf(error).error, nowMicros: clock.wallMicros() });
  }
}

function askToStart(options: TestWorkOptions, row: FailoverRow, signal: AbortSignal): Promise<ReplicaStatus> {
  const { store, requests } = options;
  const machineName = store.members.byId(row.machineId)?.name ?? row.machineId;
  const diskNameOf = (id: string): string => store.disks.byId(id)?.name ?? id;
  const value = replicaOrder(row, { machineName, diskNameOf });
  return requests.ask(
    targetOf(options, row),
    { kind: "startReplica", value },
    { signal, timeoutMs: REPLICA_START_MS_MAX },
  );
}

function started({ store, clock, events }: TestWorkOptions, row: FailoverRow, status: ReplicaStatus): void {
  const nowMicros = clock.wallMicros();
  const startedMicros = status.resumedMicros === 0 ? nowMicros : status.resumedMicros;
  const subject = store.members.byId(row.machineId)?.name ?? row.machineId;
  store.transaction(() => {
    if (!moveFailover(store, row, { to: "running", startedMicros, nowMicros })) return;
    const message = `The test failover ${row.id} of ${subject} has started its machine from the point ${status.pointId}.`;
    const detail = { failover: row.id, point: status.pointId };
    events.add(SELF, { severity: "info", kind: "failover-started", subject, message, detail });
  });
}

async function undo(options: TestWorkOptions, row: FailoverRow, signal: AbortSignal): Promise<void> {
  await removeReplicaSurely(options, row, signal);
  moveFailover(options.store, row, { to: "failed", nowMicros: options.clock.wallMicros() });
}

/** @throws Fault `master-target-offline` when it is gone for good */
function targetOf({ store }: TestWorkOptions, { masterTargetId }: FailoverRow): MemberRow {
  const target = store.members.byId(masterTargetId);
  if (target === undefined) throw masterTargetOffline(masterTargetId);
  return target;
}

function failoverOf({ store }: TestWorkOptions, job: JobRow): FailoverRow {
  const row = store.failovers.byId(failoverIdOf(job));
  if (row === undefined) throw failoverUnknown(failoverIdOf(job));
  return row;
}

function faultOfFailed({ error }: FailoverRow): Error {
  assert(error !== null, "a failover that failed says why");
  return faultOf(error satisfies ErrorItem);
}
