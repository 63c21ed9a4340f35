import type { AlertChannel, AlertChannelChange } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { readFile } from "@leeward/world";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { absolutePath, type OptionValues, type ProgramState, positiveNumber, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { channelOptionsInvalid } from "./alert-faults.ts";

const KINDS = ["webhook", "smtp", "syslog"] as const;
const SEVERITIES = ["warning", "critical"] as const;
const SECURITIES = ["starttls", "tls", "none"] as const;
const TRANSPORTS = ["udp", "tcp", "tls"] as const;
const FILE_BYTES_MAX = 16_384;

/** `leeward alert channel …`: who is told of alerts. */
export function addAlertChannelCommands(alert: Command, state: ProgramState): void {
  const channel = alert.command("channel").description("who is told of alerts: webhooks, mail, syslog");
  serverCommand(state, channel.command("list").description("list channels"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listAlertChannels({ query: page })), {
      NAME: (item) => item.name,
      KIND: (item) => item.kind,
      FROM: (item) => item.severity,
      TO: placeText,
      DELIVERED: (item) => plainTime(item.lastDeliveredAt),
      FAULT: (item) => item.fault?.message ?? "none",
    });
  });
  serverCommand(state, channel.command("show <channel>").description("show one"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showAlertChannel({ params: nameIn(args) }), describe);
  });
  addSet(channel, state);
  const test = channel
    .command("test <channel>")
    .description("send a message over it now, and say whether it got through");
  serverCommand(state, test, async (context, args) => {
    const client = await context.client();
    const tried = await client.testAlertChannel({ params: nameIn(args) });
    printDocument(context, tried, ({ name }) => `${name}: the test got through`);
  });
  serverCommand(state, channel.command("remove <channel>").description("remove one"), async (context, args) => {
    const client = await context.client();
    const removed = await client.removeAlertChannel({ params: nameIn(args) });
    printDocument(context, removed, ({ name }) => `Removed ${name}.`);
  });
}

function addSet(channel: Command, state: ProgramState): void {
  const set = channel
    .command("set <channel>")
    .description("make a channel, or set one anew; its secret stays unless it is to go elsewhere")
    .addOption(new Option("--kind <kind>", "what it is").choices(KINDS).makeOptionMandatory())
    .addOption(new Option("--severity <severity>", "the least that it is told of").choices(SEVERITIES))
    .option("--url <url>", "webhook: where messages are posted as JSON")
    .option("--host <host>", "smtp, syslog: name or address of the server")
    .addOption(new Option("--port <port>", "smtp, syslog: its port").argParser(positiveNumber))
    .addOption(new Option("--security <security>", "smtp: how it is encrypted").choices(SECURITIES).default("starttls"))
    .option("--user <user>", "smtp: who signs in, with the secret as password")
    .option("--from <address>", "smtp: of whom mails are")
    .option(
      "--to <address>",
      "smtp: who gets them; said once for each",
      (to, before: readonly string[]) => [...before, to],
      [],
    )
    .addOption(new Option("--transport <transport>", "syslog: how it travels").choices(TRANSPORTS).default("tls"))
    .addOption(new Option("--facility <number>", "syslog: 0 to 23; 16 (local0) unless told").argParser(Number))
    .option("--ca <file>", "PEM of the authorities that vouch for the server; the public ones unless told")
    .option("--secret-file <file>", "webhook: what its signatures are made with; smtp: the password")
    .option("--no-secret", "take its secret away");
  serverCommand(state, set, async (context, args, options) => {
    const client = await context.client();
    const body = await changeOf(context, options);
    printDocument(context, await client.setAlertChannel({ params: nameIn(args), body }), describe);
  });
}

const nameIn = (args: readonly string[]): { readonly name: string } => ({ name: requireName(args, 0) });

async function changeOf(context: CommandContext, options: OptionValues): Promise<AlertChannelChange> {
  const severity = SEVERITIES.find((each) => each === options.text("severity"));
  const least = severity === undefined ? {} : { severity };
  const caPem = (await textIn(context, options.text("ca"))) ?? null;
  const kind = KINDS.find((each) => each === options.text("kind")) ?? "webhook";
  const needed = (name: string): string => {
    const value = options.text(name);
    if (value === undefined) throw channelOptionsInvalid(kind, `it needs --${name}`);
    return value;
  };
  if (kind === "webhook")
    return { kind, ...least, settings: { url: needed("url"), caPem }, ...(await secretOf(context, options)) };
  const port = options.number("port");
  if (port === undefined) throw channelOptionsInvalid(kind, "it needs --port");
  const place = { host: needed("host"), port, caPem };
  if (kind === "syslog") {
    const transport = TRANSPORTS.find((each) => each === options.text("transport")) ?? "tls";
    const facility = options.number("facility");
    return { kind, ...least, settings: { ...place, transport, ...(facility === undefined ? {} : { facility }) } };
  }
  const security = SECURITIES.find((each) => each === options.text("security")) ?? "starttls";
  const settings = {
    ...place,
    security,
    user: options.text("user") ?? null,
    from: needed("from"),
    to: [...options.texts("to")],
  };
  return { kind, ...least, settings, ...(await secretOf(context, options)) };
}

/** A secret is the file without the end of its line. */
async function secretOf(context: CommandContext, options: OptionValues): Promise<{ readonly secret?: string | null }> {
  if (options.isOff("secret")) return { secret: null };
  const secret = (await textIn(context, options.text("secretFile")))?.replace(/\r?\n$/, "");
  return secret === undefined ? {} : { secret };
}

async function textIn({ host }: CommandContext, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return new TextDecoder().decode(await readFile(host.files, absolutePath(host, file), FILE_BYTES_MAX));
}

function placeText({ settings }: AlertChannel): string {
  const { url, host, port } = settings;
  return typeof url === "string" ? url : `${String(host)}:${String(port)}`;
}

function describe(channel: AlertChannel): string {
  const settings = Object.entries(channel.settings).filter(([name, value]) => name !== "caPem" && value !== null);
  return fieldsOf({
    name: channel.name,
    kind: channel.kind,
    from: channel.severity,
    ...Object.fromEntries(
      settings.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]),
    ),
    secret: channel.hasSecret ? "set" : "none",
    delivered: plainTime(channel.lastDeliveredAt),
    fault: channel.fault === null ? "none" : `${channel.fault.message} (since ${plainTime(channel.fault.since)})`,
  });
}
