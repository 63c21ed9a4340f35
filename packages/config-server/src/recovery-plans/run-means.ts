import type { Random, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import type { Failovers } from "../failover/failovers.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import type { PlanRunRow } from "../store/plan-run-rows.ts";
import type { Store } from "../store/store.ts";
import type { GuestScripts, HealthCheck, Scripts } from "./actions.ts";

/** All that runs of recovery plans rest on. */
export interface RunMeans {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly scripts: Scripts;
  readonly health: HealthCheck;
  readonly guestScripts: GuestScripts;
  /** Notified whenever a step has moved. */
  readonly changed: Waiters;
  /** Jobs do the runs, and runs begin failovers, which are jobs: so these two come later. */
  readonly jobs: () => JobRunner;
  readonly failovers: () => Failovers;
}

/** As whom a run acts: whoever asked for it, by its plan. */
export function actorOf({ planName, actor }: PlanRunRow): Actor {
  return { name: `recovery plan ${planName} of ${actor}`, address: null };
}
