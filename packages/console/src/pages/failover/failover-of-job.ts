import type { Failover, Job } from "@leeward/api";

/** Which of a machine's failovers, newest first, a job belongs to: one machine has one that stands at a time, so it is the newest that was there when the job was asked for. */
export function failoverOfJob(job: Job, failovers: readonly Failover[]): Failover | undefined {
  return failovers.find(({ machine, createdAt }) => machine === job.machine && createdAt <= job.createdAt);
}
