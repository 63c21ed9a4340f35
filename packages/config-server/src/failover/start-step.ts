// The master target is asked for the machine at exactly the chosen point, again until it answers; a refusal takes back what was begun.
import { errorBodyOf } from "@leeward/api";
import { isFault, MICROS_PER_MS } from "@leeward/base";
import type { ReplicaStatus } from "@leeward/proto";
import { SELF } from "../events/event-log.ts";
import { REPLICA_RETRY_MS, REPLICA_START_MS_MAX, REPLICA_START_TRIED_MS_MAX } from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { replicaOrder } from "./replica-order.ts";
import { isPassing, machineNameOf, type StepMeans, type Trying, targetOf } from "./step.ts";
import { moveFailover } from "./transitions.ts";

export async function start(means: StepMeans, row: FailoverRow, { begunMicros, signal }: Trying): Promise<void> {
  const { store, clock } = means;
  try {
    started(means, row, await askToStart(means, row, signal));
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    const untilMicros = begunMicros + REPLICA_START_TRIED_MS_MAX * MICROS_PER_MS;
    if (isPassing(error) && clock.monotonicMicros() < untilMicros) {
      await clock.sleep(REPLICA_RETRY_MS, signal);
      return;
    }
    moveFailover(store, row, { to: "undoing", error: errorBodyOf(error).error, nowMicros: clock.wallMicros() });
  }
}

/** Of a machine that runs already it is answered how it is; one that was halted runs again on what it wrote. */
export function askToStart(means: StepMeans, row: FailoverRow, signal: AbortSignal): Promise<ReplicaStatus> {
  const { store, requests } = means;
  const diskNameOf = (id: string): string => store.disks.byId(id)?.name ?? id;
  const value = replicaOrder(row, { machineName: machineNameOf(means, row), diskNameOf });
  return requests.ask(
    targetOf(means, row),
    { kind: "startReplica", value },
    { signal, timeoutMs: REPLICA_START_MS_MAX },
  );
}

function started(means: StepMeans, row: FailoverRow, status: ReplicaStatus): void {
  const { store, clock, events } = means;
  const nowMicros = clock.wallMicros();
  const startedMicros = status.resumedMicros === 0 ? nowMicros : status.resumedMicros;
  const subject = machineNameOf(means, row);
  const to = row.kind === "test" ? "running" : "commit-pending";
  store.transaction(() => {
    if (!moveFailover(store, row, { to, startedMicros, nowMicros })) return;
    const message = `The ${row.kind} failover ${row.id} of ${subject} has started its machine from the point ${status.pointId}.`;
    const detail = { failover: row.id, point: status.pointId };
    events.add(SELF, { severity: "info", kind: "failover-started", subject, message, detail });
  });
}
