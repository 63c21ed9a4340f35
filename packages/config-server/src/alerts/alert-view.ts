import type { Alert, AlertChannel, AlertState } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { AlertChannelRow } from "../store/alert-channel-rows.ts";
import type { AlertRow } from "../store/alert-rows.ts";

const timeOf = (micros: number | null): string | null => (micros === null ? null : formatTime(micros));

/** As the API and messages show an alert. */
export function alertView(row: AlertRow, nowMicros: number): Alert {
  const { id, rule, code, severity, subjectKind, subject, message, remedy, acknowledgedBy, note } = row;
  const { silencedUntilMicros } = row;
  return {
    ...{ id, rule, code, severity, subjectKind, subject, machine: row.machineId, message, remedy },
    state: stateOf(row),
    openedAt: formatTime(row.openedMicros),
    changedAt: formatTime(row.changedMicros),
    ...{ acknowledgedBy, acknowledgedAt: timeOf(row.acknowledgedMicros), note },
    silencedUntil: timeOf(silencedUntilMicros !== null && silencedUntilMicros > nowMicros ? silencedUntilMicros : null),
    resolvedAt: timeOf(row.resolvedMicros),
  };
}

function stateOf({ resolvedMicros, acknowledgedMicros }: AlertRow): AlertState {
  if (resolvedMicros !== null) return "resolved";
  return acknowledgedMicros === null ? "open" : "acknowledged";
}

/** As the API shows a channel: without its secret, and of a webhook's URL the server alone. */
export function channelView({ name, target, severity, sealed, fault, deliveredMicros }: AlertChannelRow): AlertChannel {
  return {
    ...{ name, kind: target.kind, severity, settings: { ...target.settings }, hasSecret: sealed !== null },
    lastDeliveredAt: timeOf(deliveredMicros),
    fault: fault === null ? null : { code: fault.code, message: fault.message, since: formatTime(fault.sinceMicros) },
  };
}
