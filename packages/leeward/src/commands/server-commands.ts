import { type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import { type Command, InvalidArgumentError, Option } from "commander";
import { notRunning, readyFactsOf } from "../node-running-daemon.ts";
import { CHECK_FLAG, CHECK_TEXT, HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";
import { addStopCommand } from "./stop-command.ts";

/** `leeward server …`: config server, process server and master target under one home. */
export function addServerProcessCommands(program: Command, state: ProgramState, executable: string): void {
  const server = program
    .command("server")
    .description("a management server: config server, process server, master target");
  addStart(server, state, executable);

  addStopCommand(server, state, "the server");

  const status = server
    .command("status")
    .description("whether the server of a home runs")
    .requiredOption(HOME_FLAG, HOME_TEXT);
  plainCommand(state, status, async (context, _args, options) => {
    const home = homeOf(context.host, options);
    const facts = await readyFactsOf(context.host, home);
    if (facts === undefined) throw notRunning(home);
    printDocument(
      context,
      { state: "running", ...facts },
      ({ apiUrl, pid }) => `Running at ${apiUrl} (process ${pid}).`,
    );
  });
}

function addStart(server: Command, state: ProgramState, executable: string): void {
  const start = server
    .command("start")
    .description("start in the foreground; SIGTERM drains and ends it")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option("--listen <address>", "the address to listen on", "0.0.0.0")
    .option(
      "--advertise <name...>",
      "names and addresses under which others reach this server; each daemon at its own port",
    )
    .option("--advertise-api <name...>", "name:port where others reach the API, when its port is forwarded")
    .option("--advertise-data <name...>", "name:port where agents reach the process server, likewise")
    .option("--advertise-target <name...>", "name:port where process servers reach the master target, likewise")
    .addOption(portOption("--api-port <port>", 443, "API, console and control sessions"))
    .addOption(portOption("--data-port <port>", 9443, "agents to the process server"))
    .addOption(portOption("--target-port <port>", 9444, "process servers to the master target"))
    .option(CHECK_FLAG, CHECK_TEXT);
  plainCommand(state, start, async (context, _args, options) => {
    const { world } = context.host;
    const home = homeOf(context.host, options);
    if (options.flag("check")) {
      const { checkSettings } = await import("../settings-check.ts");
      return checkSettings(context, { role: "server", home, overrides: {} });
    }
    const { startServer } = await import("../supervisor/start-server.ts");
    await startServer({
      world,
      home,
      executable,
      listen: options.text("listen") ?? "0.0.0.0",
      advertised: {
        names: options.texts("advertise"),
        own: {
          api: options.texts("advertiseApi"),
          data: options.texts("advertiseData"),
          target: options.texts("advertiseTarget"),
        },
      },
      ports: {
        api: options.number("apiPort") ?? 443,
        data: options.number("dataPort") ?? 9443,
        target: options.number("targetPort") ?? 9444,
      },
    });
  });
}

export function portOption(flags: string, fallback: number, what: string): Option {
  // No default of commander's: what is not given must be seen not to be given.
  return new Option(flags, `port for ${what}; 0 takes a free one (default: ${fallback})`).argParser((text) => {
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It is not a port from 0 to 65535.");
    return port;
  });
}
