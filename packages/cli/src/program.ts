import { EXIT_CODES, Fault } from "@leeward/base";
import { Command, CommanderError } from "commander";
import type { CliHost } from "./command-context.ts";
import { addAccessCommands } from "./commands/access-commands.ts";
import { addAlertCommands } from "./commands/alert-commands.ts";
import { addAuthorityCommands } from "./commands/authority-commands.ts";
import { addCareCommands } from "./commands/care-commands.ts";
import { addDiskCommands } from "./commands/disk-commands.ts";
import { addDrillCommands } from "./commands/drill-commands.ts";
import { addFailoverCommands } from "./commands/failover-commands.ts";
import { addGroupCommands } from "./commands/group-commands.ts";
import { addHistoryCommands } from "./commands/history-commands.ts";
import { addHrlCommands } from "./commands/hrl-commands.ts";
import { addInstallationCommands } from "./commands/installation-commands.ts";
import { addJobCommands } from "./commands/job-commands.ts";
import { addJournalCommands, addRestoreCommands } from "./commands/journal-commands.ts";
import { addMachineCommands } from "./commands/machine-commands.ts";
import { addPlanCommands } from "./commands/plan-commands.ts";
import { addPointCommands } from "./commands/point-commands.ts";
import { addPolicyCommands } from "./commands/policy-commands.ts";
import { addReleaseCommands } from "./commands/release-commands.ts";
import { addSeedCommands } from "./commands/seed-commands.ts";
import { addServerCommands } from "./commands/server-commands.ts";
import { addTrustCommands } from "./commands/trust-commands.ts";
import { Concluded } from "./conclusion.ts";
import type { ProgramState } from "./leaf-command.ts";
import { reportFailure } from "./output.ts";

const EXIT_TEXT = `
Exit codes: 0 done, 1 failed (also a failed job), 2 usage, 3 not found, 4 refused or conflict, 5 unreachable, 6 timed out, 7 corrupt.`;

/** The program with the operator's commands; the executable adds those that start daemons. */
export function operatorProgram(state: ProgramState, version: string): Command {
  const program = new Command("leeward").description("Leeward: disaster recovery for servers").version(version);
  // `--version` of a command is its own.
  program.enablePositionalOptions();
  addMachineCommands(program, state);
  addDiskCommands(program, state);
  addSeedCommands(program, state);
  addPointCommands(program, state);
  addFailoverCommands(program, state);
  addDrillCommands(program, state);
  addPlanCommands(program, state);
  addGroupCommands(program, state);
  addPolicyCommands(program, state);
  addHistoryCommands(program, state);
  addInstallationCommands(program, state);
  addAlertCommands(program, state);
  addReleaseCommands(program, state);
  addJobCommands(program, state);
  addTrustCommands(program, state);
  addAccessCommands(program, state);
  addAuthorityCommands(program, state);
  addServerCommands(program, state);
  addJournalCommands(program, state);
  addRestoreCommands(program, state);
  addHrlCommands(program, state);
  addCareCommands(program, state, version);
  return program;
}

/** Runs a program to its exit code: usage errors are 2, faults by their class, anything unforeseen 1. */
export async function runProgram(program: Command, state: ProgramState, args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  prepare(program, state.host, json);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : refuseUsage(error, state.host, json);
    if (error instanceof Concluded) return error.exitCode;
    return reportFailure(error, { json: state.json, stderr: state.host.stderr });
  }
}

/** Commander has said it in words already, but for scripts. */
function refuseUsage(error: CommanderError, host: CliHost, json: boolean): number {
  if (json) {
    const fault = new Fault({
      code: "usage-invalid",
      kind: "operator",
      message: error.message.replace(/^error: /, ""),
      remedy: "See the command's --help.",
    });
    reportFailure(fault, { json, stderr: host.stderr });
  }
  return EXIT_CODES.usage;
}

/** Every command throws instead of ending the process, and prints where the host says. */
function prepare(command: Command, host: CliHost, json: boolean): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => (json ? undefined : host.stderr.write(text)),
    })
    .showHelpAfterError(`(see ${command.name()} --help)`)
    .addHelpText("after", EXIT_TEXT);
  for (const child of command.commands) prepare(child, host, json);
}
