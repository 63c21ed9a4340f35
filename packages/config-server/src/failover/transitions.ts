// What a failover can be, and what may follow on what: the one place that says so. Each change of state is stored before what it allows is done,
// by compare-and-swap; who carries a state forward stands beside it.
//
//   test        preparing ──► starting ──► running ──► cleaning-up ──► cleaned-up
//                   │             └──► undoing ──┐
//                   └────────────────────────────┴──► failed
//
//   planned,    preparing ──► fencing ──► starting ──► commit-pending ──► committed ──► reversing ──► halting ──► handing-back ──► cleaning-up ──► failed-back
//   unplanned       │            │          ▲  │         │    │  ▲                        ▲            │
//                   │            │          │  │         │    ▼  │                        └─ resuming ◄┘
//                   │            │          └──┼─────────┼─ changing
//                   │            └──► undoing ◄┘         └──► cancelling ──► cancelled
//                   └───────────────────┴──► failed

import type { FailoverState } from "@leeward/api";
import { assert } from "@leeward/base";
import type { FailoverChange, FailoverKind, FailoverRow } from "../store/failover-rows.ts";
import type { Store } from "../store/store.ts";

export interface StateRule {
  /** None for an end. */
  readonly next: readonly FailoverState[];
  /** `job`: the job that was asked for carries it forward; `server`: so does the server by itself when there is no job; `person`: it stands until somebody asks for what follows. */
  readonly carriedBy: "job" | "server" | "person" | "nobody";
  /** Whether the master target may have something of it. */
  readonly isAtTarget: boolean;
  /** Whether the source is to take no writes. */
  readonly isFenced: boolean;
  /** Whether the source's disks are brought to what the replica machine's are. */
  readonly isReversed: boolean;
}

const IDLE = { isAtTarget: false, isFenced: false, isReversed: false };
const AT_TARGET = { ...IDLE, isAtTarget: true };
const FENCED = { ...AT_TARGET, isFenced: true };
const REVERSED = { ...FENCED, isReversed: true };

type Rules = Readonly<Partial<Record<FailoverState, StateRule>>>;

const TEST: Rules = {
  preparing: { next: ["starting", "failed"], carriedBy: "job", ...IDLE },
  starting: { next: ["running", "undoing"], carriedBy: "job", ...AT_TARGET },
  running: { next: ["cleaning-up"], carriedBy: "person", ...AT_TARGET },
  undoing: { next: ["failed"], carriedBy: "server", ...AT_TARGET },
  "cleaning-up": { next: ["cleaned-up"], carriedBy: "job", ...AT_TARGET },
  failed: { next: [], carriedBy: "nobody", ...IDLE },
  "cleaned-up": { next: [], carriedBy: "nobody", ...IDLE },
};

const REAL: Rules = {
  preparing: { next: ["fencing", "failed"], carriedBy: "job", ...IDLE },
  fencing: { next: ["starting", "undoing"], carriedBy: "job", ...FENCED },
  starting: { next: ["commit-pending", "undoing"], carriedBy: "server", ...FENCED },
  "commit-pending": { next: ["changing", "committed", "cancelling"], carriedBy: "person", ...FENCED },
  changing: { next: ["starting", "commit-pending"], carriedBy: "server", ...FENCED },
  committed: { next: ["reversing"], carriedBy: "person", ...FENCED },
  reversing: { next: ["halting", "committed"], carriedBy: "person", ...REVERSED },
  halting: { next: ["handing-back", "resuming"], carriedBy: "job", ...REVERSED },
  resuming: { next: ["reversing"], carriedBy: "server", ...REVERSED },
  "handing-back": { next: ["cleaning-up"], carriedBy: "server", ...REVERSED },
  "cleaning-up": { next: ["failed-back"], carriedBy: "server", ...AT_TARGET },
  undoing: { next: ["failed"], carriedBy: "server", ...FENCED },
  cancelling: { next: ["cancelled"], carriedBy: "server", ...FENCED },
  failed: { next: [], carriedBy: "nobody", ...IDLE },
  cancelled: { next: [], carriedBy: "nobody", ...IDLE },
  "failed-back": { next: [], carriedBy: "nobody", ...IDLE },
};

/** By kind and state; a state that a kind does not have is not there. */
export const TRANSITIONS: Readonly<Record<FailoverKind, Rules>> = { test: TEST, planned: REAL, unplanned: REAL };

/** What holds for a failover as it is. */
export function ruleOf({ kind, state }: Pick<FailoverRow, "kind" | "state">): StateRule {
  const rule = TRANSITIONS[kind][state];
  assert(rule !== undefined, `a ${kind} failover is never ${state}`);
  return rule;
}

/** Whether nothing follows any more. */
export function isEnd(row: Pick<FailoverRow, "kind" | "state">): boolean {
  return ruleOf(row).next.length === 0;
}

/** Moves it on, durably; an end is stamped. False when somebody else has moved it since it was read. Facts are added to those that are known. */
export function moveFailover(
  store: Store,
  row: FailoverRow,
  { to, nowMicros, facts, ...change }: FailoverChange & { readonly to: FailoverState; readonly nowMicros: number },
): boolean {
  assert(ruleOf(row).next.includes(to), `a ${row.kind} failover does not go from ${row.state} to ${to}`);
  const end = isEnd({ kind: row.kind, state: to }) ? { endedMicros: nowMicros } : {};
  const known = facts === undefined ? {} : { facts: { ...row.facts, ...facts } };
  return store.failovers.move(row.id, { from: row.state, to }, { ...change, ...known, ...end });
}

/** Stores what became known of it, in the state that it is in. False when somebody else has moved it since it was read. */
export function noteFailover(store: Store, row: FailoverRow, facts: FailoverRow["facts"]): boolean {
  return store.failovers.move(row.id, { from: row.state, to: row.state }, { facts: { ...row.facts, ...facts } });
}
