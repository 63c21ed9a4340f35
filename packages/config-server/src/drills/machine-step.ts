// starting: the test failover is ordered, and waited for. checking: what shows that the machine works, and its screen.
import { assert, isFault, MICROS_PER_SECOND } from "@leeward/base";
import type { ReplicaCheckResult } from "@leeward/proto";
import type { Actor } from "../events/event-log.ts";
import { DRILL_CHECK_SECONDS, DRILL_FAILOVER_LOOK_MS, MEMBER_REQUEST_MS_MAX } from "../limits.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { checkOf, testOrderOf } from "./drill-checks.ts";
import { type Carried, problemOf, targetOf, trying } from "./drill-context.ts";
import { drillChecksFailed, drillMachineGone } from "./drill-faults.ts";
import { advance } from "./transitions.ts";

/** Who orders the test failover of a drill. */
export function drillActor({ id }: Pick<DrillRow, "id">): Actor {
  return { name: `drill ${id}`, address: null };
}

export function failoverOf({ store, row }: Pick<Carried, "store" | "row">): FailoverRow | undefined {
  const { failoverId } = row.evidence;
  return failoverId === undefined ? undefined : store.failovers.byId(failoverId);
}

export async function start(carried: Carried): Promise<void> {
  const { store, clock, row, signal } = carried;
  const failover = failoverOf(carried);
  if (failover === undefined) return order(carried);
  if (failover.state === "preparing" || failover.state === "starting") {
    await clock.sleep(DRILL_FAILOVER_LOOK_MS, signal);
    return;
  }
  const nowMicros = clock.wallMicros();
  if (failover.state === "running") {
    advance(store, row, { to: "checking", nowMicros, startedMicros: startedMicros(carried, failover, nowMicros) });
  } else {
    const { code, message } = failover.error ?? problemOf(drillMachineGone(failover.state));
    advance(store, row, { to: "clearing", nowMicros, problem: { code, message } });
  }
}

/** The order and what it is known by are stored in one: a restart orders no second one. */
function order({ store, clock, failovers, row }: Carried): void {
  const { point } = row.evidence;
  const machine = store.members.byId(row.machineId);
  assert(point !== undefined && machine !== undefined, "a drill has its machine, and its point by now");
  store.transaction(() => {
    const now = store.drills.byId(row.id);
    if (now?.state !== "starting" || now.evidence.failoverId !== undefined) return;
    const orderedMicros = clock.wallMicros();
    const { failover } = failovers.beginTest(machine, testOrderOf(row.order, point.id), drillActor(row));
    const evidence = { ...now.evidence, orderedMicros, failoverId: failover.id };
    store.drills.move(row.id, { from: "starting", to: "starting" }, { evidence });
  });
}

/** The target says it by its own clock; it cannot have been before the order, nor later than now. */
function startedMicros({ clockOffsetOf, row }: Carried, failover: FailoverRow, nowMicros: number): number {
  const offset = clockOffsetOf(failover.masterTargetId);
  if (offset === null || failover.startedMicros === null) return nowMicros;
  return Math.min(nowMicros, Math.max(row.evidence.orderedMicros ?? 0, Math.round(failover.startedMicros - offset)));
}

export async function check(carried: Carried): Promise<void> {
  const { store, clock, row } = carried;
  const failover = failoverOf(carried);
  if (failover?.state !== "running") throw drillMachineGone(failover?.state ?? "not there");
  const checks = await trying(carried, () => lookedAt(carried, failover.id));
  const screenWhy = await keepScreen(carried, failover.id);
  const failed = row.order.checks.filter((_, index) => checks[index]?.ok !== true);
  const problem = failed.length === 0 ? {} : { problem: problemOf(drillChecksFailed(failed)) };
  const screen = screenWhy === undefined ? {} : { screenWhy };
  advance(store, row, { to: "clearing", nowMicros: clock.wallMicros(), checks, ...screen, ...problem });
}

async function lookedAt(
  carried: Carried,
  replicaId: string,
): Promise<{ ok: boolean; decidedMicros: number; said: string }[]> {
  const { requests, clock, row, signal } = carried;
  const limitSeconds = row.order.timeoutSeconds ?? DRILL_CHECK_SECONDS;
  const target: MemberRow = targetOf(carried);
  const begunMicros = clock.wallMicros();
  const value = { replicaId, checks: row.order.checks.map(checkOf), limitSeconds };
  const wait = { signal, timeoutMs: limitSeconds * 1_000 + MEMBER_REQUEST_MS_MAX };
  const { results } = await requests.ask(target, { kind: "checkReplica", value }, wait);
  const decided = ({ seconds }: ReplicaCheckResult): number => begunMicros + Math.round(seconds * MICROS_PER_SECOND);
  return results.map((result) => ({ ok: result.ok, said: result.said, decidedMicros: decided(result) }));
}

/** Why there is none, or undefined. A picture that cannot be had fails no drill: it shows what the checks prove. */
async function keepScreen(carried: Carried, replicaId: string): Promise<string | undefined> {
  const { requests, store, row, signal } = carried;
  try {
    const asked = { kind: "replicaScreen", value: { replicaId } } as const;
    const { png } = await requests.ask(targetOf(carried), asked, { signal });
    store.drills.putScreen(row.id, Buffer.from(png).toString("base64"));
    return undefined;
  } catch (error) {
    if (!isFault(error) || signal.aborted) throw error;
    return error.message;
  }
}
