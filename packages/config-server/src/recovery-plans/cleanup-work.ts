// The job of a cleanup: ends every test failover that a run began, side by side. Asking again for one that is being cleaned up, or has been, is
// answered with that; so it can be taken up after any stop.
import { isFault, orAborted } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { isEnd } from "../failover/transitions.ts";
import { hasEnded, type JobWork } from "../jobs/job-runner.ts";
import { PLAN_CLEANUP_LOOK_MS, PLAN_STEPS_AT_ONCE_MAX } from "../limits.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { PlanRunRow } from "../store/plan-run-rows.ts";
import { planCleanupFailed } from "./plan-faults.ts";
import { actorOf, type RunMeans } from "./run-means.ts";
import { runOfJob } from "./run-work.ts";
import { moveCleanup } from "./transitions.ts";

const CleanupInput = Type.Object({ notes: Type.Union([Type.String(), Type.Null()]) });

interface Cleaning {
  readonly run: PlanRunRow;
  readonly notes: Static<typeof CleanupInput>["notes"];
  readonly signal: AbortSignal;
}

export function planCleanupWork(means: RunMeans): JobWork {
  const { store } = means;
  return {
    resumable: true,
    async run(job, signal) {
      const run = runOfJob(means, job);
      const left = failoversOf(means, run);
      const problems: string[] = [];
      const worker = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) {
          const problem = await cleaned(means, id, { run, notes: notesOf(job), signal });
          if (problem !== undefined) problems.push(problem);
        }
      };
      await Promise.all(Array.from({ length: PLAN_STEPS_AT_ONCE_MAX }, worker));
      if (problems.length > 0) throw planCleanupFailed(run.id, problems);
      moveCleanup(store, run, "done");
      return null;
    },
    undo(job) {
      const run = runOfJob(means, job);
      if (run.cleanup === "under-way") moveCleanup(store, run, "failed");
    },
    progressOf(job) {
      const run = runOfJob(means, job);
      const totalSteps = store.planRuns.stepsOf(run.id).filter(({ facts }) => facts.failoverId !== undefined).length;
      const doneSteps = totalSteps - failoversOf(means, run).length;
      return { doneBytes: 0, totalBytes: 0, etaSeconds: null, doneSteps, totalSteps };
    },
  };
}

/** Those that stand. */
function failoversOf({ store }: RunMeans, { id }: PlanRunRow): string[] {
  return store.planRuns.stepsOf(id).flatMap(({ facts }) => {
    const row = facts.failoverId === undefined ? undefined : store.failovers.byId(facts.failoverId);
    return row === undefined || isEnd(row) ? [] : [row.id];
  });
}

/** What kept it from being cleaned up, if anything did. @throws the signal's reason */
async function cleaned(means: RunMeans, id: string, { run, notes, signal }: Cleaning): Promise<string | undefined> {
  const { store, clock } = means;
  const jobs = means.jobs();
  for (;;) {
    const row = store.failovers.byId(id);
    if (row === undefined || isEnd(row)) return undefined;
    if (row.state !== "running" && row.state !== "cleaning-up") {
      // It is still being started, or taken back by the server: both end by themselves.
      await clock.sleep(PLAN_CLEANUP_LOOK_MS, signal);
      continue;
    }
    try {
      const { job } = means.failovers().beginCleanup(row, notes ?? undefined, actorOf(run));
      for (;;) {
        const next = jobs.changed();
        const { state, error } = jobs.find(job.id);
        if (state === "succeeded") break;
        if (hasEnded(state)) return `${id}: ${error?.message ?? state}`;
        await orAborted(next, signal);
      }
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      return `${id}: ${error.message}`;
    }
  }
}

function notesOf({ input }: JobRow): string | null {
  return Check(CleanupInput, input) ? input.notes : null;
}
