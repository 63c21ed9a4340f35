// After a planned failover: the source, which is stopped, and the point that the replica machine was started from are compared block by block.
import { SELF } from "../events/event-log.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { chosenOf, machineNameOf, type StepMeans, surely, type Trying } from "./step.ts";
import { noteFailover } from "./transitions.ts";

/** Whether the two can be compared, and were not: what the source holds must be what it was when it stopped. */
export function isProofWanted({ kind, state, facts }: FailoverRow): boolean {
  const isResting = state === "commit-pending" || state === "committed";
  return kind === "planned" && isResting && facts.fence === "fenced" && facts.proof === undefined;
}

/** What differs is an alarm, and stays: neither side is changed for it. */
export async function prove(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  if (!isProofWanted(row)) return;
  const { store, events, verifier } = means;
  let comparedBytes = 0;
  let differingBytes = 0;
  for (const diskId of chosenOf(row).diskIds) {
    const disk = store.disks.byId(diskId);
    if (disk === undefined) continue;
    for (let offset = 0, diskBytes = 1; offset < diskBytes; ) {
      const at = offset;
      const look = await surely(means, signal, () => verifier.look(disk, at, signal));
      comparedBytes += look.comparedBytes;
      differingBytes += look.differing.totalBytes + look.skipped.totalBytes;
      diskBytes = look.diskBytes;
      offset += look.length;
    }
  }
  if (!noteFailover(store, row, { proof: { comparedBytes, differingBytes } })) return;
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
