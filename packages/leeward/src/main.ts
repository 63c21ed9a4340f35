import { fileURLToPath } from "node:url";
import { operatorProgram, runProgram } from "@leeward/cli";
import { addAgentCommands } from "./commands/agent-commands.ts";
import { addDaemonCommands } from "./commands/daemon-commands.ts";
import { addServerProcessCommands } from "./commands/server-commands.ts";
import { processHost } from "./node-host.ts";
import { SOFTWARE_VERSION } from "./version.ts";

const state = { host: processHost(), json: false };
const program = operatorProgram(state, SOFTWARE_VERSION);
addServerProcessCommands(program, state, fileURLToPath(import.meta.url));
addDaemonCommands(program, state);
addAgentCommands(program, state, fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  const { addSettingsHelp } = await import("./settings-help.ts");
  await addSettingsHelp(program, args[0]);
}
process.exitCode = await runProgram(program, state, args);
