// A failover's job carries its row forward, state by state, from the one that it finds, until it rests or has ended; so it can be taken up after any stop, and
// by the server itself where no job does it.
import { type ErrorItem, errorBodyOf, type FailoverState, faultOf, type Progress } from "@leeward/api";
import { assert } from "@leeward/base";
import { jobInterrupted } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import { change } from "./change-step.ts";
import { failoverUnknown } from "./failover-faults.ts";
import { failoverIdOf } from "./failover-job.ts";
import { fence } from "./fence-step.ts";
import { prepare } from "./prepare-step.ts";
import { cleanUp, takeBack } from "./remove-step.ts";
import { reverseOf } from "./reverse-progress.ts";
import { awaitReverse, halt, handBack, resume } from "./reverse-steps.ts";
import { start } from "./start-step.ts";
import type { Step, StepMeans } from "./step.ts";
import { isEnd, moveFailover, ruleOf } from "./transitions.ts";

/** What is done in each state that is not a person's. */
export const STEPS: Readonly<Partial<Record<FailoverState, Step>>> = {
  preparing: prepare,
  fencing: fence,
  starting: start,
  changing: change,
  halting: halt,
  resuming: resume,
  "handing-back": handBack,
  "cleaning-up": cleanUp,
  undoing: takeBack("failed"),
  cancelling: takeBack("cancelled"),
};

/** What a job waits for, or adds, once its failover rests. */
const LAST: Readonly<Partial<Record<JobRow["kind"], Step>>> = {
  "failover-reprotect": awaitReverse,
};

/** Where a job that failed or was cancelled leaves its failover; a state that is not here is carried on. */
const GIVEN_UP: Readonly<Partial<Record<FailoverState, FailoverState>>> = {
  preparing: "failed",
  fencing: "undoing",
  starting: "undoing",
  halting: "resuming",
};

export function advanceWork(means: StepMeans): JobWork {
  const { store, clock, plansChanged } = means;
  return {
    resumable: true,
    async run(job, signal) {
      const trying = { begunMicros: clock.monotonicMicros(), signal };
      for (;;) {
        const row = failoverOf(means, job);
        const step = STEPS[row.state];
        if (step !== undefined) await step(means, row, trying);
        else {
          if (row.state === "failed") throw faultOfFailed(row);
          // The machine runs on from the point that it had.
          if (job.kind === "failover-change-point" && row.facts.next === undefined && row.error !== null)
            throw faultOf(row.error);
          if (!isEnd(row)) await LAST[job.kind]?.(means, row, trying);
          return null;
        }
      }
    },
    undo(job) {
      const row = store.failovers.byId(failoverIdOf(job));
      const error = store.jobs.byId(job.id)?.error ?? errorBodyOf(jobInterrupted()).error;
      const to = row && givenUp(row, job);
      if (row === undefined || to === undefined) return;
      moveFailover(store, row, { to, nowMicros: clock.wallMicros(), ...(isEndOf(row, to) ? { error } : {}) });
      plansChanged();
    },
    progressOf: (job) => progressOf(means, job),
  };
}

function givenUp(row: FailoverRow, job: JobRow): FailoverState | undefined {
  if (row.state === "reversing" && job.kind === "failover-reprotect") return "committed";
  if (row.state === "changing" && row.facts.next === undefined) return "commit-pending";
  return GIVEN_UP[row.state];
}

/** Whether the failover itself failed, not only what was asked of it. */
function isEndOf(row: FailoverRow, to: FailoverState): boolean {
  return to === "undoing" || ruleOf({ kind: row.kind, state: to }).next.length === 0;
}

/** Of what is brought to the source. */
function progressOf(means: StepMeans, job: JobRow): Progress | null {
  const row = means.store.failovers.byId(failoverIdOf(job));
  if (row === undefined || !ruleOf(row).isReversed) return null;
  const all = reverseOf(means, row);
  const doneBytes = all.reduce((sum, { status }) => sum + status.broughtBytes, 0);
  const totalBytes = all.reduce((sum, { status }) => sum + Math.max(status.setBytes, status.broughtBytes), 0);
  return all.length === 0 ? null : { doneBytes, totalBytes, etaSeconds: null };
}

function failoverOf({ store }: StepMeans, job: JobRow): FailoverRow {
  const row = store.failovers.byId(failoverIdOf(job));
  if (row === undefined) throw failoverUnknown(failoverIdOf(job));
  return row;
}

function faultOfFailed({ error }: FailoverRow): Error {
  assert(error !== null, "a failover that failed says why");
  return faultOf(error satisfies ErrorItem);
}
