import type { Installation } from "@leeward/api";
import { Fault } from "@leeward/base";
import type { Command } from "commander";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument } from "../output.ts";
import { settingsOf } from "../setting-arguments.ts";

/** `leeward installation …`: what holds for all machines. */
export function addInstallationCommands(program: Command, state: ProgramState): void {
  const installation = program.command("installation").description("what holds for the whole installation");

  serverCommand(state, installation.command("show").description("show it"), async (context) => {
    const client = await context.client();
    printDocument(context, await client.showInstallation(), describe);
  });

  serverCommand(
    state,
    installation
      .command("set <settings...>")
      .description(
        "change it: workingHours='mon-fri 08:00-18:00', by the clock of each machine, or none; secondPerson=on|off, for what destroys",
      ),
    async (context, args) => {
      const client = await context.client();
      const { secondPerson, ...rest } = settingsOf(args, ["workingHours", "secondPerson"]);
      const wanted = secondPerson === undefined ? {} : { secondPerson: flagOf(secondPerson) };
      const call = { body: { ...rest, ...wanted } };
      printDocument(context, await client.setInstallation(call), describe);
    },
  );
}

/** @throws Fault `setting-argument-invalid` */
function flagOf(text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new Fault({
    code: "setting-argument-invalid",
    kind: "operator",
    message: `secondPerson is on or off, not ${JSON.stringify(text)}.`,
    remedy: "Write secondPerson=on or secondPerson=off.",
    detail: { argument: text },
  });
}

function describe({ id, workingHours, secondPerson }: Installation): string {
  const second = secondPerson === null ? "unknown" : secondPerson ? "on" : "off";
  return fieldsOf({ id, "working hours": workingHours, "second person": second });
}
