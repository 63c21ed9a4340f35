// clearing: the test failover is ended, however far it had come, until nothing of it is left. comparing: whether the point's disks hold what they held.
import { assert, isFault } from "@leeward/base";
import { failoverIdOf } from "../failover/failover-job.ts";
import { isEnd } from "../failover/transitions.ts";
import { DRILL_FAILOVER_LOOK_MS, REPLICA_RETRY_MS } from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import { type Carried, interrupted, problemOf, targetOf, trying } from "./drill-context.ts";
import { drillLeftovers, drillReplicaChanged } from "./drill-faults.ts";
import { drillActor, failoverOf } from "./machine-step.ts";
import { digestsOf } from "./prepare-step.ts";
import { advance } from "./transitions.ts";

export async function clear(carried: Carried): Promise<void> {
  const { store, clock, row, signal } = carried;
  const failover = failoverOf(carried);
  if (failover === undefined) {
    advance(store, row, { to: "comparing", nowMicros: clock.wallMicros() });
    return;
  }
  if (!isEnd(failover)) {
    await hurry(carried, failover);
    await clock.sleep(DRILL_FAILOVER_LOOK_MS, signal);
    return;
  }
  const confirmed = await isGone(carried, failover.id);
  const micros = clock.wallMicros();
  const problem = confirmed ? {} : { problem: problemOf(drillLeftovers(failover.id)) };
  advance(store, row, { to: "comparing", nowMicros: micros, cleared: { micros, confirmed }, ...problem });
}

/** Has it end; what is ending is waited for. */
async function hurry(carried: Carried, failover: FailoverRow): Promise<void> {
  const { jobs, failovers, row, clock, signal } = carried;
  const job = jobOf(carried, failover.id);
  const actor = drillActor(row);
  try {
    if (job?.kind === "failover-test") jobs.cancel(job.id, actor);
    else if (failover.state === "running") failovers.beginCleanup(failover, `Drill ${row.id}.`, actor);
    else if (failover.state === "cleaning-up" && job === undefined) {
      // Its job has failed for what a person must do something about: it is asked for again until that was done.
      interrupted(carried, row, `The cleanup of the test failover ${failover.id} failed, and is tried again.`);
      await clock.sleep(REPLICA_RETRY_MS, signal);
      failovers.beginCleanup(failover, undefined, actor);
    }
  } catch (error) {
    // Somebody else was quicker: the next look sees what came of it.
    if (!isFault(error) || signal.aborted) throw error;
  }
}

function jobOf({ store }: Carried, failoverId: string): JobRow | undefined {
  return store.jobs.unfinished().find((job) => job.kind.startsWith("failover-") && failoverIdOf(job) === failoverId);
}

/** Asked once more, by a question that only a machine which is there can answer. */
async function isGone(carried: Carried, replicaId: string): Promise<boolean> {
  const { requests, signal } = carried;
  try {
    const asked = { kind: "readConsole", value: { replicaId } } as const;
    await trying(carried, () => requests.ask(targetOf(carried), asked, { signal }));
    return false;
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    return error.code === "replica-unknown";
  }
}

export async function compare(carried: Carried): Promise<void> {
  const { store, clock, row } = carried;
  const { before } = row.evidence;
  try {
    const after = before === undefined ? undefined : await digestsOf(carried);
    const found = after === undefined ? {} : { after };
    const changed = after?.filter(({ sha256 }, index) => sha256 !== before?.[index]?.sha256) ?? [];
    const problem =
      changed.length === 0 ? {} : { problem: problemOf(drillReplicaChanged(changed.map(({ name }) => name))) };
    assert(after === undefined || after.length === before?.length, "the same disks are digested twice");
    await release(carried);
    advance(store, row, { to: "reporting", nowMicros: clock.wallMicros(), ...found, ...problem });
  } catch (error) {
    if (isFault(error) && !carried.signal.aborted) await release(carried);
    throw error;
  }
}

/** What cannot be let go of now goes with the next start of the target. */
async function release(carried: Carried): Promise<void> {
  const { requests, row, signal } = carried;
  if (row.evidence.point === undefined) return;
  try {
    const value = { machineId: row.machineId, holder: row.id };
    await requests.ask(targetOf(carried), { kind: "releasePoint", value }, { signal });
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    interrupted(carried, row, `The point is held until the master target is started anew: ${error.message}`);
  }
}
