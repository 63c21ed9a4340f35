import { Type } from "typebox";
import type { Route } from "../route.ts";
import { itemsBy, of } from "../route-scope.ts";
import {
  Alert,
  AlertChannel,
  AlertChannelChange,
  AlertRule,
  AlertRuleChange,
  AlertSeverity,
  AlertState,
} from "../shapes/alert.ts";
import { pageOf, pageQuery } from "../shapes/page.ts";
import { Id, Name, NameOrId, STRICT } from "../shapes/schema-words.ts";

const oneAlert = Type.Object({ id: Id });
const oneRule = Type.Object({ rule: Type.String({ minLength: 1, maxLength: 64 }) });
const oneChannel = Type.Object({ name: Name });
const note = Type.Optional(Type.String({ maxLength: 1_024 }));
const until = Type.String({ maxLength: 40, description: "RFC 3339" });

/** Alerts, the rules that open them, and the channels that tell of them. */
// biome-ignore format: one line per route reads as the table that it is.
export const ALERT_ROUTES = {
  listAlerts: { method: "GET", path: "/v1/alerts", role: "viewer", scope: itemsBy("machine"), summary: "List alerts, newest first; those that stand, unless a state is named", query: pageQuery({ state: Type.Optional(AlertState), severity: Type.Optional(AlertSeverity), machine: Type.Optional(NameOrId) }), status: 200, response: pageOf(Alert) },
  showAlert: { method: "GET", path: "/v1/alerts/:id", role: "viewer", scope: of("alert", "id"), summary: "Show an alert", params: oneAlert, status: 200, response: Alert },
  acknowledgeAlert: { method: "POST", path: "/v1/alerts/:id/acknowledge", role: "operator", scope: of("alert", "id"), summary: "Say that somebody sees to an alert", params: oneAlert, body: Type.Object({ note }, STRICT), status: 200, response: Alert },
  silenceAlert: { method: "POST", path: "/v1/alerts/:id/silence", role: "operator", scope: of("alert", "id"), summary: "Tell nobody of an alert until a time; it still shows", params: oneAlert, body: Type.Object({ until, note }, STRICT), status: 200, response: Alert },
  unsilenceAlert: { method: "DELETE", path: "/v1/alerts/:id/silence", role: "operator", scope: of("alert", "id"), summary: "End the silence of an alert", params: oneAlert, status: 200, response: Alert },
  listAlertRules: { method: "GET", path: "/v1/alert-rules", role: "viewer", scope: "open", summary: "List what opens alerts, and from when on", query: pageQuery({}), status: 200, response: pageOf(AlertRule) },
  showAlertRule: { method: "GET", path: "/v1/alert-rules/:rule", role: "viewer", scope: "open", summary: "Show what opens alerts, and from when on", params: oneRule, status: 200, response: AlertRule },
  setAlertRule: { method: "PUT", path: "/v1/alert-rules/:rule", role: "administrator", scope: "installation", edits: true, summary: "Change the thresholds of a rule, or switch it off or on", params: oneRule, body: AlertRuleChange, status: 200, response: AlertRule },
  listAlertChannels: { method: "GET", path: "/v1/alert-channels", role: "viewer", scope: "installation", summary: "List who is told of alerts, never their secrets", query: pageQuery({}), status: 200, response: pageOf(AlertChannel) },
  showAlertChannel: { method: "GET", path: "/v1/alert-channels/:name", role: "viewer", scope: "installation", summary: "Show a channel of alerts, never its secret", params: oneChannel, status: 200, response: AlertChannel },
  setAlertChannel: { method: "PUT", path: "/v1/alert-channels/:name", role: "administrator", scope: "installation", summary: "Make or change a channel of alerts", params: oneChannel, body: AlertChannelChange, status: 200, response: AlertChannel },
  removeAlertChannel: { method: "DELETE", path: "/v1/alert-channels/:name", role: "administrator", scope: "installation", summary: "Remove a channel of alerts", params: oneChannel, status: 200, response: AlertChannel },
  testAlertChannel: { method: "POST", path: "/v1/alert-channels/:name/test", role: "administrator", scope: "installation", summary: "Send a message over a channel of alerts now; answers when it got through", params: oneChannel, status: 200, response: AlertChannel },
} as const satisfies Record<string, Route>;
