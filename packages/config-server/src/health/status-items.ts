// Everything that needs a person: what holds now and shows at once, and what has become an alert. Nothing here mends itself; what does is not an item.
import type { Severity, StatusItem } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { Condition, StandingAlert } from "./condition.ts";

const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** The worst first. `alertOf` is the alert that stands of a condition which is bad now. */
export function statusItems(
  conditions: readonly Condition[],
  alertOf: (condition: Condition) => StandingAlert | undefined,
): StatusItem[] {
  return conditions
    .flatMap((condition) => {
      const alert = alertOf(condition);
      const { code, subject, message, remedy, shows = true } = condition;
      if (!shows && alert === undefined) return [];
      const severity = shows ? condition.severity : (alert?.severity ?? condition.severity);
      const since = condition.since ?? (alert === undefined ? null : formatTime(alert.openedMicros));
      return [{ code, severity, subject, message, remedy, since }];
    })
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
