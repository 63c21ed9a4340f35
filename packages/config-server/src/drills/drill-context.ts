import { errorBodyOf } from "@leeward/api";
import { type Fault, isFault, MICROS_PER_MS } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { EventLog } from "../events/event-log.ts";
import type { Failovers } from "../failover/failovers.ts";
import { masterTargetOffline } from "../faults.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import { DRILL_INTERRUPTIONS_MAX, DRILL_RETRY_MS, DRILL_TRIED_MS_MAX } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { type DrillChange, noteInterruption } from "./transitions.ts";

/** What carrying a drill on rests on. */
export interface DrillContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly requests: MemberRequests;
  readonly failovers: Failovers;
  readonly jobs: JobRunner;
  readonly serverId: string;
  readonly softwareVersion: string;
  /** The member's clock minus ours, microseconds; null when it is not known. */
  readonly clockOffsetOf: (memberId: string) => number | null;
  /** The detached signature of a document, by this server's certificate. */
  readonly sign: (document: unknown) => Promise<string>;
}

/** One drill that is carried on, from the state that `row` says. */
export interface Carried extends DrillContext {
  readonly row: DrillRow;
  readonly signal: AbortSignal;
  /** How much of the disks was read for the proof. */
  readonly onRead: (doneBytes: number, totalBytes: number) => void;
}

export function machineNameOf({ store, row }: Pick<Carried, "store" | "row">): string {
  return store.members.byId(row.machineId)?.name ?? row.machineId;
}

/** @throws Fault `master-target-offline` when it is gone for good */
export function targetOf({ store, row }: Carried): MemberRow {
  const target = store.members.byId(row.masterTargetId);
  if (target === undefined || target.removedMicros !== null)
    throw masterTargetOffline(target?.name ?? row.masterTargetId);
  return target;
}

export function problemOf(fault: Fault): NonNullable<DrillChange["problem"]> {
  const { code, message } = errorBodyOf(fault).error;
  return { code, message };
}

export function interrupted({ store, clock }: DrillContext, row: DrillRow, why: string): void {
  noteInterruption(store, row, { why, nowMicros: clock.wallMicros(), most: DRILL_INTERRUPTIONS_MAX });
}

/** Tries again what passes by itself, for a while from when it failed first; that it came between is noted once. @throws what does not pass */
export async function trying<T>(carried: Carried, work: () => Promise<T>): Promise<T> {
  const { clock, row, signal } = carried;
  let untilMicros: number | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isFault(error) || error.kind !== "transient" || signal.aborted) throw error;
      const nowMicros = clock.monotonicMicros();
      if (untilMicros === undefined) interrupted(carried, row, error.message);
      untilMicros ??= nowMicros + DRILL_TRIED_MS_MAX * MICROS_PER_MS;
      if (nowMicros >= untilMicros) throw error;
      await clock.sleep(DRILL_RETRY_MS, signal);
    }
  }
}
