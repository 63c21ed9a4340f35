import type { PlanRun, PlanRunStep } from "@leeward/api";
import type { Tone } from "../../parts/state-badge.tsx";

export const RUN_TONES: Readonly<Record<PlanRun["state"], Tone>> = {
  running: "working",
  succeeded: "good",
  failed: "bad",
  cancelled: "off",
};

export const STEP_TONES: Readonly<Record<PlanRunStep["state"], Tone>> = {
  waiting: "plain",
  running: "working",
  asking: "attention",
  done: "good",
  failed: "bad",
  "left-out": "off",
  left: "off",
};

/** Until its end or now, seconds. */
export function secondsOf(begun: string, ended: string | null, nowMs: number): number {
  return Math.max(0, ((ended === null ? nowMs : Date.parse(ended)) - Date.parse(begun)) / 1_000);
}
