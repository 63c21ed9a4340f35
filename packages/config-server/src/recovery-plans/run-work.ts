// The job of a run: begins what can be begun, carries what runs, until nothing is left. It rests on what is stored alone, so it can be taken up after
// any stop: a step that waits is begun, one that runs is carried on, one that asks waits for its answer.
import { assert, orAborted } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { JobWork } from "../jobs/job-runner.ts";
import { PLAN_STEPS_AT_ONCE_MAX } from "../limits.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { PlanRunRow, PlanRunStepRow } from "../store/plan-run-rows.ts";
import { decide, inOrder } from "./order.ts";
import { planRunFailed, planRunUnknown } from "./plan-faults.ts";
import { actorOf, type RunMeans } from "./run-means.ts";
import { ask, begin, carry } from "./step-work.ts";
import { endRun, hasStepEnded, moveStep, stepRuleOf } from "./transitions.ts";

/** What a job of a run is asked to do is in the run's own rows. */
const RunInput = Type.Object({ runId: Type.String() });

export function runInput(runId: string): Static<typeof RunInput> {
  return { runId };
}

/** @throws Fault `plan-run-unknown` */
export function runOfJob({ store }: RunMeans, { input }: Pick<JobRow, "input">): PlanRunRow {
  assert(Check(RunInput, input), "a run's job names it");
  const run = store.planRuns.byId(input.runId);
  if (run === undefined) throw planRunUnknown(input.runId);
  return run;
}

export function planWork(means: RunMeans): JobWork {
  return {
    resumable: true,
    async run(job, signal) {
      const run = runOfJob(means, job);
      if (run.state === "running") await new Running(means, run, signal).untilEnded();
      const ended = runOfJob(means, job);
      if (ended.state === "failed") throw failureOf(means, ended);
      return null;
    },
    undo: (job) => giveUp(means, runOfJob(means, job)),
    progressOf(job) {
      const steps = means.store.planRuns.stepsOf(runOfJob(means, job).id);
      const bytes = { doneBytes: 0, totalBytes: 0, etaSeconds: null };
      return { ...bytes, doneSteps: steps.filter(hasStepEnded).length, totalSteps: steps.length };
    },
  };
}

/** A job that was cancelled, or failed for a mistake of ours: nothing more is begun, and what runs is left as it is and named. */
function giveUp(means: RunMeans, run: PlanRunRow): void {
  const { store, clock, events, changed } = means;
  if (run.state !== "running") return;
  const nowMicros = clock.wallMicros();
  const isCancelled = store.jobs.byId(run.jobId)?.state === "cancelled";
  const left: string[] = [];
  for (const row of store.planRuns.stepsOf(run.id)) {
    const { givenUp } = stepRuleOf(row);
    if (givenUp === null) continue;
    if (givenUp === "left") left.push(row.definition.name);
    const said = givenUp === "left" ? "it was left to go on by itself when the run ended" : "the run had ended";
    moveStep(store, row, { to: givenUp, nowMicros, facts: { said } });
  }
  endRun(store, run, { to: isCancelled ? "cancelled" : "failed", nowMicros });
  const what = left.length === 0 ? "nothing of it runs" : `left to go on by themselves: ${left.join(", ")}`;
  const message = `The run ${run.id} of the recovery plan ${run.planName} was given up; ${what}.`;
  const detail = { run: run.id };
  events.add(actorOf(run), { severity: "warning", kind: "plan-run-given-up", subject: run.planName, message, detail });
  changed.notify();
}

function failureOf({ store }: RunMeans, run: PlanRunRow): Error {
  const steps = store.planRuns.stepsOf(run.id);
  const named = (wanted: string): string[] =>
    steps.filter(({ state }) => state === wanted).map(({ definition }) => definition.name);
  return planRunFailed({ plan: run.planName, run: run.id, failed: named("failed"), leftOut: named("left-out") });
}

/** One run while this process carries it. */
class Running {
  readonly #means: RunMeans;
  readonly #run: PlanRunRow;
  readonly #signal: AbortSignal;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #definitions: readonly PlanRunStepRow["definition"][];
  #mistake: { readonly error: unknown } | undefined;

  constructor(means: RunMeans, run: PlanRunRow, signal: AbortSignal) {
    this.#means = means;
    this.#run = run;
    this.#signal = signal;
    this.#definitions = inOrder(means.store.planRuns.stepsOf(run.id).map(({ definition }) => definition));
  }

