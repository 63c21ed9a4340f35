import type { StatusItem } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { Store } from "../store/store.ts";

/** Steps of recovery plans that wait for a person. */
export function planItems({ planRuns }: Pick<Store, "planRuns">): StatusItem[] {
  return planRuns.asking().map(({ runId, definition, facts, begunMicros }) => {
    const plan = planRuns.byId(runId)?.planName ?? runId;
    return {
      code: "plan-step-asking",
      severity: "warning",
      subject: plan,
      message: `The recovery plan ${plan} waits for a person at its step ${definition.name}: ${facts.said ?? ""}`,
      remedy: `Do it, then say so: \`leeward plan continue ${runId} ${definition.name} [--failed]\`.`,
      since: begunMicros === null ? null : formatTime(begunMicros),
    };
  });
}
