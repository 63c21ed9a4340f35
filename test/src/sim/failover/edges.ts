// What there is to be killed at, generated from the one table of failover states: each edge × each daemon × each place. Where a combination cannot exist, the table
// says why.
import { type FailoverRow, TRANSITIONS } from "@leeward/config-server/testing";
import { DAEMONS, type Daemon } from "./failover-cluster.ts";
import type { FailoverMove } from "./observed-database.ts";

/**
 * Where a daemon is killed, of an edge from one state to the next:
 *
 * - `before the store`: all that the state before had to do is done, and the UPDATE of the row has not run. The transaction that it is in may be open.
 * - `after the store`: its transaction is committed, and nothing that follows on it was done: the same turn of the event loop.
 * - `after the effect`: the first thing that a daemon does because of the new state is done there (a plan applied by the agent, a request answered by the master
 *   target), and whoever waits for the answer has none yet.
 */
export const PLACES = ["before the store", "after the store", "after the effect"] as const;
export type Place = (typeof PLACES)[number];

export type Kind = FailoverRow["kind"];
export const KINDS: readonly Kind[] = ["test", "planned", "unplanned"];

/** `planned: fencing → starting` */
export function edgeName({ kind, from, to }: Pick<FailoverMove, "kind" | "from" | "to">): string {
  return `${kind}: ${from} → ${to}`;
}

export interface Edge {
  readonly name: string;
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  /** Why nothing follows on the store that could be waited for; undefined where something does. */
  readonly noEffect: string | undefined;
}

export const EDGES: readonly Edge[] = KINDS.flatMap((kind) =>
  Object.entries(TRANSITIONS[kind]).flatMap(([from, rule]) =>
    rule.next.map((to) => ({ name: edgeName({ kind, from, to }), kind, from, to, noEffect: noEffect(kind, from, to) })),
  ),
);

/** The states by kind. */
export const STATES: readonly string[] = KINDS.flatMap((kind) =>
  Object.keys(TRANSITIONS[kind]).map((state) => `${kind}: ${state}`),
);

export interface Combination {
  readonly edge: Edge;
  readonly daemon: Daemon;
  readonly place: Place;
}

export const COMBINATIONS: readonly Combination[] = EDGES.flatMap((edge) =>
  DAEMONS.flatMap((daemon) =>
    PLACES.filter((place) => place !== "after the effect" || edge.noEffect === undefined).map((place) => {
      return { edge, daemon, place };
    }),
  ),
);

export function nameOf({ edge, daemon, place }: Combination): string {
  return `${edge.name}, ${daemon}, ${place}`;
}

function noEffect(kind: Kind, from: string, to: string): string | undefined {
  const states: Readonly<Record<string, (typeof TRANSITIONS)[Kind][keyof (typeof TRANSITIONS)[Kind]]>> =
    TRANSITIONS[kind];
  const [before, after] = [states[from], states[to]];
  if (before === undefined || after === undefined) return "there is no such state";
  if (before.isFenced !== after.isFenced || before.isReversed !== after.isReversed) return undefined;
  if (after.next.length === 0) return `${to} is an end, and the source's plan is what it was`;
  if (after.carriedBy === "person") return `${to} waits for a person, and the source's plan is what it was`;
  return undefined;
}
