// After a planned failover: the source, which is stopped, and the point that the replica machine was started from are compared block by block.
import { SELF } from "../events/event-log.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { failoverIdOf } from "./failover-job.ts";
import { chosenOf, machineNameOf, type StepMeans, surely } from "./step.ts";
import { noteFailover } from "./transitions.ts";

/** Whether the two can be compared, and were not: what the source holds must be what it was when it stopped. */
export function isProofWanted({ kind, state, facts }: FailoverRow): boolean {
  const isResting = state === "commit-pending" || state === "committed";
  const isAtLastPoint = facts.next === undefined;
  return kind === "planned" && isResting && isAtLastPoint && facts.fence === "fenced" && facts.proof === undefined;
}

/** A job of its own: what else becomes of the failover is not its business, and ends it. */
export function proofWork(means: StepMeans): JobWork {
  return {
    resumable: true,
    async run(job, signal) {
      const row = means.store.failovers.byId(failoverIdOf(job));
      if (row === undefined) return null;
      try {
        await prove(means, row, signal);
      } catch (error) {
        // The source is no longer what it was when it stopped.
        if (isProofWanted(means.store.failovers.byId(row.id) ?? row)) throw error;
      }
      return null;
    },
    undo: () => undefined,
    progressOf: () => null,
  };
}

/** What differs is an alarm, and stays: neither side is changed for it. */
async function prove(means: StepMeans, row: FailoverRow, signal: AbortSignal): Promise<void> {
  const { store, events, verifier } = means;
  let comparedBytes = 0;
  let differingBytes = 0;
  for (const diskId of chosenOf(row).diskIds) {
    const disk = store.disks.byId(diskId);
    if (disk === undefined) continue;
    for (let offset = 0, diskBytes = 1; offset < diskBytes; ) {
      const at = offset;
      const look = await surely(means, signal, async () => {
        // Asked again, too: a source that is brought to what the machine is answers nothing, for as long as that lasts.
        const present = store.failovers.byId(row.id);
        return present !== undefined && isProofWanted(present) ? verifier.look(disk, at, signal) : undefined;
      });
      if (look === undefined) return;
      comparedBytes += look.comparedBytes;
      differingBytes += look.differing.totalBytes + look.skipped.totalBytes;
      diskBytes = look.diskBytes;
      offset += look.length;
    }
  }
  const present = store.failovers.byId(row.id);
  if (present === undefined || !isProofWanted(present)) return;
  if (!noteFailover(store, present, { proof: { comparedBytes, differingBytes } })) return;
  const subject = machineNameOf(means, row);
  const isEqual = differingBytes === 0;
  events.add(SELF, {
    severity: isEqual ? "info" : "critical",
    kind: isEqual ? "failover-proved" : "failover-differs",
    subject,
    message: isEqual
      ? `The source of ${subject}, stopped, equals the point that its replica machine was started from: ${comparedBytes} bytes compared.`
      : `The source of ${subject}, stopped, differs in ${differingBytes} bytes from the point that its replica machine was started from.`,
    detail: { failover: row.id, comparedBytes, differingBytes },
  });
}
