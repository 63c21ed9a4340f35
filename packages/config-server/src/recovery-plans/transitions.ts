// What a run and its steps can be, and what may follow on what: the one place that says so. Each change of state is stored before what it allows is
// done, by compare-and-swap, so that no restart has anything begun twice.
//
//   machine       waiting ──► running ──► done | failed              its failover is stored in the transaction that says `running`
//   script        waiting ──► running ──► done | failed              a restart in between: nobody knows how far it came, so a person is asked
//                                └──► asking ──► done | failed
//   manual        waiting ──► asking ──► done | failed
//   wait, health  waiting ──► running ──► done | failed              gone on with, or looked at anew, after a restart
//   all           waiting ──► left-out                               nothing was begun of it, and nothing will be
//                 running ──► left | left-out                        the run was cancelled: what it began goes on, or was nothing
//
//   run           running ──► succeeded | failed | cancelled
//   its cleanup   none ──► under-way ──► done | failed ──► under-way
import type { PlanRunState, PlanStepKind, PlanStepState } from "@leeward/api";
import { assert } from "@leeward/base";
import type { PlanCleanup, PlanRunRow, PlanRunStepRow, PlanStepChange } from "../store/plan-run-rows.ts";
import type { Store } from "../store/store.ts";

export interface StepRule {
  /** None for an end. */
  readonly next: readonly PlanStepState[];
  readonly carriedBy: "run" | "person" | "nobody";
  /** What becomes of it when the run is given up. */
  readonly givenUp: PlanStepState | null;
}

type StepRules = Readonly<Partial<Record<PlanStepState, StepRule>>>;

const END: StepRule = { next: [], carriedBy: "nobody", givenUp: null };
const ENDS = { done: END, failed: END, "left-out": END };
const ASKING: StepRule = { next: ["done", "failed", "left-out"], carriedBy: "person", givenUp: "left-out" };
const waitingFor = (...next: readonly PlanStepState[]): StepRule => ({
  next: [...next, "left-out"],
  carriedBy: "run",
  givenUp: "left-out",
});
const LOOKING: StepRules = {
  waiting: waitingFor("running"),
  running: { next: ["done", "failed", "left-out"], carriedBy: "run", givenUp: "left-out" },
  ...ENDS,
};

export const STEP_TRANSITIONS: Readonly<Record<PlanStepKind, StepRules>> = {
  machine: {
    // A failover that cannot be begun fails at once.
    waiting: waitingFor("running", "failed"),
    running: { next: ["done", "failed", "left"], carriedBy: "run", givenUp: "left" },
    left: END,
    ...ENDS,
  },
  script: {
    waiting: waitingFor("running"),
    running: { next: ["done", "failed", "asking", "left"], carriedBy: "run", givenUp: "left" },
    asking: ASKING,
    left: END,
    ...ENDS,
  },
  manual: { waiting: waitingFor("asking"), asking: ASKING, ...ENDS },
  wait: LOOKING,
  health: LOOKING,
};

export const RUN_TRANSITIONS: Readonly<Record<PlanRunState, readonly PlanRunState[]>> = {
  running: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

const CLEANUP_TRANSITIONS: Readonly<Record<PlanCleanup, readonly PlanCleanup[]>> = {
  none: ["under-way"],
  "under-way": ["done", "failed"],
  failed: ["under-way"],
  done: [],
};

export function stepRuleOf({ definition, state }: Pick<PlanRunStepRow, "definition" | "state">): StepRule {
  const rule = STEP_TRANSITIONS[definition.kind][state];
  assert(rule !== undefined, `a ${definition.kind} step is never ${state}`);
  return rule;
}

export function hasStepEnded(row: Pick<PlanRunStepRow, "definition" | "state">): boolean {
  return stepRuleOf(row).next.length === 0;
}

/** Moves it on, durably; its begin and its end are stamped. False when somebody else has moved it since it was read. Facts are added to those that are known. */
export function moveStep(
  { planRuns }: Pick<Store, "planRuns">,
  row: PlanRunStepRow,
  { to, nowMicros, facts, ...change }: PlanStepChange & { readonly to: PlanStepState; readonly nowMicros: number },
): boolean {
  const { definition, state, runId } = row;
  assert(stepRuleOf(row).next.includes(to), `a ${definition.kind} step does not go from ${state} to ${to}`);
  const begin = to === "running" || to === "asking" ? { begunMicros: nowMicros } : {};
  const end = hasStepEnded({ definition, state: to }) ? { endedMicros: nowMicros } : {};
  const known = facts === undefined ? {} : { facts: { ...row.facts, ...facts } };
  return planRuns.moveStep(
    { runId, name: definition.name },
    { from: state, to },
    { ...change, ...known, ...begin, ...end },
  );
}

/** Ends it. False when it has ended since it was read. */
export function endRun(
  { planRuns }: Pick<Store, "planRuns">,
  { id, state }: PlanRunRow,
  { to, nowMicros }: { readonly to: PlanRunState; readonly nowMicros: number },
): boolean {
  assert(RUN_TRANSITIONS[state].includes(to), `a run does not go from ${state} to ${to}`);
  return planRuns.move(id, { from: state, to, endedMicros: nowMicros });
}

export function moveCleanup({ planRuns }: Pick<Store, "planRuns">, run: PlanRunRow, to: PlanCleanup): boolean {
  assert(CLEANUP_TRANSITIONS[run.cleanup].includes(to), `a cleanup does not go from ${run.cleanup} to ${to}`);
  return planRuns.moveCleanup(run.id, { from: run.cleanup, to });
}
