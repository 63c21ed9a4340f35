// What a drill can be, and what may follow on what. Each state is stored before its effect, by compare-and-swap; whatever goes wrong on the way leads through
// the same clearing, comparing and reporting as what goes right, so that every drill ends with a report and without remains.
//
//   choosing ──► digesting ──► starting ──► checking ──► clearing ──► comparing ──► reporting ──► passed, failed
//      └─────────────┴─────────────┴── a fault, a cancel ───┘
import type { DrillState } from "@leeward/api";
import { assert } from "@leeward/base";
import type { DrillEvidence, DrillRow } from "../store/drill-rows.ts";
import type { Store } from "../store/store.ts";

const NEXT: Readonly<Record<DrillState, readonly DrillState[]>> = {
  choosing: ["digesting", "clearing"],
  digesting: ["starting", "clearing"],
  starting: ["checking", "clearing"],
  checking: ["clearing"],
  clearing: ["comparing"],
  comparing: ["reporting"],
  reporting: ["passed", "failed"],
  passed: [],
  failed: [],
};

/** What became known, and what failed the drill. */
export interface DrillChange extends Partial<Omit<DrillEvidence, "problems" | "interruptions">> {
  readonly problem?: DrillEvidence["problems"][number];
}

export function isOver({ state }: Pick<DrillRow, "state">): boolean {
  return NEXT[state].length === 0;
}

/** Whether a cancel can still have less of it done. */
export function mayBeCut({ state }: Pick<DrillRow, "state">): boolean {
  return state !== "clearing" && NEXT[state].includes("clearing");
}

/** Moves it on, durably; an end is stamped. False when somebody else has moved it since it was read: then nothing is changed. */
export function advance(
  store: Store,
  row: DrillRow,
  { to, nowMicros, ...change }: DrillChange & { readonly to: DrillState; readonly nowMicros: number },
): boolean {
  assert(NEXT[row.state].includes(to), `a drill does not go from ${row.state} to ${to}`);
  return store.transaction(() => {
    const now = store.drills.byId(row.id);
    if (now?.state !== row.state) return false;
    const { problem, ...found } = change;
    const problems = problem === undefined ? now.evidence.problems : [...now.evidence.problems, problem];
    const evidence = { ...now.evidence, ...found, problems };
    const end = isOver({ state: to }) ? { endedMicros: nowMicros } : {};
    return store.drills.move(row.id, { from: row.state, to }, { evidence, ...end });
  });
}

/** Notes that something came between, for the report; at most `most` of them. */
export function noteInterruption(
  store: Store,
  row: DrillRow,
  { why, nowMicros, most }: { readonly why: string; readonly nowMicros: number; readonly most: number },
): void {
  store.transaction(() => {
    const now = store.drills.byId(row.id);
    if (now === undefined || isOver(now) || now.evidence.interruptions.length >= most) return;
    const interruptions = [...now.evidence.interruptions, { micros: nowMicros, state: now.state, why }];
    store.drills.move(row.id, { from: now.state, to: now.state }, { evidence: { ...now.evidence, interruptions } });
  });
}
