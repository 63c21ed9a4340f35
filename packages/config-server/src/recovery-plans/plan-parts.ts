import type { Job } from "@leeward/api";
import { Waiters } from "@leeward/base";
import type { StepMeans } from "../failover/step.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { planCleanupWork } from "./cleanup-work.ts";
import { type DryRun, dryRun } from "./dry-run.ts";
import { guestScripts } from "./guest-scripts.ts";
import { NodeScripts, nodeHealthCheck } from "./node-actions.ts";
import { RecoveryPlans } from "./recovery-plans.ts";
import type { RunMeans } from "./run-means.ts";
import { planWork } from "./run-work.ts";

/** All that there is of recovery plans in a server. */
export interface PlanParts {
  readonly recoveryPlans: RecoveryPlans;
  readonly dryRun: DryRun;
  readonly scripts: NodeScripts;
  readonly works: Readonly<Record<Extract<Job["kind"], `recovery-plan${string}`>, JobWork>>;
}

/** Below the home: executables that recovery plans may run. */
const SCRIPTS_NAME = "scripts";

export function planParts(means: StepMeans, home: string, later: Pick<RunMeans, "jobs" | "failovers">): PlanParts {
  const { clock } = means;
  const scripts = new NodeScripts({ folder: `${home}/${SCRIPTS_NAME}`, clock });
  const actions = { scripts, health: nodeHealthCheck(clock), guestScripts: guestScripts(means) };
  const runMeans: RunMeans = { ...means, ...later, ...actions, changed: new Waiters() };
  return {
    recoveryPlans: new RecoveryPlans(runMeans),
    dryRun: (of) => dryRun({ ...means, scripts }, of),
    scripts,
    works: { "recovery-plan": planWork(runMeans), "recovery-plan-cleanup": planCleanupWork(runMeans) },
  };
}
