import type { Alert, AlertSeverity, StatusItem } from "@leeward/api";
import type { RuleName } from "../alerts/rules.ts";

/** Whom a condition is of. */
export interface Subject {
  readonly subjectKind: Alert["subjectKind"];
  /** Names it for good, as names may change. Null for the installation as a whole. */
  readonly subjectId: string | null;
  /** The machine that it is, or is of. */
  readonly machineId: string | null;
  /** Members whose word it rests on: that it does not hold any more is known only while they are online. */
  readonly restsOn: readonly string[];
}

/** Something of somebody that holds, or is measured. */
export interface Finding extends StatusItem {
  /** Whose thresholds and times count; the rule of the same name as the code, when left out. None for what is only information. */
  readonly rule?: RuleName;
  /** In the unit of its rule, which then says how bad it is. */
  readonly measured?: number;
  /** Whether it needs a person already; else only once it is an alert. True when left out. */
  readonly shows?: boolean;
  /** In the place of its subject's. */
  readonly restsOn?: readonly string[];
}

/** What holds now, as status and alerts both take it. */
export type Condition = Finding & Subject;

/** The findings as conditions of their subject. */
export function conditionsOn(subject: Subject, findings: readonly Finding[]): Condition[] {
  return findings.map((finding) => ({ ...subject, ...finding }));
}

export const INSTALLATION: Subject = { subjectKind: "installation", subjectId: null, machineId: null, restsOn: [] };

/** What the condition is of; one alert of it stands at a time. */
export function keyOf({ code, subjectKind, subjectId }: Pick<Condition, "code" | "subjectKind" | "subjectId">): string {
  return `${code} ${subjectKind} ${subjectId ?? ""}`.trimEnd();
}

/** The alert that stands of a condition. */
export interface StandingAlert {
  readonly severity: AlertSeverity;
  readonly openedMicros: number;
}
