// From when on a value of a server is told of: the thresholds of alert rules as they are set, so that page and alerts say the same.
import type { AlertRule, Server } from "@leeward/api";
import type { Limits } from "../../parts/limits.ts";

export type ServerValue = "cpu" | "memory" | "free" | "uploadSeconds" | "silentSeconds";
export type ServerLimits = Readonly<Partial<Record<ServerValue, Limits>>>;

const WATCHED = {
  "process-server": [
    ["cpu", "process-server-cpu", "above"],
    ["memory", "process-server-memory", "above"],
    ["free", "cache-free-low", "below"],
    ["uploadSeconds", "upload-delay", "above"],
    ["silentSeconds", "process-server-offline", "above"],
  ],
  "master-target": [["silentSeconds", "master-target-offline", "above"]],
} as const;

/** What one of the rule's unit is here: fractions and seconds. */
const SCALES: Readonly<Record<string, number>> = { percent: 0.01, minutes: 60 };

/** Nothing of a value that no rule watches, or one that is switched off. */
export function limitsOf(role: Server["role"], rules: readonly AlertRule[]): ServerLimits {
  const entries = WATCHED[role].flatMap(([value, name, bad]) => {
    const rule = rules.find((each) => each.name === name);
    const scale = SCALES[rule?.unit ?? ""];
    if (rule === undefined || scale === undefined || !rule.enabled) return [];
    const { warning, critical } = rule;
    if (warning === null && critical === null) return [];
    const scaled = (threshold: number | null): number | null => (threshold === null ? null : threshold * scale);
    return [[value, { warning: scaled(warning), critical: scaled(critical), bad }] as const];
  });
  return Object.fromEntries(entries);
}
