// Carries on what no job carries any more: what a job that failed or was cancelled left, and what must come to its end whatever becomes of its job.
import { isFault } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { JobRunner } from "../jobs/job-runner.ts";
import { FAILOVER_LOOK_MS } from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { STEPS } from "./advance.ts";
import { carrierOf, failoverIdOf, insertJob } from "./failover-job.ts";
import { isProofWanted } from "./source-proof.ts";
import { machineNameOf, type StepMeans } from "./step.ts";
import { ruleOf } from "./transitions.ts";

export interface CarrierOptions extends StepMeans {
  readonly trace: Trace;
  readonly jobs: JobRunner;
}

/** Settles when `signal` has aborted. */
export async function carryFailovers(options: CarrierOptions, signal: AbortSignal): Promise<void> {
  const { clock, store } = options;
  const underWay = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    for (const row of store.failovers.standing()) {
      if (isProofWanted(row) && !wasProofAsked(options, row)) launchProof(options, row);
      if (ruleOf(row).carriedBy !== "server" || carrierOf(store, row.id) !== undefined || underWay.has(row.id))
        continue;
      underWay.set(
        row.id,
        carry(options, row, signal).finally(() => underWay.delete(row.id)),
      );
    }
    // Only the abort ends it.
    await clock.sleep(FAILOVER_LOOK_MS, signal).catch(() => undefined);
  }
  await Promise.all(underWay.values());
}

async function carry(options: CarrierOptions, row: FailoverRow, signal: AbortSignal): Promise<void> {
  const { clock, trace } = options;
  try {
    await STEPS[row.state]?.(options, row, { begunMicros: clock.monotonicMicros(), signal });
  } catch (error) {
    if (signal.aborted) return;
    if (!isFault(error)) throw error;
    trace.warn("A failover cannot be carried on yet.", { fault: error, failover: row.id, state: row.state });
  }
}

function wasProofAsked({ store }: CarrierOptions, { id, machineId }: FailoverRow): boolean {
  return store.jobs.ofMachine(machineId, "failover-proof").some((job) => failoverIdOf(job) === id);
}

function launchProof(options: CarrierOptions, row: FailoverRow): void {
  const machine = { id: row.machineId, name: machineNameOf(options, row) };
  options.jobs.launch(options.store.transaction(() => insertJob(options, "failover-proof", machine, row.id)));
}
