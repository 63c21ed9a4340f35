// Nothing is begun yet: whether there is a point that the machine could be started from, and for a test which one.
import { isFault, MICROS_PER_MS } from "@leeward/base";
import { POINT_CHOICE_TRIED_MS_MAX, REPLICA_RETRY_MS } from "../limits.ts";
import type { ChosenPoint, FailoverRow } from "../store/failover-rows.ts";
import { chosenPoint } from "./choose-point.ts";
import { failoverMachineGone } from "./failover-faults.ts";
import { findPoint } from "./point-choice.ts";
import { isPassing, machineNameOf, type StepMeans, type Trying } from "./step.ts";
import { moveFailover } from "./transitions.ts";

export async function prepare(means: StepMeans, row: FailoverRow, trying: Trying): Promise<void> {
  const { store, clock, plansChanged } = means;
  const { begunMicros, signal } = trying;
  try {
    const chosen = await choose(means, row, { at: row.settings.at, signal });
    const nowMicros = clock.wallMicros();
    if (row.kind === "test") moveFailover(store, row, { to: "starting", chosen, nowMicros });
    else {
      const from = store.members.byId(row.machineId)?.epoch;
      if (from === undefined) throw failoverMachineGone(row.machineId);
      moveFailover(store, row, { to: "fencing", nowMicros, facts: { epoch: { from, to: from + 1 } } });
      plansChanged();
    }
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    const untilMicros = begunMicros + POINT_CHOICE_TRIED_MS_MAX * MICROS_PER_MS;
    if (!isPassing(error) || clock.monotonicMicros() >= untilMicros) throw error;
    await clock.sleep(REPLICA_RETRY_MS, signal);
  }
}

/** The point that is meant now, and the machine's disks in it. @throws Fault `point-missing`, `failover-incomplete`, and what the target says */
export async function choose(
  means: StepMeans,
  row: FailoverRow,
  which: { readonly at: string; readonly signal: AbortSignal },
): Promise<ChosenPoint> {
  const point = await findPoint(means, row, which);
  const disks = means.store.disks.ofMachine(row.machineId);
  return chosenPoint(point, { machine: machineNameOf(means, row), disks, settings: row.settings });
}
