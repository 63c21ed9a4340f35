// Another point, while the failover is not committed: first it is chosen, then the machine and what it wrote go, then it is started anew.
import { errorBodyOf } from "@leeward/api";
import { isFault } from "@leeward/base";
import type { FailoverRow } from "../store/failover-rows.ts";
import { choose } from "./prepare-step.ts";
import { removeReplicaSurely } from "./replica-removal.ts";
import type { StepMeans, Trying } from "./step.ts";
import { isPassing, surely } from "./step.ts";
import { moveFailover, noteFailover } from "./transitions.ts";

export async function change(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  const { store, clock } = means;
  const { next } = row.facts;
  if (next !== undefined) {
    await removeReplicaSurely(means, row, signal);
    moveFailover(store, row, { to: "starting", chosen: next, nowMicros: clock.wallMicros() });
    return;
  }
  try {
    const chosen = await surely(means, signal, () => choose(means, row, { at: row.settings.at, signal }));
    noteFailover(store, row, { next: chosen });
  } catch (error) {
    if (!isFault(error) || isPassing(error) || signal.aborted) throw error;
    // Nothing was removed: the machine runs on from the point that it has.
    moveFailover(store, row, { to: "commit-pending", error: errorBodyOf(error).error, nowMicros: clock.wallMicros() });
  }
}
