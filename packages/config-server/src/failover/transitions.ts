// What a failover can be, and what may follow on what: the one place that says so. Each change of state is stored before what it allows is done,
// by compare-and-swap; who carries a state forward stands beside it.
//
//   preparing ──► starting ──► running ──► cleaning-up ──► cleaned-up
//       │             └──► undoing ──┐
//       └────────────────────────────┴──► failed

import type { FailoverState } from "@leeward/api";
import { assert } from "@leeward/base";
import type { FailoverChange, FailoverKind, FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";

export interface StateRule {
  /** None for an end. */
  readonly next: readonly FailoverState[];
  /** The job that carries it forward; `server`: it does so by itself; `person`: it stands until somebody asks for what follows. */
  readonly carriedBy: Extract<JobRow["kind"], `failover-${string}`> | "server" | "person" | "nobody";
  /** Whether the master target may have something of it. */
  readonly isAtTarget: boolean;
}

/** By kind and state; a state that a kind does not have is not there. */
export const TRANSITIONS: Readonly<Record<FailoverKind, Readonly<Partial<Record<FailoverState, StateRule>>>>> = {
  test: {
    preparing: { next: ["starting", "failed"], carriedBy: "failover-test", isAtTarget: false },
    starting: { next: ["running", "undoing"], carriedBy: "failover-test", isAtTarget: true },
    running: { next: ["cleaning-up"], carriedBy: "person", isAtTarget: true },
    undoing: { next: ["failed"], carriedBy: "server", isAtTarget: true },
    "cleaning-up": { next: ["cleaned-up"], carriedBy: "failover-cleanup", isAtTarget: true },
    failed: { next: [], carriedBy: "nobody", isAtTarget: false },
    "cleaned-up": { next: [], carriedBy: "nobody", isAtTarget: false },
  },
};

/** What holds for a failover as it is. */
export function ruleOf({ kind, state }: Pick<FailoverRow, "kind" | "state">): StateRule {
  const rule = TRANSITIONS[kind][state];
  assert(rule !== undefined, `a ${kind} failover is never ${state}`);
  return rule;
}

/** Whether nothing follows any more. */
export function isEnd({ kind, state }: Pick<FailoverRow, "kind" | "state">): boolean {
  return ruleOf({ kind, state }).next.length === 0;
}

/** Moves it on, durably; an end is stamped. False when somebody else has moved it since it was read. */
export function moveFailover(
  store: Store,
  row: FailoverRow,
  { to, nowMicros, ...change }: FailoverChange & { readonly to: FailoverState; readonly nowMicros: number },
): boolean {
  assert(ruleOf(row).next.includes(to), `a ${row.kind} failover does not go from ${row.state} to ${to}`);
  const end = isEnd({ kind: row.kind, state: to }) ? { endedMicros: nowMicros } : {};
  return store.failovers.move(row.id, { from: row.state, to }, { ...change, ...end });
}
