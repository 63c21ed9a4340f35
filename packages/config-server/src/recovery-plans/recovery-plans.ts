// What people ask of recovery plans and of their runs: each is stored with the job that does it, in one transaction, and answered from there.
import { errorBodyOf, type PlanAnswer, type PlanRunOrder } from "@leeward/api";
import { randomId } from "@leeward/base";
import { type Actor, SELF } from "../events/event-log.ts";
import { machineUnknown } from "../faults.ts";
import { hasEnded, type JobRunner } from "../jobs/job-runner.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { PlanRunRow, PlanStepDraft } from "../store/plan-run-rows.ts";
import type { RecoveryPlanRow } from "../store/recovery-plan-rows.ts";
import { type ReadPlan, readPlan } from "./document.ts";
import {
  planExists,
  planOrderInvalid,
  planRunEnded,
  planRunNotTest,
  planRunUnderWay,
  planRunUnknown,
  planStepDeclined,
  planStepNotAsking,
  planStepUnknown,
  planUnknown,
} from "./plan-faults.ts";
import type { RunMeans } from "./run-means.ts";
import { runInput } from "./run-work.ts";
import { moveCleanup, moveStep } from "./transitions.ts";

/** A run, and the job that does it or cleans it up. */
export interface RunBegun {
  readonly run: PlanRunRow;
  readonly job: JobRow;
}

export interface StoredPlan {
  readonly plan: RecoveryPlanRow;
  readonly warnings: readonly string[];
}

/** Recovery plans and their runs. */
export class RecoveryPlans {
  readonly #means: RunMeans;

  constructor(means: RunMeans) {
    this.#means = means;
  }

  /** Stores a plan, or with `replace` another document of it. @throws Fault `plan-invalid`, `plan-exists` */
  create(
    { text, name, replace = false }: { readonly text: string; readonly name?: string; readonly replace?: boolean },
    actor: Actor,
  ): StoredPlan {
    const { store, clock, random } = this.#means;
    const read = readPlan(text, name);
    return store.transaction(() => {
      const before = store.recoveryPlans.find(read.name);
      if (before !== undefined) {
        if (!replace) throw planExists(before.name);
        return this.#replace(before, read, actor);
      }
      const nowMicros = clock.wallMicros();
      const row = { ...read, actor: actor.name, createdMicros: nowMicros, changedMicros: nowMicros };
      store.recoveryPlans.insert({ ...row, id: randomId(random) });
      this.#tell(actor, read.name, { kind: "plan-created", what: `was made, with ${read.steps.length} steps.` });
      return this.#stored(read.name);
    });
  }

  /** Another document in its place; runs that go on keep what they began with. @throws Fault `plan-unknown`, `plan-invalid` */
  edit(nameOrId: string, text: string, actor: Actor): StoredPlan {
    const before = this.find(nameOrId);
    const read = readPlan(text, before.name);
    return this.#means.store.transaction(() => this.#replace(before, read, actor));
  }

  /** @throws Fault `plan-unknown`, `plan-run-under-way` */
  remove(nameOrId: string, actor: Actor): RecoveryPlanRow {
    const { store } = this.#means;
    return store.transaction(() => {
      const plan = this.find(nameOrId);
      this.#checkIdle(plan);
      store.recoveryPlans.remove(plan.id);
      this.#tell(actor, plan.name, { kind: "plan-removed", what: "was removed; its runs stay." });
      return plan;
    });
  }

  /** @throws Fault `plan-unknown` */
  find(nameOrId: string): RecoveryPlanRow {
    const plan = this.#means.store.recoveryPlans.find(nameOrId);
    if (plan === undefined) throw planUnknown(nameOrId);
    return plan;
  }

  /** @throws Fault `plan-run-unknown` */
  findRun(id: string): PlanRunRow {
    const run = this.#means.store.planRuns.byId(id);
    if (run === undefined) throw planRunUnknown(id);
    return run;
  }

