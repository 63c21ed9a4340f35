// What a channel is told in one go, and how it reads.
import { Alert } from "@leeward/api";
import { type Static, Type } from "typebox";
import { ALERT_NOTICES_MAX } from "../limits.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import { alertView } from "./alert-view.ts";

/** `raised` is one that was told before and has become critical or is told again after a silence. */
const Change = Type.Enum(["opened", "raised", "resolved"]);
export type Change = Static<typeof Change>;

const Notice = Type.Object({
  /** The same in every attempt, and of nothing else. */
  id: Type.String(),
  change: Change,
  alert: Alert,
});
export type Notice = Static<typeof Notice>;

/** Also the body of a webhook's POST. */
export const Message = Type.Object({
  /** The same in every attempt. */
  id: Type.String(),
  kind: Type.Enum(["alerts", "test"]),
  time: Type.String(),
  /** The config server's id. */
  server: Type.String(),
  counts: Type.Object({ opened: Type.Integer(), raised: Type.Integer(), resolved: Type.Integer() }),
  /** In a few words. */
  summary: Type.String(),
  notices: Type.Array(Notice),
  /** Notices that are counted alone. */
  omitted: Type.Integer(),
});
export type Message = Static<typeof Message>;

/** What is said of one alert to who was told up to `toldNumber`. */
export function noticeOf(alert: AlertRow, toldNumber: number, nowMicros: number): Notice {
  const change = alert.resolvedMicros !== null ? "resolved" : toldNumber === 0 ? "opened" : "raised";
  const part = change === "resolved" ? "resolved" : String(alert.noticeNumber);
  return { id: `${alert.id}.${part}`, change, alert: alertView(alert, nowMicros) };
}

/** Critical ones stand first, so that what is left out of a long message is the rest. */
export function messageOf(of: Pick<Message, "id" | "time" | "server">, notices: readonly Notice[]): Message {
  const count = (change: Change): number => notices.filter((notice) => notice.change === change).length;
  const counts = { opened: count("opened"), raised: count("raised"), resolved: count("resolved") };
  const sorted = notices.toSorted((a, b) => rankOf(a) - rankOf(b));
  const shown = sorted.slice(0, ALERT_NOTICES_MAX);
  return {
    ...of,
    kind: "alerts",
    counts,
    summary: summaryOf(sorted, counts),
    notices: shown,
    omitted: notices.length - shown.length,
  };
}

/** Says that it is a test and nothing else. */
export function testMessage(of: Pick<Message, "id" | "time" | "server">, channel: string): Message {
  const counts = { opened: 0, raised: 0, resolved: 0 };
  return { ...of, kind: "test", counts, summary: `A test of the alert channel ${channel}.`, notices: [], omitted: 0 };
}

/** One line of one notice. */
export function noticeLine({ change, alert }: Notice): string {
  const mark = change === "resolved" ? "resolved" : alert.severity;
  return `[${mark}] ${alert.subject ?? "installation"}: ${alert.message}`;
}

function rankOf({ change, alert }: Notice): number {
  if (change === "resolved") return 2;
  return alert.severity === "critical" ? 0 : 1;
}

function summaryOf(notices: readonly Notice[], counts: Message["counts"]): string {
  const [only, ...others] = notices;
  if (only !== undefined && others.length === 0) return noticeLine(only);
  const standing = notices.filter(({ change }) => change !== "resolved");
  const byCode = new Map<string, number>();
  for (const { alert } of standing) byCode.set(alert.code, (byCode.get(alert.code) ?? 0) + 1);
  const most = [...byCode].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  const named = most.map(([code, number]) => `${number} ${code}`).join(", ");
  const parts = [
    ...(standing.length > 0 ? [`${standing.length} alerts (${named}${byCode.size > most.length ? ", …" : ""})`] : []),
    ...(counts.resolved > 0 ? [`${counts.resolved} resolved`] : []),
  ];
  const isCritical = standing.some(({ alert }) => alert.severity === "critical");
  const mark = standing.length === 0 ? "resolved" : isCritical ? "critical" : "warning";
  return `[${mark}] ${parts.join(", ")}`;
}
