// What becomes an alert, and from when on. Thresholds as they come are those that users of Azure Site Recovery know, where it has them.
import type { AlertRule, AlertSeverity } from "@leeward/api";
import type { AlertRuleSettings } from "../store/alert-rule-rows.ts";

/** A rule as it comes. Without a unit, a condition itself says how bad it is. */
export interface RuleDefinition {
  readonly summary: string;
  readonly unit: "minutes" | "percent" | "days" | "intervals" | null;
  /** On which side of a threshold it is bad. */
  readonly bad?: "at-or-above" | "below";
  readonly warning?: number;
  readonly critical?: number;
  /** How long it has to hold before it is an alert, or a worse one, seconds. */
  readonly holdSeconds: number;
  /** How long it must not have held before the alert ends, or is a lesser one, seconds: what swings around a threshold is one alert. */
  readonly restSeconds: number;
}

const offline = (what: string): RuleDefinition => ({
  summary: `No session of a ${what}`,
  unit: "minutes",
  bad: "at-or-above",
  critical: 15,
  holdSeconds: 0,
  restSeconds: 60,
});

const load = (what: string): RuleDefinition => ({
  summary: `${what} of a process server in use`,
  unit: "percent",
  bad: "at-or-above",
  warning: 80,
  critical: 95,
  holdSeconds: 300,
  restSeconds: 300,
});

const told = (summary: string, holdSeconds: number, restSeconds: number): RuleDefinition => ({
  summary,
  unit: null,
  holdSeconds,
  restSeconds,
});

/** Every rule by its name. */
const RULES = {
  "machine-offline": offline("machine"),
  "process-server-offline": offline("process server"),
  "master-target-offline": offline("master target"),
  "no-recent-point": {
    summary: "Age of a disk's newest recovery point",
    unit: "minutes",
    bad: "at-or-above",
    critical: 60,
    holdSeconds: 60,
    restSeconds: 60,
  },
  "rpo-exceeded": {
    summary: "RPO of a disk, in intervals of its policy",
    unit: "intervals",
    bad: "at-or-above",
    warning: 10,
    holdSeconds: 60,
    restSeconds: 300,
  },
  "process-server-cpu": load("Processors"),
  "process-server-memory": load("Memory"),
  "cache-free-low": {
    summary: "Free space of a process server's cache",
    unit: "percent",
    bad: "below",
    warning: 30,
    critical: 25,
    holdSeconds: 60,
    restSeconds: 300,
  },
  "upload-delay": {
    summary: "How long a disk's data have been waiting at a process server",
    unit: "minutes",
    bad: "at-or-above",
    warning: 30,
    critical: 45,
    holdSeconds: 60,
    restSeconds: 300,
  },
  "history-forecast": told("History is to be cut by its journal's limit", 0, 900),
  "history-held": told("Points that are held break a journal's limit", 0, 900),
  "resync-needed": told("A disk has to be copied again", 300, 60),
  "disk-stopped": told("A disk is not captured", 60, 60),
  "disk-gap": told("Changes of a disk are not kept as recovery points", 60, 300),
  "disk-fault": told("A fault of a disk that waits for a person", 60, 300),
  "replica-differs": told("A replica differs from its source", 0, 60),
  "verify-overdue": told("A disk was not compared with its replica in time", 300, 60),
  "certificate-ending": {
    summary: "What a certificate of a machine or server has left",
    unit: "days",
    bad: "below",
    warning: 30,
    critical: 7,
    holdSeconds: 0,
    restSeconds: 60,
  },
  "authority-ending": told("The certificate authority ends", 0, 60),
  "authority-changing": told("A change of authority waits for members", 3_600, 60),
  "identity-copied": told("A copy of a member was refused", 0, 60),
  "clock-differs": told("A clock is away from the config server's", 300, 300),
  "member-too-old": told("A member is too many releases behind", 300, 60),
  "space-low": told("A server has little space left", 60, 300),
  "failover-test-standing": told("A test failover stands for long", 0, 60),
  "source-not-fenced": told("A source can be written to beside its replica", 60, 60),
  "replica-paused": told("A replica machine is paused", 60, 60),
  "drill-failed": told("The last drill of a machine failed", 0, 0),
  "drill-overdue": told("A drill was not made in time", 0, 60),
  "plan-step-asking": told("A recovery plan waits for a person", 0, 0),
  "recovery-key-not-exported": told("The recovery key was not exported", 0, 0),
  "recovery-key-lost": told("The recovery key is lost", 0, 60),
  "backup-old": {
    summary: "Age of the config server's newest backup, once there was one",
    unit: "days",
    bad: "at-or-above",
    warning: 7,
    critical: 30,
    holdSeconds: 0,
    restSeconds: 0,
  },
  "server-fault": told("Something that the config server itself cannot do", 60, 60),
  "alert-channel-failed": told("A channel of alerts does not get through", 90, 60),
} as const satisfies Record<string, RuleDefinition>;

export type RuleName = keyof typeof RULES;

/** A rule as it is set. */
export interface Rule extends Pick<RuleDefinition, "unit" | "bad" | "holdSeconds" | "restSeconds"> {
  readonly name: RuleName;
  readonly warning: number | null;
  readonly critical: number | null;
  readonly enabled: boolean;
}

/** Undefined for what is not the name of a rule. */
export function ruleNameOf(text: string): RuleName | undefined {
  return RULE_NAMES.find((name) => name === text);
}

export const RULE_NAMES = Object.keys(RULES).filter((name): name is RuleName => name in RULES);

/** The rule with what was set of it in the place of what comes. */
export function ruleOf(name: RuleName, settings: AlertRuleSettings = {}): Rule {
  const { unit, bad, warning, critical, holdSeconds, restSeconds }: RuleDefinition = RULES[name];
  const own = { name, unit, holdSeconds, restSeconds, ...(bad === undefined ? {} : { bad }) };
  return { ...own, warning: warning ?? null, critical: critical ?? null, enabled: true, ...settings };
}

/** As the API shows it. */
export function ruleView({ name, unit, warning, critical, enabled }: Rule): AlertRule {
  const come: RuleDefinition = RULES[name];
  const defaults = { defaultWarning: come.warning ?? null, defaultCritical: come.critical ?? null };
  return { name, summary: come.summary, unit, warning, critical, ...defaults, enabled };
}

/** How bad a measured value is by the rule; undefined when it is not. */
export function severityOf({ bad, warning, critical }: Rule, measured: number): AlertSeverity | undefined {
  const isBad = (threshold: number | null): boolean =>
    threshold !== null && (bad === "below" ? measured < threshold : measured >= threshold);
  if (isBad(critical)) return "critical";
  return isBad(warning) ? "warning" : undefined;
}
