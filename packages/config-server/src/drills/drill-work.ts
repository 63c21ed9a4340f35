// Carries a drill on from the state that it stands in, step by step, until it has ended with its signed report. Every step may have been begun before, by a
// server that was stopped.
import { isFault, unreachable } from "@leeward/base";
import { SELF } from "../events/event-log.ts";
import { DRILLS_KEPT } from "../limits.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import { clear, compare } from "./clear-step.ts";
import { type Carried, type DrillContext, machineNameOf, problemOf } from "./drill-context.ts";
import { outcomeOf, reportOf } from "./drill-report.ts";
import { check, start } from "./machine-step.ts";
import { choose, digest } from "./prepare-step.ts";
import { advance, isOver } from "./transitions.ts";

/** Where a fault of a step leads. */
const AFTER_FAULT = {
  choosing: "clearing",
  digesting: "clearing",
  starting: "clearing",
  checking: "clearing",
  comparing: "reporting",
} as const;

/** Settles with the drill as it ended. Rejects when the signal aborts, and on a mistake of ours. */
export async function carryDrill(
  context: DrillContext & Pick<Carried, "signal" | "onRead">,
  id: string,
): Promise<DrillRow | undefined> {
  for (;;) {
    context.signal.throwIfAborted();
    const row = context.store.drills.byId(id);
    if (row === undefined || isOver(row)) return row;
    const carried = { ...context, row };
    try {
      await step(carried);
    } catch (error) {
      if (!isFault(error) || context.signal.aborted) throw error;
      if (row.state === "clearing" || row.state === "reporting" || row.state === "passed" || row.state === "failed")
        throw error;
      const nowMicros = context.clock.wallMicros();
      advance(context.store, row, { to: AFTER_FAULT[row.state], nowMicros, problem: problemOf(error) });
    }
  }
}

function step(carried: Carried): Promise<void> {
  switch (carried.row.state) {
    case "choosing":
      return choose(carried);
    case "digesting":
      return digest(carried);
    case "starting":
      return start(carried);
    case "checking":
      return check(carried);
    case "clearing":
      return clear(carried);
    case "comparing":
      return compare(carried);
    case "reporting":
      return report(carried);
    case "passed":
    case "failed":
      return Promise.resolve();
    default:
      return unreachable(carried.row.state);
  }
}

/** Report, end and event are stored in one. */
async function report(carried: Carried): Promise<void> {
  const { store, clock, events, row, sign, serverId, softwareVersion } = carried;
  const machineName = machineNameOf(carried);
  const endedMicros = clock.wallMicros();
  const targetName = store.members.byId(row.masterTargetId)?.name ?? row.masterTargetId;
  const screenPng = store.drills.screenOf(row.id);
  const made = reportOf(row, { machineName, targetName, serverId, softwareVersion, screenPng, endedMicros });
  const signed = JSON.stringify({ report: made, signature: await sign(made) });
  const outcome = outcomeOf(row.evidence);
  store.transaction(() => {
    if (!advance(store, row, { to: outcome, nowMicros: endedMicros })) return;
    store.drills.putReport(row.id, signed);
    store.drills.prune(row.machineId, DRILLS_KEPT);
    const why = made.problems.map(({ message }) => ` ${message}`).join("");
    const message = `The drill ${row.id} of ${machineName} ${outcome}.${why}`;
    const severity = outcome === "passed" ? "info" : "warning";
    events.add(SELF, { severity, kind: `drill-${outcome}`, subject: machineName, message, detail: { drill: row.id } });
  });
}
