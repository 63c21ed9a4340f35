export type { CliHost, CommandContext, TextSink } from "./command-context.ts";
export { addBackupCommand } from "./commands/server-commands.ts";
export { absolutePath, type OptionValues, plainCommand, positiveNumber, type ProgramState, serverCommand } from "./leaf-command.ts";
export { printDocument, printList, reportFailure } from "./output.ts";
export { operatorProgram, runProgram } from "./program.ts";
