import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import type { FileAction, FileWanted } from "../files/file-work.ts";
import { absolutePath, type OptionValues } from "../leaf-command.ts";

const ACTIONS: readonly FileAction[] = ["partitions", "ls", "get"];
const NUMBER = /^\d{1,4}$/;
const FILES_TEXT = `
ACTION is partitions (what the disk has), ls (a folder, the root by default) or get (a file or folder). Files are read out of the point
without mounting it: ext2, ext3, ext4 and FAT, in partitions and logical volumes (LVM). PATH begins at the root of its file system; links are not followed. get writes a file to
stdout, or with --to a file or a whole folder to where nothing is yet, with modes and times, without owners.`;

/** Makes a command take what to do with a point's files, after its own arguments. */
export function withFileArguments(command: Command): Command {
  return command
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .addArgument(new Argument("[path]", "a file or folder in the point"))
    .addOption(
      new Option(
        "--partition <choice>",
        "where there are several: its number, or a logical volume (group/name)",
      ).argParser(partitionChoice),
    )
    .option("--to <path>", "where get writes to; stdout by default")
    .addHelpText("after", FILES_TEXT);
}

/** What the arguments from `actionAt` on, and the options, ask for. */
export function fileWanted(
  { host }: CommandContext,
  {
    args,
    actionAt,
    options,
  }: { readonly args: readonly string[]; readonly actionAt: number; readonly options: OptionValues },
): FileWanted {
  const to = options.text("to");
  return {
    action: ACTIONS.find((action) => action === args[actionAt]) ?? "ls",
    path: args[actionAt + 1] ?? "/",
    partition: choiceOf(options.text("partition")),
    to: to === undefined ? undefined : absolutePath(host, to),
  };
}

function partitionChoice(text: string): string {
  if (NUMBER.test(text) || /^[^/]+\/[^/]+$/.test(text)) return text;
  throw new InvalidArgumentError("It is neither the number of a partition nor a logical volume (group/name).");
}

function choiceOf(text: string | undefined): number | string | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : text;
}
