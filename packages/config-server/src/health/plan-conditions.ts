import { formatTime } from "@leeward/base";
import type { Store } from "../store/store.ts";
import { type Condition, INSTALLATION } from "./condition.ts";

/** Steps of recovery plans that wait for a person. */
export function planConditions({ planRuns }: Pick<Store, "planRuns">): Condition[] {
  return planRuns.asking().map(({ runId, definition, facts, begunMicros }) => {
    const plan = planRuns.byId(runId)?.planName ?? runId;
    return {
      ...INSTALLATION,
      subjectKind: "plan",
      subjectId: `${runId} ${definition.name}`,
      code: "plan-step-asking",
      severity: "warning",
      subject: plan,
      message: `The recovery plan ${plan} waits for a person at its step ${definition.name}: ${facts.said ?? ""}`,
      remedy: `Do it, then say so: \`leeward plan continue ${runId} ${definition.name} [--failed]\`.`,
      since: begunMicros === null ? null : formatTime(begunMicros),
    };
  });
}
