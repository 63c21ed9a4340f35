// Who may write for a machine: its epoch, which the master target decides and the config server notes after it.
import { assert, isFault } from "@leeward/base";
import type { RaiseEpoch } from "@leeward/proto";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { epochsOf, type StepMeans, surely, targetOf } from "./step.ts";

/** From when it settles the target takes nothing of the source any more. @throws Fault `epoch-contested` */
export async function takeAuthority(means: StepMeans, row: FailoverRow, signal: AbortSignal): Promise<void> {
  await raise(means, row, { ...epochsOf(row), signal });
}

/**
 * Gives the machine back to its source, whatever became of taking it; returns the epoch from which the source goes on, which the caller stores with the
 * state that allows it. @throws Fault `epoch-contested`
 */
export async function giveAuthorityBack(means: StepMeans, row: FailoverRow, signal: AbortSignal): Promise<number> {
  const { from, to } = epochsOf(row);
  const back = { from: to, to: to + 1, signal };
  try {
    await raise(means, row, back);
  } catch (error) {
    // It was given up before the target had raised it for the failover: then it does now, so that the epoch that is given back is a new one.
    if (!isFault(error, "epoch-contested") || row.state === "handing-back") throw error;
    await raise(means, row, { from, to, signal });
    await raise(means, row, back);
  }
  return back.to;
}

async function raise(
  means: StepMeans,
  row: FailoverRow,
  { from, to, signal }: { readonly from: number; readonly to: number; readonly signal: AbortSignal },
): Promise<void> {
  assert(to > from, "an epoch only rises");
  const { requests } = means;
  const value = { machineId: row.machineId, from, to, claimId: row.id };
  await surely(means, signal, () => requests.ask(targetOf(means, row), { kind: "raiseEpoch", value }, { signal }));
  await Promise.all(furtherTargetsOf(means, row).map((target) => follow(means, target, { value, signal })));
}

/** Where the machine's disks go beside the target that decides. */
function furtherTargetsOf({ store }: StepMeans, { machineId }: FailoverRow): MemberRow[] {
  const ids = store.disks.ofMachine(machineId).flatMap(({ id }) => store.furtherTargets.of(id));
  return Array.from(new Set(ids.map(({ targetId }) => targetId))).flatMap((id) => store.members.byId(id) ?? []);
}

/** One that is away, or has another epoch, is told by its plan: the target that decides has decided. */
async function follow(
  { requests, isOnline }: StepMeans,
  target: MemberRow,
  { value, signal }: { readonly value: RaiseEpoch; readonly signal: AbortSignal },
): Promise<void> {
  if (!isOnline(target.id)) return;
  try {
    await requests.ask(target, { kind: "raiseEpoch", value }, { signal });
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
  }
}
