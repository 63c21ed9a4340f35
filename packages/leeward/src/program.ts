import { operatorProgram, type ProgramState } from "@leeward/cli";
import type { Command } from "commander";
import { addAgentCommands } from "./commands/agent-commands.ts";
import { addDaemonCommands } from "./commands/daemon-commands.ts";
import { addSeedSaveCommand } from "./commands/seed-command.ts";
import { addServerProcessCommands } from "./commands/server-commands.ts";
import { addTrustCommand } from "./commands/trust-command.ts";
import { SOFTWARE_VERSION } from "./version.ts";

/** Every command of the executable: the operator's, and those that start daemons. `executable` is what these start again. */
export function leewardProgram(state: ProgramState, executable: string): Command {
  const program = operatorProgram(state, SOFTWARE_VERSION);
  addServerProcessCommands(program, state, executable);
  addDaemonCommands(program, state);
  addAgentCommands(program, state, executable);
  addTrustCommand(program, state);
  addSeedSaveCommand(program, state);
  return program;
}
