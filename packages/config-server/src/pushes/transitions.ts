// What a push can be, and what may follow on what. Each state is stored before its effect, by compare-and-swap.
//
//   looking ──► changing ──► awaiting ──► settling ──► done
//      └───────────┴────────────┴── a fault, a cancel ──► undoing ──► failed
import type { PushState } from "@leeward/api";
import { assert, Fault, isFault } from "@leeward/base";
import type { PushFound, PushRow } from "../store/push-rows.ts";
import type { Store } from "../store/store.ts";

const NEXT: Readonly<Record<PushState, readonly PushState[]>> = {
  looking: ["changing", "undoing"],
  changing: ["awaiting", "undoing"],
  awaiting: ["settling", "undoing"],
  settling: ["done"],
  undoing: ["failed"],
  done: [],
  failed: [],
};

export function isOver({ state }: Pick<PushRow, "state">): boolean {
  return NEXT[state].length === 0;
}

export function mayBeUndone({ state }: Pick<PushRow, "state">): boolean {
  return NEXT[state].includes("undoing");
}

/** How far it is, of how many steps. */
export function stepsOf({ state }: Pick<PushRow, "state">): {
  readonly doneSteps: number;
  readonly totalSteps: number;
} {
  const order: readonly PushState[] = ["looking", "changing", "awaiting", "settling"];
  return { doneSteps: Math.max(0, order.indexOf(state)), totalSteps: order.length };
}

/** Moves it on, durably; an end is stamped, and what logs in goes with it. False when somebody else has moved it since it was read. */
export function advance(
  store: Store,
  row: PushRow,
  { to, nowMicros, ...change }: PushFound & { readonly to: PushState; readonly nowMicros: number },
): boolean {
  assert(NEXT[row.state].includes(to), `a push does not go from ${row.state} to ${to}`);
  return store.transaction(() => {
    const now = store.pushes.byId(row.id);
    if (now?.state !== row.state) return false;
    const end = isOver({ state: to }) ? { endedMicros: nowMicros } : {};
    return store.pushes.move(row.id, { from: row.state, to }, { found: { ...now.found, ...change }, ...end });
  });
}

/** Notes what is known now, in the state that it is in. */
export function note(store: Store, row: PushRow, change: PushFound): void {
  store.transaction(() => {
    const now = store.pushes.byId(row.id);
    if (now === undefined || isOver(now)) return;
    store.pushes.move(row.id, { from: now.state, to: now.state }, { found: { ...now.found, ...change } });
  });
}

type Problem = NonNullable<PushFound["problem"]>;

export function problemOf(error: unknown): Problem {
  assert(isFault(error), "a mistake of ours is no problem of a push");
  const { code, kind, message, remedy, detail } = error;
  // A push has one process server, and names it; who said it need not stand before each of its words.
  const said = `${String(detail["from"])} says: `;
  return { code, kind, message: message.startsWith(said) ? message.slice(said.length) : message, remedy };
}

export function faultOfProblem(problem: Problem): Fault {
  return new Fault(problem);
}
