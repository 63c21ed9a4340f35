// Messages as people and syslog receivers read them.
import { assert } from "@leeward/base";
import { Check } from "typebox/value";
import { ALERT_SYSLOG_LINES_MAX } from "../../limits.ts";
import { Message, type Notice, noticeLine } from "../message.ts";
import { type SyslogLine } from "./syslog-line.ts";

/** Of what was stored as a document. */
export function parseMessage(document: string): Message {
  const message: unknown = JSON.parse(document);
  assert(Check(Message, message), "messages are written by this program");
  return message;
}

/** A mail of all that there is to say. */
export function mailOf(document: string): { readonly id: string; readonly subject: string; readonly text: string } {
  const { id, summary, notices, omitted, time, server } = parseMessage(document);
  const parts = [
    summary,
    ...(notices.length > 1 || notices[0]?.alert.remedy !== undefined ? notices.map(paragraphOf) : []),
    ...(omitted > 0 ? [`And ${omitted} more: see \`leeward alert list\`.`] : []),
    `Leeward config server ${server}, ${time}`,
  ];
  return { id, subject: `Leeward: ${clipped(summary, 180)}`, text: `${parts.join("\n\n")}\n` };
}

function paragraphOf(notice: Notice): string {
  const { alert, change } = notice;
  const times = change === "resolved" ? `resolved ${alert.resolvedAt ?? ""}` : `since ${alert.openedAt}`;
  return `${noticeLine(notice)}\n  ${times}, ${alert.code}, alert ${alert.id}${change === "resolved" ? "" : `\n  ${alert.remedy}`}`;
}

/** A line for each notice; one for all of them where they are many. */
export function syslogLinesOf(document: string): Omit<SyslogLine, "facility" | "host">[] {
  const message = parseMessage(document);
  const { id, time, kind, notices, counts, summary, omitted } = message;
  if (kind === "alerts" && notices.length + omitted <= ALERT_SYSLOG_LINES_MAX)
    return notices.map((notice) => lineOf(notice));
  const data = { id, opened: String(counts.opened), raised: String(counts.raised), resolved: String(counts.resolved) };
  const isCritical = notices.some(({ change, alert }) => change !== "resolved" && alert.severity === "critical");
  const severity = kind === "test" || counts.opened + counts.raised === 0 ? 6 : isCritical ? 2 : 4;
  return [{ severity, time, kind, data, text: summary }];
}

/** Severities of RFC 5424: 2 critical, 4 warning, 6 informational. */
function lineOf(notice: Notice): Omit<SyslogLine, "facility" | "host"> {
  const { id, change, alert } = notice;
  const severity = change === "resolved" ? 6 : alert.severity === "critical" ? 2 : 4;
  const data = {
    id,
    alert: alert.id,
    change,
    rule: alert.rule,
    code: alert.code,
    severity: alert.severity,
    subject: alert.subject ?? "",
  };
  return { severity, time: alert.changedAt, kind: "alert", data, text: noticeLine(notice) };
}

function clipped(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
