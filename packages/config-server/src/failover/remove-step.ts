// Ends: the machine at the target goes, with all that it wrote over its point. Where the source had been fenced, it gets the machine back first or after.
import type { FailoverState } from "@leeward/api";
import { SELF } from "../events/event-log.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { giveAuthorityBack } from "./authority.ts";
import { removeReplicaSurely } from "./replica-removal.ts";
import { epochsOf, machineNameOf, type StepMeans, type Trying } from "./step.ts";
import { moveFailover, ruleOf } from "./transitions.ts";

/**
 * Takes back what was begun: nothing is left at the target, and the source goes on where it was. Where no machine was asked for, the source does not wait for the
 * target: what that raised, if it did, is below the epoch with which the source comes.
 */
export function takeBack(to: "failed" | "cancelled") {
  return async (means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> => {
    const wasAsked = row.chosen !== null;
    if (wasAsked) await removeReplicaSurely(means, row, signal);
    if (!ruleOf(row).isFenced) end(means, row, to, undefined);
    else end(means, row, to, wasAsked ? await giveAuthorityBack(means, row, signal) : epochsOf(row).to + 1);
  };
}

/** What the machine wrote is part of the journal by now, or was that of a test. */
export async function cleanUp(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  await removeReplicaSurely(means, row, signal);
  end(means, row, row.kind === "test" ? "cleaned-up" : "failed-back", undefined);
}

function end(
  means: StepMeans,
  row: FailoverRow,
  to: keyof typeof ENDED & FailoverState,
  epoch: number | undefined,
): void {
  const { store, clock, events, plansChanged } = means;
  const subject = machineNameOf(means, row);
  store.transaction(() => {
    if (!moveFailover(store, row, { to, nowMicros: clock.wallMicros() })) return;
    if (epoch !== undefined) store.members.raiseEpoch(row.machineId, epoch);
    const { kind, severity, say } = ENDED[to];
    const detail = { failover: row.id };
    events.add(SELF, { severity, kind, subject, message: say(`${row.kind} failover ${row.id} of ${subject}`), detail });
  });
  plansChanged();
}

const ENDED = {
  failed: {
    kind: "failover-taken-back",
    severity: "warning",
    say: (of: string) => `The ${of} failed; nothing of it is left.`,
  },
  cancelled: {
    kind: "failover-cancelled",
    severity: "warning",
    say: (of: string) =>
      `The ${of} was cancelled: its source goes on, and nothing that the replica machine wrote is left.`,
  },
  "cleaned-up": {
    kind: "failover-cleaned-up",
    severity: "info",
    say: (of: string) => `Nothing of the ${of} is left.`,
  },
  "failed-back": {
    kind: "failover-failed-back",
    severity: "info",
    say: (of: string) => `The ${of} was failed back: its source goes on with all that the replica machine wrote.`,
  },
} as const;