  /** @throws the signal's reason when it aborts first */
  async untilEnded(): Promise<void> {
    const { changed, clock } = this.#means;
    this.#takeUp();
    try {
      for (;;) {
        const next = changed.next();
        if (this.#mistake !== undefined) throw this.#mistake.error;
        const now = this.#advance();
        if (now === "ended") return;
        if (now === "waiting") await orAborted(next, this.#signal);
        // However many steps there are, the server does its other work between.
        await clock.sleep(0, this.#signal);
      }
    } finally {
      // Only an abort leaves some: they heed the same signal.
      await Promise.allSettled(this.#underWay.values());
    }
  }

  /** What a stop of the server left: a script is not run again, since nobody knows how far it came. */
  #takeUp(): void {
    const { store } = this.#means;
    for (const row of store.planRuns.stepsOf(this.#run.id)) {
      if (row.state !== "running") continue;
      if (row.definition.kind === "script") ask(this.#means, this.#run, row, INTERRUPTED);
      else this.#carry(row);
    }
  }

  /** Begins what can be begun now, a part of it when that is much. */
  #advance(): "ended" | "waiting" | "more" {
    const { store, clock } = this.#means;
    const states = store.planRuns.statesOf(this.#run.id);
    const { begin: ready, leaveOut } = decide(this.#definitions, states);
    store.transaction(() => {
      for (const { name, why } of leaveOut)
        moveStep(store, this.#row(name), { to: "left-out", nowMicros: clock.wallMicros(), facts: { said: why } });
    });
    const begun = this.#within(ready);
    for (const name of begun) this.#begin(name);
    // What could not even be begun may decide of others.
    if (begun.length > 0 || leaveOut.length > 0) return "more";
    if (ready.length > 0 || this.#underWay.size > 0 || [...states.values()].includes("asking")) return "waiting";
    this.#end();
    return "ended";
  }

  /** Of what is ready, as much as there is room for; a person and a time take none. */
  #within(ready: readonly string[]): string[] {
    const kinds = new Map(this.#definitions.map(({ name, kind }) => [name, kind]));
    const takesRoom = (name: string): boolean => !["manual", "wait"].includes(kinds.get(name) ?? "");
    const room = PLAN_STEPS_AT_ONCE_MAX - [...this.#underWay.keys()].filter(takesRoom).length;
    const working = ready.filter(takesRoom).slice(0, Math.max(0, room));
    return [...ready.filter((name) => !takesRoom(name)).slice(0, PLAN_STEPS_AT_ONCE_MAX), ...working];
  }

  #begin(name: string): void {
    begin(this.#means, this.#run, this.#row(name));
    const row = this.#row(name);
    if (row.state === "running") this.#carry(row);
  }

  #carry(row: PlanRunStepRow): void {
    const { name } = row.definition;
    const work = carry(this.#means, { run: this.#run, row, signal: this.#signal })
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#mistake = { error };
      })
      .finally(() => {
        this.#underWay.delete(name);
        this.#means.changed.notify();
      });
    this.#underWay.set(name, work);
  }

  #row(name: string): PlanRunStepRow {
    const row = this.#means.store.planRuns.step(this.#run.id, name);
    assert(row !== undefined, "a run's steps stay");
    return row;
  }

  #end(): void {
    const { store, clock, events } = this.#means;
    const run = this.#run;
    const steps = store.planRuns.stepsOf(run.id);
    assert(steps.every(hasStepEnded), "a run ends when all of its steps have ended");
    const failed = steps.filter(({ state }) => state === "failed").map(({ definition }) => definition.name);
    store.transaction(() => {
      endRun(store, run, { to: failed.length === 0 ? "succeeded" : "failed", nowMicros: clock.wallMicros() });
      const how = failed.length === 0 ? "has succeeded" : `has ended; failed: ${failed.join(", ")}`;
      const message = `The run ${run.id} (${run.kind}) of the recovery plan ${run.planName} ${how}.`;
      const severity = failed.length === 0 ? "info" : "warning";
      const detail = { run: run.id };
      events.add(actorOf(run), { severity, kind: "plan-run-ended", subject: run.planName, message, detail });
    });
  }
}

const INTERRUPTED =
  "The config server stopped while the script ran, and nobody knows how far it came; it is not run again. See to it, and say whether what it is for is done.";
