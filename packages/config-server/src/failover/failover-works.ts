import type { Job } from "@leeward/api";
import type { JobWork } from "../jobs/job-runner.ts";
import { advanceWork } from "./advance.ts";
import { proofWork } from "./source-proof.ts";
import type { StepMeans } from "./step.ts";

/** What each kind of job does for a failover. */
export function failoverWorks(means: StepMeans): Readonly<Record<Extract<Job["kind"], `failover-${string}`>, JobWork>> {
  const advance = advanceWork(means);
  return {
    "failover-test": advance,
    "failover-planned": advance,
    "failover-proof": proofWork(means),
    "failover-unplanned": advance,
    "failover-change-point": advance,
    "failover-cancel": advance,
    "failover-cleanup": advance,
    "failover-reprotect": advance,
    "failover-failback": advance,
  };
}
