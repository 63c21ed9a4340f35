import type { Failover, Job } from "@leeward/api";
import { REFRESH_MS } from "../../api/api-context.tsx";
import { type Answer, useAnswer, useItems } from "../../api/use-answer.ts";
import { hasJobEnded } from "../../parts/job-texts.ts";
import { failoverOfJob } from "./failover-of-job.ts";
import { standsStill } from "./failover-rules.ts";

const LOOK_MS = 1_500;

/** A failover, looked at often while it goes on by itself. */
export function useFailover(idOrMachine: string): Answer<Failover> {
  return useAnswer(
    "showFailover",
    { params: { failover: idOrMachine } },
    {
      refreshMs: (failover) =>
        failover !== undefined && standsStill(failover) && failover.state !== "reversing" ? REFRESH_MS : LOOK_MS,
    },
  );
}

/** The jobs of a failover, newest first; undefined until they are known. */
export function useJobsOf(failover: Failover): readonly Job[] | undefined {
  const refreshMs = (items: readonly Job[] | undefined) =>
    items?.some((job) => !hasJobEnded(job)) === true ? LOOK_MS : REFRESH_MS;
  const jobs = useItems(
    "listJobs",
    { query: { machine: failover.machine, since: failover.createdAt } },
    { refreshMs },
  ).data;
  const failovers = useItems("listFailovers", { query: { machine: failover.machine } }).data;
  if (jobs === undefined || failovers === undefined) return undefined;
  return jobs.filter((job) => job.kind.startsWith("failover-") && failoverOfJob(job, failovers)?.id === failover.id);
}
