// What may be asked of a failover in each of its states, and the way that it takes, as the config server has them (its failover/transitions.ts and failovers.ts).
import type { Failover, FailoverState } from "@leeward/api";

export type FailoverAct = "commit" | "change-point" | "cancel" | "reprotect" | "failback" | "cleanup";

const ENDS: readonly FailoverState[] = ["failed", "cancelled", "cleaned-up", "failed-back"];

const REAL_ACTS: Readonly<Partial<Record<FailoverState, readonly FailoverAct[]>>> = {
  "commit-pending": ["commit", "change-point", "cancel"],
  committed: ["reprotect"],
  reversing: ["failback"],
};

/** In the order of what comes first; none while it goes on by itself or has ended. */
export function actsOf({ kind, state }: Pick<Failover, "kind" | "state">): readonly FailoverAct[] {
  if (kind === "test") return state === "running" ? ["cleanup"] : [];
  return REAL_ACTS[state] ?? [];
}

export function hasFailoverEnded({ state }: Pick<Failover, "state">): boolean {
  return ENDS.includes(state);
}

/** Whether it stands as it is until somebody asks for what follows. */
export function standsStill(failover: Pick<Failover, "kind" | "state">): boolean {
  return hasFailoverEnded(failover) || actsOf(failover).length > 0;
}

const TEST_WAY = ["preparing", "starting", "running", "cleaning-up", "cleaned-up"] as const;
const REAL_WAY = [
  "preparing",
  "fencing",
  "starting",
  "commit-pending",
  "committed",
  "reversing",
  "halting",
  "handing-back",
  "failed-back",
] as const;

/** Where a state beside the way has left it. */
const BESIDE: Readonly<Partial<Record<FailoverState, FailoverState>>> = {
  changing: "commit-pending",
  cancelling: "commit-pending",
  cancelled: "commit-pending",
  resuming: "halting",
};

export interface WayStep {
  readonly state: FailoverState;
  readonly place: "past" | "here" | "ahead";
}

/** The states that a failover goes through, with the one that it is in; a state beside the way stands behind the step that it left. */
export function wayOf(failover: Pick<Failover, "kind" | "state" | "startedAt" | "epoch">): readonly WayStep[] {
  const { kind, state } = failover;
  const way: readonly FailoverState[] = kind === "test" ? TEST_WAY : REAL_WAY;
  const here = way.indexOf(state);
  if (here >= 0) {
    return way.map((each, index) => ({
      state: each,
      place: index < here ? "past" : index === here ? "here" : "ahead",
    }));
  }
  const left = leftAt(way, failover);
  const past = way.slice(0, left + 1).map((each) => ({ state: each, place: "past" }) as const);
  const isEnd = hasFailoverEnded(failover);
  const ahead = isEnd ? [] : way.slice(left + 1).map((each) => ({ state: each, place: "ahead" }) as const);
  return [...past, { state, place: "here" }, ...ahead];
}

/** Index of the last step of the way that it went through. */
function leftAt(
  way: readonly FailoverState[],
  { state, startedAt, epoch }: Pick<Failover, "state" | "startedAt" | "epoch">,
): number {
  const beside = BESIDE[state];
  if (beside !== undefined) return way.indexOf(beside);
  if (state === "cleaning-up") return way.indexOf("handing-back");
  if (startedAt !== null) return way.indexOf("starting");
  return epoch === null ? 0 : way.indexOf("fencing");
}

/** From when it was asked for until the machine's processor ran, seconds; null before. */
export function rtoSeconds({ createdAt, startedAt }: Pick<Failover, "createdAt" | "startedAt">): number | null {
  return startedAt === null ? null : secondsBetween(createdAt, startedAt);
}

/**
 * From the last moment that its point has everything of until it was asked for, seconds: what an unplanned one loses, and a test would have lost. A
 * planned one loses nothing.
 */
export function lostSeconds(
  { kind, createdAt }: Pick<Failover, "kind" | "createdAt">,
  validUntil: string | null,
): number | null {
  if (kind === "planned") return 0;
  return validUntil === null ? null : secondsBetween(validUntil, createdAt);
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);
}
