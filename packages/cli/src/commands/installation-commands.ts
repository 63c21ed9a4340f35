import type { Installation } from "@leeward/api";
import type { Command } from "commander";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument } from "../output.ts";
import { settingsOf } from "../setting-arguments.ts";

/** `leeward installation …`: what holds for all machines. */
export function addInstallationCommands(program: Command, state: ProgramState): void {
  const installation = program.command("installation").description("what holds for the whole installation");

  serverCommand(state, installation.command("show").description("show it"), async (context) => {
    const client = await context.client();
    printDocument(context, await client.call("showInstallation", {}), describe);
  });

  serverCommand(
    state,
    installation
      .command("set <settings...>")
      .description("change it: workingHours='mon-fri 08:00-18:00', by the clock of each machine, or none"),
    async (context, args) => {
      const client = await context.client();
      const call = { body: settingsOf(args, ["workingHours"]) };
      printDocument(context, await client.call("setInstallation", call), describe);
    },
  );
}

function describe({ id, workingHours }: Installation): string {
  return fieldsOf({ id, "working hours": workingHours });
}
