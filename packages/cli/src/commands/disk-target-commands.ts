import type { Command } from "commander";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward disk add-target` and `leeward disk remove-target`: where a disk goes beside its main target. */
export function addTargetCommands(disk: Command, state: ProgramState): void {
  serverCommand(
    state,
    disk
      .command("add-target <machine> <disk>")
      .description("have a protected disk go to one more target; the source is read for it, and points go on meanwhile")
      .requiredOption("--target <name>", "the master target, by name or id"),
    async (context, args, options) => {
      const client = await context.client();
      const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
      const target = options.text("target") ?? "";
      printDocument(
        context,
        await client.addTarget({ params, body: { target } }),
        (item) => `${item.name} goes to ${target}, too; its recovery points there begin when it has been copied.`,
      );
    },
  );
  serverCommand(
    state,
    disk
      .command("remove-target <machine> <disk> <target>")
      .description("have a disk go to one of its further targets no more; its points there stay unless asked")
      .option("--delete-points", "also delete every recovery point of the disk there"),
    async (context, args, options) => {
      const client = await context.client();
      const params = { machine: requireName(args, 0), disk: requireName(args, 1), target: requireName(args, 2) };
      const call = { params, query: { deletePoints: options.flag("deletePoints") } };
      printDocument(
        context,
        await client.removeTarget(call),
        (item) => `${item.name} does not go to ${params.target} any more.`,
      );
    },
  );
}