  /**
   * Begins a run: answers when that is durable.
   * @throws Fault `plan-unknown`, `plan-run-under-way`, `plan-order-invalid`, `machine-unknown`
   */
  run(nameOrId: string, order: PlanRunOrder, actor: Actor): RunBegun {
    const { store, clock, random } = this.#means;
    checkOrder(order);
    const id = randomId(random);
    const jobId = store.transaction(() => {
      const plan = this.find(nameOrId);
      this.#checkIdle(plan);
      const steps = plan.steps.map((definition): PlanStepDraft => {
        if (definition.machine === null) return { definition, facts: {} };
        const machine = store.members.find("agent", definition.machine);
        if (machine === undefined || machine.removedMicros !== null) throw machineUnknown(definition.machine);
        return { definition, facts: { machineId: machine.id } };
      });
      const job = this.#insertJob("recovery-plan", plan.name, id);
      const of = { planId: plan.id, planName: plan.name, kind: order.kind, at: order.at ?? null };
      const begun = { forced: order.force === true, jobId: job, actor: actor.name, createdMicros: clock.wallMicros() };
      store.planRuns.insert({ id, ...of, ...begun, state: "running", cleanup: "none", endedMicros: null }, steps);
      const forced = order.force === true ? ", forced" : "";
      this.#tell(actor, plan.name, {
        kind: "plan-run-asked",
        what: `is to be run (${order.kind}${forced}): ${id}.`,
        detail: { run: id },
      });
      return job;
    });
    return this.#launched(id, jobId);
  }

  /** A person says how a step went. @throws Fault `plan-run-unknown`, `plan-step-unknown`, `plan-step-not-asking` */
  answer(runId: string, step: string, { outcome, notes }: PlanAnswer, actor: Actor): PlanRunRow {
    const { store, clock, changed } = this.#means;
    store.transaction(() => {
      const run = this.findRun(runId);
      const row = store.planRuns.step(runId, step);
      if (row === undefined) throw planStepUnknown(runId, step);
      if (row.state !== "asking") throw planStepNotAsking(step, row.state);
      const error = outcome === "failed" ? { error: errorBodyOf(planStepDeclined(step, notes)).error } : {};
      const facts = notes === undefined ? {} : { notes };
      moveStep(store, row, { to: outcome, nowMicros: clock.wallMicros(), facts, ...error });
      const said = `step ${step} of its run ${runId} is ${outcome}${notes === undefined ? "" : `: ${notes}`}.`;
      this.#tell(actor, run.planName, { kind: "plan-step-answered", what: said, detail: { run: runId, step } });
    });
    changed.notify();
    return this.findRun(runId);
  }

  /** Nothing more is begun; what runs is left as it is, and named in the run. @throws Fault `plan-run-unknown`, `plan-run-ended` */
  cancel(runId: string, actor: Actor): PlanRunRow {
    const run = this.findRun(runId);
    if (run.state !== "running") throw planRunEnded(runId, run.state);
    this.#means.jobs().cancel(run.jobId, actor);
    return this.findRun(runId);
  }

  /** After a restore nobody knows what runs that stand in the backup have done since: they are not gone on with, lest something is done twice. */
  giveUpRestored(): void {
    const { store } = this.#means;
    if (store.facts.get("planRunsRestored") !== "yes") return;
    for (const { jobId } of store.planRuns.underWay()) this.#means.jobs().cancel(jobId, SELF);
    store.facts.set("planRunsRestored", "");
  }

  /**
   * Ends the test failovers of a run that has ended; one that is being cleaned up goes on.
   * @throws Fault `plan-run-unknown`, `plan-run-not-test`, `plan-run-under-way`, `plan-run-ended`
   */
  cleanUp(runId: string, notes: string | undefined, actor: Actor): RunBegun {
    const { store } = this.#means;
    const jobId = store.transaction(() => {
      const run = this.findRun(runId);
      if (run.kind !== "test") throw planRunNotTest(runId, run.kind);
      if (run.state === "running") throw planRunUnderWay(run.planName, runId);
      if (run.cleanup === "done") throw planRunEnded(runId, "cleaned up");
      const underWay = cleanupJobOf(this.#means.jobs(), store.jobs.unfinished(), runId);
      if (underWay !== undefined) return underWay.id;
      moveCleanup(store, run, "under-way");
      this.#tell(actor, run.planName, {
        kind: "plan-cleanup-asked",
        what: `is to be cleaned up: run ${runId}.`,
        detail: { run: runId },
      });
      return this.#insertJob("recovery-plan-cleanup", run.planName, runId, { notes: notes ?? null });
    });
    return this.#launched(runId, jobId);
  }

  #replace(before: RecoveryPlanRow, read: ReadPlan, actor: Actor): StoredPlan {
    const { store, clock } = this.#means;
    const { description, text, steps } = read;
    const changedMicros = clock.wallMicros();
    store.recoveryPlans.change(before.id, { description, text, steps, actor: actor.name, changedMicros });
    this.#tell(actor, before.name, { kind: "plan-edited", what: `was changed: it has ${steps.length} steps.` });
    return this.#stored(before.name);
  }

  #stored(name: string): StoredPlan {
    const plan = this.find(name);
    const { members } = this.#means.store;
    const unknown = plan.steps.flatMap(({ machine }) => {
      const found = machine === null ? undefined : members.find("agent", machine);
      return machine === null || (found !== undefined && found.removedMicros === null) ? [] : [machine];
    });
    return { plan, warnings: unknown.map((machine) => `There is no machine ${machine} yet; the plan cannot be run.`) };
  }

  #checkIdle(plan: RecoveryPlanRow): void {
    const underWay = this.#means.store.planRuns.underWayOf(plan.id);
    if (underWay !== undefined) throw planRunUnderWay(plan.name, underWay.id);
  }

  #insertJob(
    kind: "recovery-plan" | "recovery-plan-cleanup",
    subject: string,
    runId: string,
    more: object = {},
  ): string {
    const { store, clock, random } = this.#means;
    const id = randomId(random);
    const of = { subject, machineId: "", diskId: "", createdMicros: clock.wallMicros() };
    store.jobs.insert({ id, kind, ...of, input: { ...runInput(runId), ...more } });
    return id;
  }

  #launched(runId: string, jobId: string): RunBegun {
    const jobs = this.#means.jobs();
    jobs.launch(jobId);
    return { run: this.findRun(runId), job: jobs.find(jobId) };
  }

  #tell(
    actor: Actor,
    plan: string,
    {
      kind,
      what,
      detail = {},
    }: { readonly kind: string; readonly what: string; readonly detail?: Record<string, string> },
  ): void {
    const message = `The recovery plan ${plan} ${what}`;
    this.#means.events.add(actor, { severity: "info", kind, subject: plan, message, detail });
  }
}

/** @throws Fault `plan-order-invalid` */
export function checkOrder({ kind, at, force }: PlanRunOrder): void {
  if (kind === "planned" && at !== undefined) throw planOrderInvalid("A planned failover is not at a chosen point.");
  if (kind === "test" && force === true) throw planOrderInvalid("A test failover is not forced.");
}

function cleanupJobOf(jobs: JobRunner, unfinished: readonly JobRow[], runId: string): JobRow | undefined {
  const isOfRun = ({ input }: JobRow): boolean =>
    typeof input === "object" && input !== null && "runId" in input && input.runId === runId;
  return unfinished.find(
    (job) => job.kind === "recovery-plan-cleanup" && isOfRun(job) && !hasEnded(jobs.find(job.id).state),
  );
}
