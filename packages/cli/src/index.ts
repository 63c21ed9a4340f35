export type { CliHost, CommandContext, TextSink } from "./command-context.ts";
export { addMasterTargetCommands, addProcessServerCommands } from "./commands/process-server-commands.ts";
export { addBackupCommand } from "./commands/server-commands.ts";
export { addUpgradeCommands } from "./commands/upgrade-commands.ts";
export {
  absolutePath,
  type OptionValues,
  type ProgramState,
  plainCommand,
  positiveNumber,
  serverCommand,
} from "./leaf-command.ts";
export { printDocument, printList, reportFailure } from "./output.ts";
export { operatorProgram, runProgram } from "./program.ts";
