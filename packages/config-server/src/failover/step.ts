// One step of a failover: what is done in a state, until the next one is stored. A step may be begun anew at any moment, also by another process after
// a crash: whatever it asks of others is answered the same when it is asked again.
import { assert, type Fault, isFault, type Random } from "@leeward/base";
import type { AgentStatus, MasterTargetStatus } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { EventLog } from "../events/event-log.ts";
import { masterTargetOffline } from "../faults.ts";
import { REPLICA_RETRY_MS } from "../limits.ts";
import type { Points } from "../points/points.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { ChosenPoint, FailoverFacts, FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { DiskVerifier } from "../verify/disk-verifier.ts";

export interface StepMeans {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly requests: MemberRequests;
  readonly reports: Reports;
  readonly points: Points;
  readonly verifier: DiskVerifier;
  readonly plansChanged: () => void;
  readonly isOnline: (memberId: string) => boolean;
}

/** Since when it is tried, of the monotonic clock; a restart begins to count anew. */
export interface Trying {
  readonly begunMicros: number;
  readonly signal: AbortSignal;
}

export type Step = (means: StepMeans, row: FailoverRow, trying: Trying) => Promise<void>;

/** The member that has the machine's journals. @throws Fault `master-target-offline` when it is gone for good */
export function targetOf({ store }: Pick<StepMeans, "store">, { masterTargetId }: FailoverRow): MemberRow {
  const target = store.members.byId(masterTargetId);
  if (target === undefined) throw masterTargetOffline(masterTargetId);
  return target;
}

export function machineNameOf({ store }: Pick<StepMeans, "store">, { machineId }: FailoverRow): string {
  return store.members.byId(machineId)?.name ?? machineId;
}

/** What the source's agent said last. */
export function agentStatusOf({ reports }: Pick<StepMeans, "reports">, row: FailoverRow): AgentStatus | undefined {
  const status = reports.of(row.machineId)?.status;
  return status?.kind === "agentStatus" ? status.value : undefined;
}

export function targetStatusOf(
  { reports }: Pick<StepMeans, "reports">,
  row: FailoverRow,
): MasterTargetStatus | undefined {
  const status = reports.of(row.masterTargetId)?.status;
  return status?.kind === "masterTargetStatus" ? status.value : undefined;
}

export function chosenOf({ chosen, state }: FailoverRow): ChosenPoint {
  assert(chosen !== null, `a failover that is ${state} has its point`);
  return chosen;
}

export function epochsOf({ facts, state }: FailoverRow): NonNullable<FailoverFacts["epoch"]> {
  assert(facts.epoch !== undefined, `a failover that is ${state} has its epochs`);
  return facts.epoch;
}

/** Does it until it succeeds or meets what a person must do something about. @throws that Fault, or the signal's reason */
export async function surely<T>(
  { clock }: Pick<StepMeans, "clock">,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error;
      await clock.sleep(REPLICA_RETRY_MS, signal);
    }
  }
}

/** Whether it may be otherwise later by itself. */
export function isPassing(error: unknown): error is Fault {
  return isFault(error) && error.kind === "transient";
}
