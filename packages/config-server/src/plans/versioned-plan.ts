import { createHash } from "node:crypto";
import type { NoticeBody } from "@leeward/proto";
import type { PlanRows } from "../store/plan-rows.ts";
import { type ComposedPlan } from "./compose-plan.ts";

export type PlanNotice = Extract<NoticeBody, { kind: "agentPlan" | "processServerPlan" | "masterTargetPlan" }>;

/** The plan with its version, which is durable before the plan leaves: two different plans never have the same one. */
export function versioned(plans: PlanRows, memberId: string, plan: ComposedPlan): PlanNotice {
  const digest = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  const version = plans.versionFor(memberId, digest);
  switch (plan.kind) {
    case "agentPlan":
      return { kind: plan.kind, value: { version, ...plan.value } };
    case "processServerPlan":
      return { kind: plan.kind, value: { version, ...plan.value } };
    case "masterTargetPlan":
      return { kind: plan.kind, value: { version, ...plan.value } };
  }
}
