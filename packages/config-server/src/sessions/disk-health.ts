import type { DiskState } from "@leeward/api";
import { MICROS_PER_SECOND } from "@leeward/base";
import type { DiskReports } from "./reports.ts";

/**
 * Seconds that would be lost now: from the newest recoverable point at the target, whose times are of the machine's clock, to now. null while
 * there is no point, or nothing is known.
 */
export function rpoSecondsOf(
  reports: Pick<DiskReports, "masterTarget">,
  now: { readonly wallMicros: number; readonly clockOffsetMicros: number | null },
): number | null {
  const newest = reports.masterTarget?.newestPointMicros ?? 0;
  if (newest === 0) return null;
  const machineNow = now.wallMicros + (now.clockOffsetMicros ?? 0);
  return Math.max(0, (machineNow - newest) / MICROS_PER_SECOND);
}

/** The worst of what the agent says of its capture and what the target says of the history. */
export function diskStateOf({ agent, masterTarget }: DiskReports): DiskState {
  if (agent === undefined) return "initial";
  if (agent.state === "fenced" || agent.state === "reverse") return agent.state;
  const hasPoint = (masterTarget?.newestPointMicros ?? 0) > 0;
  // A disk that was protected just now is opened before its copy begins.
  const isBeginning = agent.state === "stopped" && agent.faults.length === 0 && !hasPoint;
  if (agent.state === "initial" || isBeginning) return "initial";
  if (agent.state === "stopped" || agent.state === "resync") return agent.state;
  if (!hasPoint) return "initial";
  if (agent.state === "gap" || masterTarget?.history === "gap") return "gap";
  if (agent.state === "reduced" || masterTarget?.history === "reduced") return "reduced";
  return "protected";
}
