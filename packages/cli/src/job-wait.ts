import type { Job } from "@leeward/api";
import { WAIT_SECONDS_MAX } from "@leeward/api/plain";
import { Fault, formatBytes, remedyOnPage } from "@leeward/base";
import type { CommandContext } from "./command-context.ts";

/**
 * Follows a job until it has ended, with progress and ETA on a terminal; `onLook` is awaited whenever it was looked at.
 * @throws Fault `wait-timed-out`; the job's own error when it failed, `job-cancelled` when it was cancelled
 */
export async function waitForJob(
  context: CommandContext,
  id: string,
  timeoutSeconds: number | undefined,
  onLook?: (job: Job) => Promise<void>,
): Promise<Job> {
  const { clock, signal } = context.host;
  const client = await context.client();
  const until =
    timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMicros() + timeoutSeconds * 1e6;
  for (;;) {
    const leftSeconds = Math.max(0, (until - clock.monotonicMicros()) / 1e6);
    const isWatched = context.host.stderr.isTerminal || onLook !== undefined;
    const waitSeconds = Math.min(leftSeconds, isWatched ? 1 : WAIT_SECONDS_MAX);
    const job = await client.showJob({ params: { id }, query: { waitSeconds } }, { signal });
    showProgress(context, job);
    await onLook?.(job);
    if (job.state === "succeeded") return job;
    if (job.state === "failed") throw failureOf(job);
    if (job.state === "cancelled") {
      throw new Fault({
        code: "job-cancelled",
        kind: "operator",
        message: `Job ${id} (${job.subject}) was cancelled.`,
        remedy: "Start it again if it is still wanted; `leeward events` says who cancelled it.",
      });
    }
    if (clock.monotonicMicros() >= until) throw timedOut(job, timeoutSeconds ?? 0);
  }
}

function failureOf(job: Job): Fault {
  const { error } = job;
  return new Fault({
    code: "job-failed",
    kind: "transient",
    message: `Job ${job.id} (${job.kind} ${job.subject}) failed: ${error?.message ?? "for no stated reason"}`,
    remedy:
      "The message and the detail `code` name the fault beneath; look that code up here, then run the command again.",
    ...(error !== null && { remedy: error.remedy ?? remedyOnPage(error.code) }),
    detail: { job: job.id, code: error?.code ?? null },
  });
}

function timedOut(job: Job, seconds: number): Fault {
  return new Fault({
    code: "wait-timed-out",
    kind: "transient",
    message: `Job ${job.id} (${job.kind} ${job.subject}) is still ${job.state} after ${seconds} s; it goes on.`,
    remedy: `Follow it with \`leeward job wait ${job.id}\`.`,
    detail: { job: job.id },
  });
}

function showProgress(context: CommandContext, job: Job): void {
  if (!context.host.stderr.isTerminal || context.json || job.progress === null) return;
  const { doneBytes, totalBytes, etaSeconds, doneSteps, totalSteps } = job.progress;
  const eta = etaSeconds === null ? "" : `, ${Math.ceil(etaSeconds)} s left`;
  const done =
    totalSteps === null
      ? `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`
      : `${doneSteps ?? 0} of ${totalSteps} steps`;
  context.host.stderr.write(`\r\u001b[K${job.kind} ${job.subject}: ${done}${eta}`);
  if (job.state !== "running" && job.state !== "queued") context.host.stderr.write("\n");
}
