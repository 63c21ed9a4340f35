import type { PlanKind, PlanRun } from "@leeward/api";
import { plainTime } from "../human-text.ts";
import type { OptionValues } from "../leaf-command.ts";
import { fieldsOf, tableOf } from "../output.ts";

export const PLAN_KINDS = ["test", "planned", "unplanned"] as const;

/** What commander has made sure of. */
export function planKindOf(options: OptionValues): PlanKind {
  return PLAN_KINDS.find((kind) => kind === options.text("kind")) ?? "test";
}

export function describeRun(run: PlanRun): string {
  const fields = fieldsOf({
    run: run.id,
    plan: run.plan,
    kind: run.forced ? `${run.kind}, forced` : run.kind,
    state: run.state,
    ...(run.at === null ? {} : { at: run.at }),
    ...(run.kind === "test" ? { cleanup: run.cleanup } : {}),
    begun: `${plainTime(run.createdAt)} by ${run.actor}`,
    ended: plainTime(run.endedAt),
  });
  const table = tableOf(run.steps, {
    STEP: ({ name }) => name,
    STATE: ({ state }) => state,
    BEGUN: ({ begunAt }) => plainTime(begunAt),
    ENDED: ({ endedAt }) => plainTime(endedAt),
    FAILOVER: ({ failover }) => failover ?? "",
    SAID: ({ error, said, notes }) => error?.message ?? notes ?? said ?? "",
  });
  return `${fields}\n\n${table}`;
}
