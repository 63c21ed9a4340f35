// The agent as a service of Windows. On Linux, packages and install.sh do this with systemd.
import { absolutePath, type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import { isRooted } from "@leeward/world";
import type { Command } from "commander";
import { HOME_FLAG, HOME_TEXT } from "./home-option.ts";

const PROGRAM_FLAG = "--program <dir>";
const PROGRAM_TEXT = "the folder of the installed program";

export function addServiceCommands(agent: Command, state: ProgramState): void {
  addInstall(agent, state);
  addRemove(agent, state);
  addDefinition(agent, state);
}

function addInstall(agent: Command, state: ProgramState): void {
  const install = agent
    .command("install-service")
    .description(
      "on Windows: register the home unless it is, and put the agent's service in place; called by install.ps1",
    )
    .requiredOption(
      "--config <file>",
      "what install.ps1 was told: home, folder, program, winsw, winswSha256, server, token or tokenFile, name, protectable",
    );
  plainCommand(state, install, async (context, _args, options) => {
    const { world, signal } = context.host;
    const { installAgentService } = await import("@leeward/mobility-agent");
    const config = absolutePath(context.host, options.text("config") ?? "");
    const { home, program } = await installAgentService(world, config, signal);
    printDocument(
      context,
      { home, program, state: "running" },
      (item) => `The agent of ${item.home} runs as a service.`,
    );
  });
}

function addRemove(agent: Command, state: ProgramState): void {
  const remove = agent
    .command("remove-service")
    .description("on Windows: stop the agent's service and take it away; its home stays")
    .requiredOption("--folder <dir>", "where it was installed");
  plainCommand(state, remove, async (context, _args, options) => {
    const { removeAgentService } = await import("@leeward/mobility-agent");
    const folder = absolutePath(context.host, options.text("folder") ?? "");
    await removeAgentService(context.host.world, folder);
    printDocument(context, { folder, state: "removed" }, () => "There is no service of the agent any more.");
  });
}

function addDefinition(agent: Command, state: ProgramState): void {
  const definition = agent
    .command("service-definition")
    .description("what WinSW reads to make the agent a service of Windows")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .requiredOption(PROGRAM_FLAG, PROGRAM_TEXT);
  plainCommand(state, definition, async (context, _args, options) => {
    const { serviceDefinition } = await import("@leeward/mobility-agent");
    // Also somewhere else than where it is going to be.
    const rooted = (path: string): string => (isRooted(path) ? path : absolutePath(context.host, path));
    const [home, program] = [rooted(options.text("home") ?? ""), rooted(options.text("program") ?? "")];
    const document = { home, program, definition: serviceDefinition({ home, program }) };
    printDocument(context, document, (item) => item.definition.trimEnd());
  });
}
