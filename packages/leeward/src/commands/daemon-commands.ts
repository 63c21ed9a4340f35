import {
  absolutePath,
  addBackupCommand,
  addMasterTargetCommands,
  addProcessServerCommands,
  type OptionValues,
  type ProgramState,
  plainCommand,
} from "@leeward/cli";
import { type Command, Option } from "commander";
import { consoleFolder } from "../console-folder.ts";
import { SOFTWARE_VERSION } from "../version.ts";
import { CHECK_FLAG, CHECK_TEXT, HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";
import { portOption } from "./server-commands.ts";

const LISTEN = ["--listen <address>", "the address to listen on (default: 0.0.0.0)"] as const;
const ADVERTISE = ["--advertise <name...>", "names and addresses under which others reach it"] as const;

/** Each server daemon on a machine of its own. A daemon's code is loaded only when it is started. */
export function addDaemonCommands(program: Command, state: ProgramState): void {
  addConfigServer(program, state);
  const processServer = addDataDaemon(program, state, {
    name: "process-server",
    what: "the process server: takes in, makes small and private, forwards",
    port: portOption("--data-port <port>", 9443, "agents"),
    options: [],
    run: async (start) => (await import("@leeward/process-server")).start(start),
  });
  addProcessServerCommands(processServer, state);
  const masterTarget = addDataDaemon(program, state, {
    name: "master-target",
    what: "the master target: keeps journals, serves recovery points",
    port: portOption("--target-port <port>", 9444, "process servers"),
    options: [
      new Option("--store <url>", "keep the journals in an object store: azure://…, s3://… or file:///FOLDER"),
      new Option("--store-credentials-file <file>", "what the store asks for, in a file of mode 0600"),
      new Option("--store-ca-file <file>", "PEM of the authorities that vouch for the store"),
    ],
    run: async (start) => (await import("@leeward/master-target")).start(start),
  });
  addMasterTargetCommands(masterTarget, state);
}

function addConfigServer(program: Command, state: ProgramState): void {
  const apiPort = portOption("--api-port <port>", 443, "API, console and control sessions");
  const configServer = program.command("config-server").description("the config server: identity, policies, jobs, API");
  const start = configServer
    .command("start")
    .description("start in the foreground; SIGTERM drains and ends it")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option(...LISTEN)
    .option(...ADVERTISE)
    .addOption(apiPort)
    .option(CHECK_FLAG, CHECK_TEXT);
  for (const option of databaseOptions()) start.addOption(option);
  plainCommand(state, start, async (context, _args, options) => {
    const home = homeOf(context.host, options);
    const database = Object.entries(databaseGiven(context.host, options)).filter(([, value]) => value !== "");
    const overrides = { ...given(options, apiPort), ...Object.fromEntries<string>(database) };
    if (options.flag("check")) {
      const { checkSettings } = await import("../settings-check.ts");
      return checkSettings(context, { role: "config-server", home, overrides });
    }
    const { startConfigServer } = await import("@leeward/config-server");
    await startConfigServer({
      home,
      softwareVersion: SOFTWARE_VERSION,
      consoleFolder: consoleFolder(),
      overrides,
    });
  });

  addBackupCommand(configServer, state);

  addFromBackup(configServer, state, {
    name: "restore",
    what: "make a new home from a backup; with a database, its state goes into that, which is empty",
    kind: "server",
  });
  addFromBackup(configServer, state, {
    name: "join",
    what: "make the home of a further server of the installation that a database holds, from a backup of one of its servers",
    kind: "further-server",
  });
}

function addFromBackup(
  configServer: Command,
  state: ProgramState,
  { name, what, kind }: { readonly name: string; readonly what: string; readonly kind: "server" | "further-server" },
): void {
  const command = configServer
    .command(name)
    .description(what)
    .requiredOption("--from <file>", "the backup")
    .requiredOption(HOME_FLAG, "the new home, empty or missing");
  for (const option of databaseOptions()) command.addOption(option);
  plainCommand(state, command, async (context, _args, options) => {
    const { restoreConfigServer } = await import("@leeward/config-server");
    const from = absolutePath(context.host, options.text("from") ?? "");
    const home = homeOf(context.host, options);
    await restoreConfigServer({ from, home, kind, settings: databaseGiven(context.host, options) });
    const document = { home, from };
    const done =
      kind === "server" ? `Restored ${from} to ${home}.` : `${home} is the home of a further server; start it.`;
    context.host.stdout.write(context.json ? `${JSON.stringify(document)}\n` : `${done}\n`);
  });
}

/** Where the state is; what is not named is config.yaml's to say. */
function databaseOptions(): Option[] {
  return [
    new Option(
      "--database <url>",
      "the PostgreSQL database of the state, postgres://USER@HOST/DATABASE; `home` for a file in the home",
    ),
    new Option("--database-password-file <file>", "the password of the database's user"),
    new Option("--database-ca-file <file>", "PEM of the authorities that vouch for the database's server"),
  ];
}

function databaseGiven(
  host: ProgramState["host"],
  options: OptionValues,
): Record<"database" | "databasePasswordFile" | "databaseCaFile", string> {
  const file = (key: string): string => {
    const path = options.text(key);
    return path === undefined ? "" : absolutePath(host, path);
  };
  return {
    database: options.text("database") ?? "",
    databasePasswordFile: file("databasePasswordFile"),
    databaseCaFile: file("databaseCaFile"),
  };
}

interface DataDaemon {
  readonly name: string;
  readonly what: string;
  readonly port: Option;
  /** Settings that it alone has; one whose name ends in `File` is a path. */
  readonly options: readonly Option[];
  readonly run: (start: DataDaemonStart) => Promise<never>;
}

interface DataDaemonStart {
  readonly home: string;
  readonly world: ProgramState["host"]["world"];
  readonly overrides: Overrides;
}

type Overrides = Readonly<Record<string, string | readonly string[] | number>>;

function addDataDaemon(program: Command, state: ProgramState, daemon: DataDaemon): Command {
  const command = program.command(daemon.name).description(daemon.what);
  const start = command
    .command("start")
    .description("start in the foreground; SIGTERM drains and ends it")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option("--server <url>", "the config server; needed at the first start")
    .option("--token-file <file>", "the file that holds a one-time token; needed at the first start")
    .option(...LISTEN)
    .option(...ADVERTISE)
    .addOption(daemon.port)
    .option(CHECK_FLAG, CHECK_TEXT);
  for (const option of daemon.options) start.addOption(option);
  plainCommand(state, start, async (context, _args, options) => {
    const { host } = context;
    const own = daemon.options.flatMap((option): [string, string][] => {
      const key = option.attributeName();
      const value = options.text(key);
      return value === undefined ? [] : [[key, key.endsWith("File") ? absolutePath(host, value) : value]];
    });
    const [server, tokenFile] = [options.text("server"), options.text("tokenFile")];
    const home = homeOf(host, options);
    const overrides = {
      ...given(options, daemon.port),
      ...Object.fromEntries<string>(own),
      ...(server !== undefined && { server }),
      ...(tokenFile !== undefined && { tokenFile: absolutePath(host, tokenFile) }),
    };
    if (options.flag("check")) {
      const { checkSettings } = await import("../settings-check.ts");
      return checkSettings(context, { role: daemon.name, home, overrides });
    }
    await daemon.run({ home, world: host.world, overrides });
  });
  return command;
}

/** The settings that the command line names: what it does not name is config.yaml's to say. */
function given(options: OptionValues, port: Option): Overrides {
  const portKey = port.attributeName();
  const [listen, advertise, portNumber] = [options.text("listen"), options.texts("advertise"), options.number(portKey)];
  return {
    ...(listen !== undefined && { listen }),
    ...(advertise.length > 0 && { advertise }),
    ...(portNumber !== undefined && { [portKey]: portNumber }),
  };
}
