// Jobs whose work a master target does: how they are ended there, and how far they are.
import type { Progress } from "@leeward/api";
import { isFault } from "@leeward/base";
import { progressOf } from "../protection/progress.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

interface TargetJob {
  readonly requests: MemberRequests;
  readonly target: MemberRow;
  readonly jobId: string;
}

/** Asks a target to do a job's work. One whose session ends gives up by itself; one that is asked over a session that goes on is told. */
export async function atTarget<T>(job: TargetJob, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted || isFault(error, "member-timed-out")) await stop(job);
    throw error;
  }
}

async function stop({ requests, target, jobId }: TargetJob): Promise<void> {
  try {
    await requests.ask(target, { kind: "cancelSave", value: { jobId } }, { signal: new AbortController().signal });
  } catch (error) {
    // It is away, and so it has stopped; the job ends as it would have.
    if (!isFault(error)) throw error;
  }
}

/** As whichever target does it says. */
export function progressAtTarget(
  { store, reports }: { readonly store: Store; readonly reports: Reports },
  jobId: string,
): Progress | null {
  const targets = store.members.list().filter(({ role }) => role === "master-target");
  for (const { id } of targets) {
    const status = reports.of(id)?.status;
    const works = status?.kind === "masterTargetStatus" ? status.value.saves : [];
    const work = works.find((each) => each.jobId === jobId);
    if (work !== undefined) return progressOf(work.progress);
  }
  return null;
}
