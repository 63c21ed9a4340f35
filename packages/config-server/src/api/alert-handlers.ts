import type { AlertRuleChange } from "@leeward/api";
import { parseTime } from "@leeward/base";
import { alertView, channelView } from "../alerts/alert-view.ts";
import { RULE_NAMES, type Rule, type RuleName, ruleNameOf, ruleOf, ruleView } from "../alerts/rules.ts";
import { alertRuleInvalid, alertRuleUnknown } from "../faults.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import type { NewestQuery } from "../store/newest-page.ts";
import { ruleSettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { findMachine } from "./lookup.ts";
import { newestPageOf, pageOf } from "./pages.ts";
import type { Services } from "./services.ts";

type AlertRoute = "listAlerts" | "showAlert" | "acknowledgeAlert" | "silenceAlert" | "unsilenceAlert";
type RuleRoute = "listAlertRules" | "showAlertRule" | "setAlertRule";
type ChannelRoute =
  | "listAlertChannels"
  | "showAlertChannel"
  | "setAlertChannel"
  | "removeAlertChannel"
  | "testAlertChannel";

/** Alerts, their rules, and who is told of them. */
export function alertHandlers(services: Services): Handlers<AlertRoute | RuleRoute | ChannelRoute> {
  return { ...ofAlerts(services), ...ofRules(services), ...ofChannels(services) };
}

function ofAlerts({ alerts, store, world }: Services): Handlers<AlertRoute> {
  const view = (row: AlertRow) => alertView(row, world.clock.wallMicros());
  return {
    listAlerts: async ({ query = {} }, { within }) => {
      const { machine, state, severity } = query;
      const of = machine === undefined ? {} : { machineId: findMachine(store, machine).id };
      const wanted = { ...(state !== undefined && { state }), ...(severity !== undefined && { severity }), ...of };
      const rows = (page: NewestQuery): AlertRow[] => store.alerts.list(wanted, page);
      return newestPageOf(query, { within, rows, microsOf: ({ openedMicros }) => openedMicros, view });
    },
    showAlert: async ({ params }) => view(alerts.find(params.id)),
    acknowledgeAlert: async ({ params, body: { note } }, { actor }) =>
      view(alerts.acknowledge(params.id, { actor, note })),
    silenceAlert: async ({ params, body: { until, note } }, { actor }) =>
      view(alerts.silence(params.id, { actor, note, until, untilMicros: parseTime(until) })),
    unsilenceAlert: async ({ params }, { actor }) => view(alerts.unsilence(params.id, actor)),
  };
}

function ofRules({ store, events }: Services): Handlers<RuleRoute> {
  const find = (name: RuleName): Rule => ruleOf(name, store.alertRules.all().get(name));
  const named = (rule: string): RuleName => {
    const name = ruleNameOf(rule);
    if (name === undefined) throw alertRuleUnknown(rule);
    return name;
  };
  return {
    listAlertRules: async ({ query }, { within }) =>
      pageOf(query, {
        within,
        rows: RULE_NAMES.map(find),
        key: ({ name }) => [RULE_NAMES.indexOf(name)],
        view: ruleView,
      }),
    showAlertRule: async ({ params }) => ruleView(find(named(params.rule))),
    setAlertRule: async ({ params, body }, { actor, requireSeen }) => {
      const name = named(params.rule);
      requireSeen(ruleSettings(ruleView(find(name))));
      const next = { ...find(name), ...body };
      requireSound(next, body);
      store.transaction(() => {
        store.alertRules.put(name, { ...store.alertRules.all().get(name), ...body });
        const said = Object.entries(body).map(([key, value]) => `${key}=${String(value)}`);
        const message = `The alert rule ${name} was set: ${said.join(" ")}.`;
        events.add(actor, { severity: "warning", kind: "alert-rule-set", subject: name, message, detail: { ...body } });
      });
      return ruleView(next);
    },
  };
}

/** @throws Fault `alert-rule-invalid` */
function requireSound({ name, unit, bad, warning, critical }: Rule, asked: AlertRuleChange): void {
  if (unit === null && (asked.warning !== undefined || asked.critical !== undefined))
    throw alertRuleInvalid(name, "it has no thresholds");
  if (warning === null || critical === null) return;
  if (bad === "below" ? critical > warning : critical < warning)
    throw alertRuleInvalid(name, `critical at ${critical} would come before warning at ${warning}`);
}

function ofChannels({ alertChannels, store }: Services): Handlers<ChannelRoute> {
  return {
    listAlertChannels: async ({ query }, { within }) =>
      pageOf(query, { within, rows: store.alertChannels.list(), key: ({ name }) => [name], view: channelView }),
    showAlertChannel: async ({ params }) => channelView(alertChannels.find(params.name)),
    setAlertChannel: async ({ params, body }, { actor }) =>
      channelView(await alertChannels.set(params.name, body, actor)),
    removeAlertChannel: async ({ params }, { actor }) => channelView(alertChannels.remove(params.name, actor)),
    testAlertChannel: async ({ params }, { signal }) => channelView(await alertChannels.test(params.name, signal)),
  };
}
