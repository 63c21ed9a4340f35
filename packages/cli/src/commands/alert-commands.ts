import type { Alert, AlertRule } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { durationSeconds } from "../duration.ts";
import { plainTime } from "../human-text.ts";
import { type OptionValues, type ProgramState, positiveNumber, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { settingsOf } from "../setting-arguments.ts";
import { addAlertChannelCommands } from "./alert-channel-commands.ts";
import { silenceEndMissing, thresholdInvalid } from "./alert-faults.ts";

const STATES = ["open", "acknowledged", "resolved"] as const;
const SEVERITIES = ["warning", "critical"] as const;

/** `leeward alert …`: what needs a person and has for a while, the rules for that, and who is told. */
export function addAlertCommands(program: Command, state: ProgramState): void {
  const alert = program.command("alert").description("what needs a person: alerts, their rules, and who is told");
  addList(alert, state);
  addCare(alert, state);
  addRules(alert, state);
  addAlertChannelCommands(alert, state);
}

function addList(alert: Command, state: ProgramState): void {
  const list = alert
    .command("list")
    .description("list alerts, newest first: those that stand, unless a state is named")
    .addOption(new Option("--state <state>", "those in this state").choices(STATES))
    .addOption(new Option("--severity <severity>", "those of this severity").choices(SEVERITIES))
    .option("--machine <machine>", "those of one machine and its disks")
    .addOption(new Option("--limit <count>", "at most so many").argParser(positiveNumber));
  serverCommand(state, list, async (context, _, options) => {
    const client = await context.client();
    const wanted = {
      state: STATES.find((each) => each === options.text("state")),
      severity: SEVERITIES.find((each) => each === options.text("severity")),
      machine: options.text("machine"),
      limit: options.number("limit"),
    };
    const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    const ask = (page: { readonly after?: string }) => client.listAlerts({ query: { ...query, ...page } });
    printList(context, query["limit"] === undefined ? await allPages(ask) : await ask({}), {
      SEVERITY: (item) => item.severity,
      STATE: stateText,
      SUBJECT: (item) => item.subject ?? "installation",
      SINCE: (item) => plainTime(item.openedAt),
      WHAT: (item) => item.message,
      ID: (item) => item.id,
    });
  });
  serverCommand(state, alert.command("show <alert>").description("show one alert"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showAlert({ params: { id: requireName(args, 0) } }), describe);
  });
}

function addCare(alert: Command, state: ProgramState): void {
  const note = ["--note <text>", "why, for the others"] as const;
  const acknowledge = alert
    .command("acknowledge <alert>")
    .description("say that you see to it")
    .option(...note);
  serverCommand(state, acknowledge, async (context, args, options) => {
    const client = await context.client();
    const call = { params: { id: requireName(args, 0) }, body: noteOf(options) };
    printDocument(context, await client.acknowledgeAlert(call), describe);
  });

  const silence = alert
    .command("silence <alert>")
    .description("tell nobody of it until a time; it still shows")
    .addOption(new Option("--for <duration>", "for so long, as 8h").argParser(durationSeconds))
    .option("--until <time>", "until then (RFC 3339)")
    .option(...note);
  serverCommand(state, silence, async (context, args, options) => {
    const client = await context.client();
    const body = { until: untilOf(context, options), ...noteOf(options) };
    const call = { params: { id: requireName(args, 0) }, body };
    printDocument(context, await client.silenceAlert(call), describe);
  });

  const unsilence = alert.command("unsilence <alert>").description("end its silence");
  serverCommand(state, unsilence, async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.unsilenceAlert({ params: { id: requireName(args, 0) } }), describe);
  });
}

function addRules(alert: Command, state: ProgramState): void {
  const rule = alert.command("rule").description("what becomes an alert, and from when on");
  serverCommand(state, rule.command("list").description("list the rules"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listAlertRules({ query: page })), {
      RULE: (item) => item.name,
      WHAT: (item) => item.summary,
      WARNING: (item) => thresholdText(item, item.warning),
      CRITICAL: (item) => thresholdText(item, item.critical),
      ENABLED: (item) => (item.enabled ? "yes" : "no"),
    });
  });
  const set = rule
    .command("set <rule> <settings...>")
    .description("change one: warning=40 critical=60 (or none), in the rule's unit, and enabled=yes|no");
  serverCommand(state, set, async (context, args) => {
    const client = await context.client();
    const { warning, critical, enabled } = settingsOf(args.slice(1), ["warning", "critical", "enabled"]);
    const body = {
      ...(warning === undefined ? {} : { warning: thresholdOf(warning) }),
      ...(critical === undefined ? {} : { critical: thresholdOf(critical) }),
      ...(enabled === undefined ? {} : { enabled: flagOf(enabled) }),
    };
    const changed = await client.setAlertRule({ params: { rule: requireName(args, 0) }, body });
    printDocument(context, changed, (item) =>
      fieldsOf({
        rule: item.name,
        warning: thresholdText(item, item.warning),
        critical: thresholdText(item, item.critical),
        enabled: item.enabled ? "yes" : "no",
      }),
    );
  });
}

function noteOf(options: OptionValues): { readonly note?: string } {
  const note = options.text("note");
  return note === undefined ? {} : { note };
}

/** @throws Fault `silence-end-missing` */
function untilOf({ host }: CommandContext, options: OptionValues): string {
  const seconds = options.number("for");
  const until = options.text("until");
  if ((seconds === undefined) === (until === undefined)) throw silenceEndMissing();
  return until ?? formatTime(host.clock.wallMicros() + (seconds ?? 0) * MICROS_PER_SECOND);
}

/** @throws Fault `alert-threshold-invalid` */
function thresholdOf(text: string): number | null {
  if (text === "none") return null;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw thresholdInvalid(text);
  return value;
}

/** @throws Fault `alert-threshold-invalid` */
function flagOf(text: string): boolean {
  if (text === "yes" || text === "no") return text === "yes";
  throw thresholdInvalid(text);
}

function thresholdText({ unit }: AlertRule, value: number | null): string {
  if (unit === null) return "";
  return value === null ? "none" : `${value} ${unit}`;
}

function stateText({ state, silencedUntil }: Alert): string {
  return silencedUntil === null ? state : `${state}, silenced`;
}

function describe(alert: Alert): string {
  return fieldsOf({
    alert: alert.id,
    what: alert.message,
    remedy: alert.remedy,
    severity: alert.severity,
    rule: alert.rule,
    state: alert.state,
    opened: plainTime(alert.openedAt),
    acknowledged:
      alert.acknowledgedBy === null ? "no" : `by ${alert.acknowledgedBy}, ${plainTime(alert.acknowledgedAt)}`,
    "silenced until": alert.silencedUntil === null ? "not silenced" : plainTime(alert.silencedUntil),
    note: alert.note ?? "none",
    resolved: alert.resolvedAt === null ? "no" : plainTime(alert.resolvedAt),
  });
}
