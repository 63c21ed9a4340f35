import type { PlanRun, PlanRunStep, PlanRunSummary, PlanSummary, RecoveryPlan } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { RunBegun, StoredPlan } from "../recovery-plans/recovery-plans.ts";
import { hasStepEnded } from "../recovery-plans/transitions.ts";
import type { PlanRunRow, PlanRunStepRow } from "../store/plan-run-rows.ts";
import type { RecoveryPlanRow } from "../store/recovery-plan-rows.ts";
import { planSettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { createdMicrosOf, newestPageOf, pageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { jobView } from "./views.ts";

type RecoveryPlanRoute =
  | "listRecoveryPlans"
  | "createRecoveryPlan"
  | "showRecoveryPlan"
  | "readRecoveryPlan"
  | "editRecoveryPlan"
  | "removeRecoveryPlan"
  | "dryRunRecoveryPlan"
  | "runRecoveryPlan"
  | "listPlanRuns"
  | "showPlanRun"
  | "continuePlanRun"
  | "cancelPlanRun"
  | "cleanUpPlanRun";

/** Recovery plans and their runs. */
export function recoveryPlanHandlers(services: Services): Handlers<RecoveryPlanRoute> {
  const { store, jobs } = services;
  const { recoveryPlans: plans, dryRun } = services.plans;
  const stored = ({ plan, warnings }: StoredPlan) => ({ plan: planView(plan, services), warnings: [...warnings] });
  const begun = ({ run, job }: RunBegun) => ({ run: runView(run, services), job: jobView(job, jobs) });
  return {
    listRecoveryPlans: async ({ query }, { within }) =>
      pageOf(query, {
        within,
        rows: store.recoveryPlans.list(),
        key: ({ name }) => [name],
        view: (plan) => planSummary(plan, services),
      }),
    createRecoveryPlan: async ({ body }, { actor }) => stored(plans.create(body, actor)),
    showRecoveryPlan: async ({ params }) => planView(plans.find(params.plan), services),
    readRecoveryPlan: async ({ params }) => {
      const plan = plans.find(params.plan);
      return { name: plan.name, text: plan.text, changedAt: planView(plan, services).changedAt };
    },
    editRecoveryPlan: async ({ params, body }, { actor, requireSeen }) => {
      requireSeen(planSettings(planView(plans.find(params.plan), services)));
      return stored(plans.edit(params.plan, body.text, actor));
    },
    removeRecoveryPlan: async ({ params }, { actor, requireSeen }) => {
      requireSeen(planSettings(planView(plans.find(params.plan), services)));
      return planView(plans.remove(params.plan, actor), services);
    },
    dryRunRecoveryPlan: async ({ params, query }, { signal }) =>
      dryRun({ plan: plans.find(params.plan), order: query ?? { kind: "test" }, signal }),
    runRecoveryPlan: async ({ params, body }, { actor }) => begun(plans.run(params.plan, body, actor)),
    listPlanRuns: async ({ query }, { within }) => {
      const view = (run: PlanRunRow): PlanRunSummary => runSummary(run, services);
      return newestPageOf(query, {
        within,
        rows: (page) => store.planRuns.list(runsOf(query?.plan), page),
        microsOf: createdMicrosOf,
        view,
      });
    },
    showPlanRun: async ({ params }) => runView(plans.findRun(params.run), services),
    continuePlanRun: async ({ params, body }, { actor }) =>
      runView(plans.answer(params.run, params.step, body, actor), services),
    cancelPlanRun: async ({ params }, { actor }) => runView(plans.cancel(params.run, actor), services),
    cleanUpPlanRun: async ({ params, body }, { actor }) => begun(plans.cleanUp(params.run, body.notes, actor)),
  };
}

/** Runs name their plan, and its id, also when it is gone. */
function runsOf(plan: string | undefined): { readonly planId?: string; readonly planName?: string } {
  if (plan === undefined) return {};
  return /^[0-9a-f]{32}$/.test(plan) ? { planId: plan } : { planName: plan };
}

function planFields({ id, name, description, actor, ...plan }: RecoveryPlanRow, { store }: Services) {
  const run = store.planRuns.newestOf(id);
  return {
    id,
    name,
    description,
    createdAt: formatTime(plan.createdMicros),
    changedAt: formatTime(plan.changedMicros),
    actor,
    lastRun: run === undefined ? null : { id: run.id, kind: run.kind, state: run.state },
  };
}

function planView(plan: RecoveryPlanRow, services: Services): RecoveryPlan {
  return { ...planFields(plan, services), steps: [...plan.steps] };
}

function planSummary(plan: RecoveryPlanRow, services: Services): PlanSummary {
  return { ...planFields(plan, services), totalSteps: plan.steps.length };
}

function runFields({ id, planName, kind, state, cleanup, at, forced, jobId, actor, ...run }: PlanRunRow) {
  const times = { createdAt: formatTime(run.createdMicros), endedAt: maybeTime(run.endedMicros) };
  return { id, plan: planName, kind, state, cleanup, at, forced, job: jobId, actor, ...times };
}

function runView(run: PlanRunRow, { store }: Services): PlanRun {
  return { ...runFields(run), steps: store.planRuns.stepsOf(run.id).map(stepView) };
}

function runSummary(run: PlanRunRow, { store }: Services): PlanRunSummary {
  const steps = store.planRuns.stepsOf(run.id);
  return { ...runFields(run), endedSteps: steps.filter(hasStepEnded).length, totalSteps: steps.length };
}

function stepView({ definition, state, facts, error, begunMicros, endedMicros }: PlanRunStepRow): PlanRunStep {
  return {
    ...definition,
    state,
    machineId: facts.machineId ?? null,
    failover: facts.failoverId ?? null,
    job: facts.jobId ?? null,
    said: facts.said ?? null,
    notes: facts.notes ?? null,
    error,
    begunAt: maybeTime(begunMicros),
    endedAt: maybeTime(endedMicros),
  };
}

function maybeTime(micros: number | null): string | null {
  return micros === null ? null : formatTime(micros);
}
